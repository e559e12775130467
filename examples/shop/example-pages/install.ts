/** Renders pages that install the snippet elsewhere: twice, at the end of the body, and late by a tag manager. */
import { type Diagnosis, type Page, scriptJson } from '../pages/layout.js'
import { scriptTag, snippet, stubScript } from '../pages/snippet.js'
import { bellBuoy, formatDollars } from '../products.js'
import { eventProperties } from '../properties.js'
import type { ExampleContext, ExamplePage } from './example-page.js'

interface Placement {
  path: string
  title: string
  summary: string
  description: string
  diagnosis?: Diagnosis
  markup(context: ExampleContext): Pick<Page, 'head' | 'scripts'>
}

const PLACEMENTS: readonly Placement[] = [
  {
    path: '/install/twice',
    title: 'Two captains',
    summary: 'The theme and a plugin both add the snippet: every event arrives once.',
    description:
      'The theme and a plugin both brought the snippet aboard. The second one detects the first, and stays below deck.',
    diagnosis: { code: 'snippet_twice', title: 'The script is on the page more than once', byCheck: true },
    markup: ({ domain }) => ({ head: snippet(domain), scripts: `\n    ${snippet(domain)}` }),
  },
  {
    path: '/install/body',
    title: 'At the stern',
    summary: 'The script tag is the last element of the body; earlier calls are queued.',
    description:
      'Here the script tag comes last, below everything else. The stub queues the calls made before it.',
    diagnosis: { code: 'snippet_in_body', title: 'The script stands in the body', byCheck: true },
    markup: ({ domain }) => ({ head: stubScript, scripts: `\n    ${scriptTag(domain)}` }),
  },
  {
    path: '/install/late',
    title: 'Late aboard',
    summary:
      'A tag manager loads the script a second after the page: nothing is lost, not even the click id.',
    description:
      'A tag manager brings the script a second after the page has loaded. Calls made before that arrive too.',
    markup: ({ domain }) => ({
      head: stubScript,
      scripts: `
    <script>
      setTimeout(() => {
        const tag = document.createElement('script')
        tag.dataset.site = '${domain}'
        tag.src = '/t/t.js'
        document.head.append(tag)
      }, 1000)
    </script>`,
    }),
  },
]

const placementPage = ({ path, title, summary, description, diagnosis, markup }: Placement): ExamplePage => ({
  path,
  subdomain: 'www',
  group: 'Ways to install',
  summary,
  page: (context) => ({
    title,
    ...markup(context),
    main: `
    <h1>${title}</h1>
    <p>${description}</p>
    <p class="note">On deck today: the ${bellBuoy.name}, ${formatDollars(bellBuoy.cents)}.</p>
    <p><button type="button" id="wave" data-testid="wave">Wave to the crew</button></p>`,
    inlineScript: `
      tagferry.track('ViewContent', ${scriptJson(eventProperties([{ product: bellBuoy, quantity: 1 }]))})

      document.querySelector('#wave').addEventListener('click', () => tagferry.track('ClickButton'))`,
    expected: [
      ['Pageview', 'once', `event:Pageview ${path}`],
      [
        'ViewContent',
        'once, although it was called before the script had loaded',
        `event:ViewContent ${path}`,
      ],
      ['ClickButton', 'once for each wave', `event:ClickButton ${path}`],
    ],
    ...(diagnosis && { diagnosis }),
  }),
})

export const placementPages: readonly ExamplePage[] = PLACEMENTS.map(placementPage)
