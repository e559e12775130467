/** Knows the pasted snippet, and its script tag with further attributes. */
import { readFileSync } from 'node:fs'
import { exampleFile } from '../../folder.js'

const paste = readFileSync(exampleFile('shop', 'paste.html'), 'utf8').trim()

/** What a site owner pastes into the head; `attributes` such as `data-consent="required"` go into the script tag. */
export const snippet = (site: string, attributes = ''): string =>
  paste.replace('data-site="{{site}}"', `data-site="${site}"${attributes && ` ${attributes}`}`)

/** Its first half alone: calls may be made at once, and wait. */
export const stub = paste.slice(0, paste.indexOf('<script async')).trim()

/** Its second half alone. */
export const tag = (site: string): string => `<script async src="/t/t.js" data-site="${site}"></script>`
