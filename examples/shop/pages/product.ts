/** Knows the page of one good. */
import { dollars, type Good } from '../products.js'
import { propertiesOf } from '../properties.js'
import { type Around, json, type Page } from './frame.js'
import { picture } from './pictures.js'

export const product = (good: Good, { link }: Around): Page => ({
  title: good.name,
  main: `
    <article class="product">
      ${picture(good.slug, good.name)}
      <div>
        <p class="crumb"><a href="${link('www', '/')}">Little Harbour</a> / ${good.category}</p>
        <h1 data-testid="product-name">${good.name}</h1>
        <p class="price" data-testid="product-price">${dollars(good.cents)}</p>
        <p class="lead">${good.line}</p>
        <p>${good.story}</p>
        <form id="add" class="add" method="post" action="${link('shop', '/cart/add')}">
          <input type="hidden" name="id" value="${good.id}">
          <label>Quantity <input name="quantity" type="number" min="1" max="9" value="1" required data-testid="quantity"></label>
          <button type="submit" data-testid="add-to-cart">Add to cart</button>
        </form>
        <ul class="promises"><li>Free shipping</li><li>30 days to change your mind</li><li>Oiled, not painted</li></ul>
      </div>
    </article>`,
  script: `
      const product = ${json(propertiesOf([{ good, quantity: 1 }]))}

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
    ['ViewContent', `with value ${good.cents / 100} USD and content_id ${good.id}`],
    ['AddToCart', 'after <em>Add to cart</em>, although the page is left at once'],
  ],
})
