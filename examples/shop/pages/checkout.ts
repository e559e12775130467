/** Renders the checkout page, which passes e-mail and phone to the snippet before the form is sent. */
import { type LineItem, totalCents, totalQuantity } from '../cart.js'
import { formatDollars } from '../products.js'
import { eventProperties } from '../properties.js'
import { type Page, type PageContext, scriptJson } from './layout.js'

const field = (name: string, label: string, rest: string): string =>
  `<label class="${name}"><span>${label}</span> <input name="${name}" data-testid="${name}" ${rest}></label>`

export const checkoutPage = (items: readonly LineItem[], { link }: PageContext): Page => ({
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
        <button type="submit" data-testid="place-order">Place order, ${formatDollars(totalCents(items))}</button>
      </form>
      <aside aria-label="Your order">
        <h2>${totalQuantity(items)} ${totalQuantity(items) === 1 ? 'piece' : 'pieces'}</h2>
        <ul>${items.map(({ product, quantity }) => `<li>${quantity} × ${product.name} <span class="price">${formatDollars(product.cents * quantity)}</span></li>`).join('')}</ul>
        <p class="total">Total <strong data-testid="total">${formatDollars(totalCents(items))}</strong></p>
      </aside>
    </div>`,
  inlineScript: `
      const order = ${scriptJson(eventProperties(items))}

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
