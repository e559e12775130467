/** Renders the install snippet, and parts of it for pages that install it differently. */
import { readFileSync } from 'node:fs'
import { exampleFile } from '../files.js'

const template = readFileSync(exampleFile('shop/snippet.html'), 'utf8').trim()

/** The snippet for the head of a page. `attributes`, such as `data-consent="required"`, go into the script tag. */
export const snippet = (site: string, attributes = ''): string =>
  template.replace('data-site="{{site}}"', `data-site="${site}"${attributes && ` ${attributes}`}`)

/** The stub alone: it queues calls until the script has loaded. */
export const stubScript = template.slice(0, template.indexOf('<script async')).trim()

/** The script tag alone. */
export const scriptTag = (site: string): string => `<script async src="/t/t.js" data-site="${site}"></script>`
