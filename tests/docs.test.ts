// Compares names, numbers and lists in the documentation with the code and the build.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { settingNames } from '../collector/src/config/config.js'
import { skipReasons } from '../collector/src/event.js'
import { vendors } from '../collector/src/vendors/index.js'
import { aliases, contentNames, eventNames, propertyNames } from '../snippet/src/plugins/event-map.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(root + path, 'utf8')
const readme = read('README.md')

describe('the README', () => {
  it('has at most 150 lines', () => expect(readme.split('\n').length).toBeLessThanOrEqual(150))

  it('shows the built stub', () => {
    const stub = read('snippet/dist/stub.js').split('\n//#')[0]?.trim()
    expect(readme).toContain(`<script>${stub}</script>`)
  })

  it('states the size of the built script', () => {
    const bytes = gzipSync(readFileSync(`${root}snippet/dist/t.js`), { level: 9 }).length
    const stated = Number(/\| `t\.js` \| ([\d,]+) bytes after gzip/.exec(readme)?.[1]?.replace(',', ''))
    expect(Math.abs(stated - bytes)).toBeLessThanOrEqual(100)
  })

  it('links only to existing files', () => {
    const links = [...readme.matchAll(/\]\((\w[\w./-]+)\)/g)].map(([, path]) => path ?? '')
    expect(links.filter((path) => !existsSync(root + path))).toEqual([])
  })
})

describe('the documentation', () => {
  it('lists the names of events and properties on other platforms', () => {
    const rows = [...read('docs/events.md').matchAll(/^\| `(\w+)` \| `(\w+)` \|$/gm)].map(([, from, to]) => [
      from,
      to,
    ])
    const tables = [eventNames, propertyNames, contentNames, aliases]
    expect(rows).toEqual(tables.flatMap((table) => Object.entries(table)))
  })

  it('lists every attribute of the script tag', () => {
    const listed = [...read('docs/events.md').matchAll(/^\| `data-([a-z-]+)` \|/gm)].map(([, name]) =>
      (name ?? '').replace(/-(.)/g, (_all, letter: string) => letter.toUpperCase()),
    )
    const settings = /interface TagferrySettings \{([\s\S]*?)\n\}/.exec(read('snippet/src/api.ts'))?.[1] ?? ''
    const known = [...settings.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name ?? '')
    expect(listed.sort()).toEqual([...known, 'global'].sort())
  })

  it('lists every setting, and no unknown one', () => {
    const listed = [...read('docs/operations.md').matchAll(/`(TAGFERRY_[A-Z_]+)`/g)].map(([, name]) => name)
    const known = settingNames(vendors)
    expect(known.filter((name) => !listed.includes(name))).toEqual([])
    expect(
      [...new Set(listed)].filter((name) => !known.includes((name ?? '').replace(/_FILE$/, ''))),
    ).toEqual([])
  })

  it('lists every skip reason', () => {
    const events = read('docs/events.md')
    expect(skipReasons.filter((reason) => !events.includes(`\`${reason}\``))).toEqual([])
  })

  it('gives a reason for every runtime dependency, and for no other package', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    const table = read('docs/decisions.md').split('## Runtime dependencies')[1] ?? ''
    const explained = [...table.matchAll(/^\| (@?[a-z][\w./-]*)/gm)].map(([, name]) => name)
    expect(explained.filter((name) => name !== 'package').sort()).toEqual(Object.keys(dependencies).sort())
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(20)
  })
})

describe('the source', () => {
  const files = ['snippet', 'collector', 'examples', 'tests', 'bench'].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`)
      .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/\/(dist|node_modules)\//.test(file)),
  )

  it('starts each file with a comment on what it does', () => {
    const sources = files.filter((file) => !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))
    expect(sources.filter((file) => !/^(\/\*\*|\/\/) ?\S?|^\/\*\*\n/.test(read(file)))).toEqual([])
  })
})
