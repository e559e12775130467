/** Renders the page of one product. */
import { formatDollars, type Product } from '../products.js'
import { eventProperties } from '../properties.js'
import { type Page, type PageContext, scriptJson } from './layout.js'
import { productPicture } from './pictures.js'

export const productPage = (product: Product, { link }: PageContext): Page => ({
  title: product.name,
  main: `
    <article class="product">
      ${productPicture(product.slug, product.name)}
      <div>
        <p class="crumb"><a href="${link('www', '/')}">Little Harbour</a> / ${product.category}</p>
        <h1 data-testid="product-name">${product.name}</h1>
        <p class="price" data-testid="product-price">${formatDollars(product.cents)}</p>
        <p class="lead">${product.tagline}</p>
        <p>${product.description}</p>
        <form id="add" class="add" method="post" action="${link('shop', '/cart/add')}">
          <input type="hidden" name="id" value="${product.id}">
          <label>Quantity <input name="quantity" type="number" min="1" max="9" value="1" required data-testid="quantity"></label>
          <button type="submit" data-testid="add-to-cart">Add to cart</button>
        </form>
        <ul class="promises"><li>Free shipping</li><li>30 days to change your mind</li><li>Oiled, not painted</li></ul>
      </div>
    </article>`,
  inlineScript: `
      const product = ${scriptJson(eventProperties([{ product, quantity: 1 }]))}

      tagferry.track('ViewContent', product)

      document.querySelector('#add').addEventListener('submit', (event) => {
        const quantity = Number(event.target.elements.quantity.value)
        tagferry.track('AddToCart', {
          ...product,
          contents: [{ ...product.contents[0], quantity }],
          value: (Math.round(product.contents[0].price * 100) * quantity) / 100,
        })
      })`,
  expected: [
    ['Pageview', 'of this page'],
    ['ViewContent', `with value ${product.cents / 100} USD and content_id ${product.id}`],
    ['AddToCart', 'after <em>Add to cart</em>, although the browser leaves the page at once'],
  ],
})
