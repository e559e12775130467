/** Knows the checkout page: it hands e-mail and phone to the snippet before the form is sent. */
import { countOf, type Line, totalCents } from '../cart.js'
import { dollars } from '../products.js'
import { propertiesOf } from '../properties.js'
import { type Around, json, type Page } from './frame.js'

const field = (name: string, label: string, rest: string): string =>
  `<label class="${name}"><span>${label}</span> <input name="${name}" data-testid="${name}" ${rest}></label>`

export const checkout = (lines: readonly Line[], { link }: Around): Page => ({
  title: 'Checkout',
  main: `
    <h1>Checkout</h1>
    <div class="checkout">
      <form id="order" method="post" action="${link('checkout', '/checkout')}" data-testid="checkout-form">
        <fieldset>
          <legend>Who is it for?</legend>
          ${field('name', 'Name', 'autocomplete="name" maxlength="200"')}
          ${field('email', 'E-mail', 'type="email" autocomplete="email" maxlength="254" required')}
          ${field('phone', 'Phone <small>for the ferryman, optional</small>', 'type="tel" autocomplete="tel" maxlength="40"')}
          ${field('street', 'Street', 'autocomplete="street-address" maxlength="200"')}
          ${field('zip', 'ZIP', 'autocomplete="postal-code" maxlength="20"')}
          ${field('city', 'City', 'autocomplete="address-level2" maxlength="100"')}
        </fieldset>
        <fieldset class="pay">
          <legend>How would you like to pay?</legend>
          <label><input type="radio" name="payment" value="delivery" checked data-testid="pay-delivery"> On delivery</label>
          <label><input type="radio" name="payment" value="invoice" data-testid="pay-invoice"> By invoice</label>
        </fieldset>
        <button type="submit" data-testid="place-order">Place order, ${dollars(totalCents(lines))}</button>
      </form>
      <aside aria-label="Your order">
        <h2>${countOf(lines)} ${countOf(lines) === 1 ? 'piece' : 'pieces'}</h2>
        <ul>${lines.map(({ good, quantity }) => `<li>${quantity} × ${good.name} <span class="price">${dollars(good.cents * quantity)}</span></li>`).join('')}</ul>
        <p class="total">Total <strong data-testid="total">${dollars(totalCents(lines))}</strong></p>
      </aside>
    </div>`,
  script: `
      const order = ${json(propertiesOf(lines))}

      tagferry.track('InitiateCheckout', order)

      document.querySelector('#order').addEventListener('submit', (event) => {
        const { email, phone } = Object.fromEntries(new FormData(event.target))
        tagferry.identify({ email, phone })
        tagferry.track('AddPaymentInfo', order)
      })`,
  expected: [
    ['Pageview', 'of this page'],
    ['InitiateCheckout', 'with everything in the cart'],
    ['AddPaymentInfo', 'after <em>Place order</em>, with hashed e-mail and phone'],
  ],
})
