/** Knows the landing page. */
import { dollars, GOODS } from '../products.js'
import type { Around, Page } from './frame.js'
import { harbour, picture } from './pictures.js'

export const landing = ({ link }: Around): Page => ({
  title: 'Small wooden boats',
  main: `
    <section class="hero">
      <div>
        <h1>Small wooden boats, carved by lamplight</h1>
        <p>Six things for windowsills, bathtubs and long evenings. Made slowly, four at a time.</p>
        <a class="button" href="#boats">See what is in harbour</a>
      </div>
      ${harbour}
    </section>
    <h2 id="boats">In harbour today</h2>
    <ul class="goods" data-testid="products">
      ${GOODS.map(
        (good) => `<li>
        <a href="${link('www', `/products/${good.slug}`)}" data-testid="product-${good.slug}">
          ${picture(good.slug)}
          <span class="good-name">${good.name}</span>
          <span class="price">${dollars(good.cents)}</span>
          <span class="good-line">${good.line}</span>
        </a>
      </li>`,
      ).join('\n      ')}
    </ul>`,
  expected: [
    ['Pageview', 'with the click id, when the address brought one (<code>?ttclid=E.C.P.abc</code>)'],
  ],
})
