/** Renders the cart page. */
import { type LineItem, totalCents } from '../cart.js'
import { formatDollars } from '../products.js'
import type { Page, PageContext } from './layout.js'
import { productPicture } from './pictures.js'

const itemRow = (
  { product, quantity }: LineItem,
  link: PageContext['link'],
): string => `<li class="line" data-testid="line-${product.slug}">
        <a href="${link('www', `/products/${product.slug}`)}">${productPicture(product.slug, product.name)}</a>
        <div><strong>${product.name}</strong><span class="note">${formatDollars(product.cents)} each</span></div>
        <form method="post" action="${link('shop', '/cart/change')}">
          <input type="hidden" name="id" value="${product.id}">
          <label><span class="hidden">Quantity of ${product.name}</span><input name="quantity" type="number" min="0" max="99" value="${quantity}" required data-testid="line-quantity"></label>
          <button class="quiet" type="submit" data-testid="line-change">Update</button>
        </form>
        <span class="price">${formatDollars(product.cents * quantity)}</span>
      </li>`

export const cartPage = (items: readonly LineItem[], { link }: PageContext): Page => ({
  title: 'Cart',
  main:
    items.length === 0
      ? `
    <h1>Your cart is empty</h1>
    <p data-testid="cart-empty">The quay is quiet. <a href="${link('www', '/')}">See what is in harbour.</a></p>`
      : `
    <h1>Your cart</h1>
    <ul class="lines" data-testid="cart">
      ${items.map((item) => itemRow(item, link)).join('\n      ')}
    </ul>
    <p class="total">Total <strong data-testid="total">${formatDollars(totalCents(items))}</strong></p>
    <p class="onward"><a class="button" href="${link('checkout', '/checkout')}" data-testid="to-checkout">Go to checkout</a></p>`,
  expected: [['Pageview', 'on another host, with the same click id']],
})
