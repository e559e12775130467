/** Knows the cart page. */
import { type Line, totalCents } from '../cart.js'
import { dollars } from '../products.js'
import type { Around, Page } from './frame.js'
import { picture } from './pictures.js'

const row = (
  { good, quantity }: Line,
  link: Around['link'],
): string => `<li class="line" data-testid="line-${good.slug}">
        <a href="${link('www', `/products/${good.slug}`)}">${picture(good.slug, good.name)}</a>
        <div><strong>${good.name}</strong><span class="good-line">${dollars(good.cents)} each</span></div>
        <form method="post" action="${link('shop', '/cart/change')}">
          <input type="hidden" name="id" value="${good.id}">
          <label><span class="hidden">Quantity of ${good.name}</span><input name="quantity" type="number" min="0" max="99" value="${quantity}" required data-testid="line-quantity"></label>
          <button class="quiet" type="submit" data-testid="line-change">Update</button>
        </form>
        <span class="price">${dollars(good.cents * quantity)}</span>
      </li>`

export const cart = (lines: readonly Line[], { link }: Around): Page => ({
  title: 'Cart',
  main:
    lines.length === 0
      ? `
    <h1>Your cart is empty</h1>
    <p data-testid="cart-empty">The quay is quiet. <a href="${link('www', '/')}">See what is in harbour.</a></p>`
      : `
    <h1>Your cart</h1>
    <ul class="lines" data-testid="cart">
      ${lines.map((line) => row(line, link)).join('\n      ')}
    </ul>
    <p class="total">Total <strong data-testid="total">${dollars(totalCents(lines))}</strong></p>
    <p class="onward"><a class="button" href="${link('checkout', '/checkout')}" data-testid="to-checkout">Go to checkout</a></p>`,
  expected: [['Pageview', 'on another host, with the same click id']],
})
