/** Lists the example pages in the order of the index. */
import { attack } from './attack.js'
import { account, offer } from './click-ids.js'
import { consentPages } from './consent.js'
import { incompletePolicy, strictPolicy } from './content-security-policy.js'
import { plain, robots, storm } from './edge-cases.js'
import type { ExamplePage } from './example-page.js'
import { expressCheckout } from './express-checkout.js'
import { framePages } from './frames.js'
import { placementPages } from './install.js'
import { catalogue, privacyChoices, shipping } from './privacy.js'
import { serverOrder } from './server-order.js'

export const EXAMPLE_PAGES: readonly ExamplePage[] = [
  offer,
  account,
  expressCheckout,
  serverOrder,
  ...consentPages,
  privacyChoices,
  shipping,
  catalogue,
  ...placementPages,
  ...framePages,
  strictPolicy,
  incompletePolicy,
  storm,
  robots,
  plain,
  attack,
]
