/** Renders the page for unknown addresses and unknown orders. */
import type { Page, PageContext } from './layout.js'

export const notFoundPage = ({ link }: PageContext): Page => ({
  title: 'Not found',
  main: `
    <h1>Nothing is moored here</h1>
    <p><a href="${link('www', '/')}">Back to the harbour</a></p>`,
  expected: [['Pageview', 'of this page']],
})
