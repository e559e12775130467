/** Renders the landing page with all products. */
import { formatDollars, PRODUCTS } from '../products.js'
import type { Page, PageContext } from './layout.js'
import { harbourPicture, productPicture } from './pictures.js'

export const landingPage = ({ link }: PageContext): Page => ({
  title: 'Small wooden boats',
  main: `
    <section class="hero">
      <div>
        <h1>Small wooden boats, carved by lamplight</h1>
        <p>Six things for windowsills, bathtubs and long evenings. Made slowly, four at a time.</p>
        <a class="button" href="#boats">See what is in harbour</a>
      </div>
      ${harbourPicture}
    </section>
    <h2 id="boats">In harbour today</h2>
    <ul class="products" data-testid="products">
      ${PRODUCTS.map(
        (product) => `<li>
        <a href="${link('www', `/products/${product.slug}`)}" data-testid="product-${product.slug}">
          ${productPicture(product.slug)}
          <span class="product-name">${product.name}</span>
          <span class="price">${formatDollars(product.cents)}</span>
          <span class="note">${product.tagline}</span>
        </a>
      </li>`,
      ).join('\n      ')}
    </ul>`,
  expected: [['Pageview', 'with the click id, if the address has one (<code>?ttclid=E.C.P.abc</code>)']],
})
