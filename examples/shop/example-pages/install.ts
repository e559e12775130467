/** Knows other places for the snippet: twice in a page, at the end of the body, and late by a tag manager. */

import { type Diagnosis, json, type Page } from '../pages/frame.js'
import { snippet, stub, tag } from '../pages/snippet.js'
import { dollars, GOODS, type Good } from '../products.js'
import { propertiesOf } from '../properties.js'
import type { Case, Visit } from './example-page.js'

const buoy = GOODS.find(({ slug }) => slug === 'bell-buoy') as Good

interface Place {
  path: string
  title: string
  line: string
  story: string
  diagnosis?: Diagnosis
  where(visit: Visit): Pick<Page, 'head' | 'foot'>
}

const PLACES: readonly Place[] = [
  {
    path: '/install/twice',
    title: 'Two captains',
    line: 'The theme and a plugin both bring the snippet: every event is there once.',
    story:
      'The theme and a plugin both brought the snippet aboard. The second one sees the first, and stays below deck.',
    diagnosis: { code: 'snippet_twice', title: 'The script is on the page more than once', byCheck: true },
    where: ({ domain }) => ({ head: snippet(domain), foot: `\n    ${snippet(domain)}` }),
  },
  {
    path: '/install/body',
    title: 'At the stern',
    line: 'The script tag is the last thing in the body; calls made before it wait.',
    story: 'Here the script tag comes last, below everything else. Calls made before it wait in the stub.',
    diagnosis: { code: 'snippet_in_body', title: 'The script stands in the body', byCheck: true },
    where: ({ domain }) => ({ head: stub, foot: `\n    ${tag(domain)}` }),
  },
  {
    path: '/install/late',
    title: 'Late aboard',
    line: 'A tag manager loads the script a second after the page: nothing is lost, the click id neither.',
    story:
      'A tag manager brings the script a second after the page has loaded. What was called before arrives all the same.',
    where: ({ domain }) => ({
      head: stub,
      foot: `
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

export const places: readonly Case[] = PLACES.map(({ path, title, line, story, diagnosis, where }) => ({
  path,
  house: 'www',
  group: 'Ways to install',
  line,
  page: (visit) => ({
    title,
    ...where(visit),
    main: `
    <h1>${title}</h1>
    <p>${story}</p>
    <p class="good-line">On deck today: the ${buoy.name}, ${dollars(buoy.cents)}.</p>
    <p><button type="button" id="wave" data-testid="wave">Wave to the crew</button></p>`,
    script: `
      tagferry.track('ViewContent', ${json(propertiesOf([{ good: buoy, quantity: 1 }]))})

      document.querySelector('#wave').addEventListener('click', () => tagferry.track('ClickButton'))`,
    expected: [
      ['Pageview', 'once', `event:Pageview ${path}`],
      ['ViewContent', 'once, called before the script was there', `event:ViewContent ${path}`],
      ['ClickButton', 'once for each wave', `event:ClickButton ${path}`],
    ],
    ...(diagnosis && { diagnosis }),
  }),
}))
