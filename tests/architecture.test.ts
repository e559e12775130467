// The boundaries of the source tree: who may import whom, where drivers and the outside world enter, and how long a
// function may be. `npm run lint` runs this file too. Each rule has a control that must fail.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  areaOf,
  type FunctionSize,
  functionsOf,
  type Import,
  importsOf,
  readSource,
  sourceFiles,
} from './support/source-tree.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Files beside the folders that every folder may import: the vocabulary, and what is counted and logged. */
const vocabulary = ['event.ts', 'wire.ts', 'click-ids.ts', 'time.ts', 'metrics.ts', 'log.ts']

/**
 * The folders of collector/src, each with the folders it may import. Only main.ts, collector.ts and app.ts see all.
 * intake, relay, orders and dashboard never import each other: they meet in the store and in what collector.ts
 * hands to them.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  http: [],
  region: [],
  privacy: ['region'],
  config: ['region'],
  sites: ['config'],
  store: [],
  vendors: [],
  intake: ['http', 'privacy', 'region', 'sites', 'store'],
  relay: ['store', 'vendors'],
  diagnose: ['config', 'http', 'sites', 'store', 'vendors'],
  verification: ['config', 'diagnose', 'http', 'sites', 'store'],
  endpoints: ['http', 'intake', 'store'],
  dashboard: [
    ...['config', 'diagnose', 'endpoints', 'http', 'privacy', 'region', 'sites', 'store', 'vendors'],
    'verification',
  ],
  commands: ['config', 'diagnose', 'endpoints', 'intake', 'sites', 'store', 'vendors', 'verification'],
}

/** Packages and built-in modules that appear only where they are named here. */
const onlyIn: Readonly<Record<string, { files: RegExp; typesIn?: RegExp }>> = {
  pg: { files: /^store\/postgres\/pool\.ts$/ },
  'node:sqlite': { files: /^store\/sqlite\/database\.ts$/ },
  '@photostructure/sqlite': { files: /^store\/sqlite\/database\.ts$/ },
  undici: { files: /^vendors\/[^/]+\/send\.ts$/ },
  express: {
    files: /^(app|express)\.ts$|^[^/]+\/routes?\.ts$|^dashboard\/auth\/session\.ts$/,
    // A route and the server under it name the type of what they are given.
    typesIn: /^(http|endpoints)\/|\/routes?\.ts$/,
  },
}

interface Rule {
  name: string
  /** Whether an import, or a line of a file, breaks the rule. */
  breaks: (one: Import) => boolean
  /** Imports that must be found: `from`, `to`, and whether only a type is taken. */
  controls: readonly [from: string, to: string, typeOnly?: boolean][]
}

const inCollector = (path: string) => path.replace(/^collector\/src\//, '')
const isComposition = (from: string) => /^collector\/src\/(main|collector|app|express)\.ts$/.test(from)

const rules: readonly Rule[] = [
  {
    name: 'a folder imports only the folders below it',
    breaks({ from, to }) {
      const [own, other] = [areaOf(from), areaOf(to)]
      if (own === undefined || other === undefined || own === other || isComposition(from)) return false
      if (vocabulary.includes(other)) return false
      if (vocabulary.includes(own)) return !['store', 'event.ts', 'wire.ts', 'click-ids.ts'].includes(other)
      return !mayImport[own]?.includes(other)
    },
    controls: [
      ['collector/src/intake/route.ts', 'collector/src/relay/relay.ts'],
      ['collector/src/intake/route.ts', 'collector/src/dashboard/page.ts', true],
      ['collector/src/relay/worker.ts', 'collector/src/intake/hash.ts'],
      ['collector/src/dashboard/pages/events/event.tsx', 'collector/src/intake/hash.ts', true],
      ['collector/src/store/row.ts', 'collector/src/vendors/vendor.ts', true],
      ['collector/src/store/row.ts', 'collector/src/http/body.ts'],
      ['collector/src/region/place.ts', 'collector/src/intake/enrich.ts'],
      ['collector/src/commands/invite.ts', 'collector/src/dashboard/auth/auth.ts'],
      ['collector/src/sites/registry.ts', 'collector/src/store/records.ts', true],
      ['collector/src/commands/command.ts', 'collector/src/collector.ts', true],
      ['collector/src/event.ts', 'collector/src/intake/hash.ts'],
      ['collector/src/click-ids.ts', 'collector/src/vendors/vendor.ts'],
    ],
  },
  {
    name: 'a vendor folder imports its own files, the contract and the vocabulary; only the index looks inside',
    breaks({ from, to }) {
      const [, own] = /^collector\/src\/vendors\/([^/]+)\//.exec(from) ?? []
      const [, other] = /^collector\/src\/vendors\/([^/]+)\//.exec(to) ?? []
      if (own !== undefined) {
        const allowed =
          other === own || to === 'collector/src/vendors/vendor.ts' || vocabulary.includes(areaOf(to) ?? '')
        return !allowed && to.startsWith('collector/')
      }
      return other !== undefined && from !== 'collector/src/vendors/index.ts'
    },
    controls: [
      ['collector/src/vendors/tiktok/map.ts', 'collector/src/vendors/meta/map.ts'],
      ['collector/src/vendors/tiktok/map.ts', 'collector/src/vendors/index.ts'],
      ['collector/src/relay/worker.ts', 'collector/src/vendors/tiktok/send.ts', true],
    ],
  },
  {
    name: 'a driver, the HTTP client and Express appear only in their own files',
    breaks({ from, to, typeOnly }) {
      const only = Object.hasOwn(onlyIn, to) ? onlyIn[to] : undefined
      if (!only || !from.startsWith('collector/src/')) return false
      const file = inCollector(from)
      return !only.files.test(file) && !(typeOnly && only.typesIn?.test(file))
    },
    controls: [
      ['collector/src/dashboard/pages/events/events.tsx', 'pg'],
      ['collector/src/store/postgres/claims.ts', 'pg', true],
      ['collector/src/store/sqlite/claims.ts', 'node:sqlite'],
      ['collector/src/store/sqlite/claims.ts', '@photostructure/sqlite', true],
      ['collector/src/store/row.ts', '@photostructure/sqlite', true],
      ['collector/src/relay/worker.ts', 'undici'],
      ['collector/src/intake/pipeline.ts', 'express', true],
      ['collector/src/endpoints/health.ts', 'express'],
    ],
  },
  {
    name: 'the script and the collector share the types of wire.ts and the table of click ids, and nothing else',
    breaks({ from, to, typeOnly }) {
      if (from.startsWith('snippet/src/') && to.startsWith('collector/'))
        return to !== 'collector/src/click-ids.ts' && (to !== 'collector/src/wire.ts' || !typeOnly)
      return from.startsWith('collector/src/') && /^(snippet|tests|examples|bench)\//.test(to)
    },
    controls: [
      ['snippet/src/outbox.ts', 'collector/src/wire.ts'],
      ['snippet/src/outbox.ts', 'collector/src/event.ts', true],
      ['snippet/src/click.ts', 'collector/src/intake/click-id.ts'],
      ['collector/src/intake/route.ts', 'snippet/src/api.ts', true],
      ['collector/src/store/row.ts', 'tests/support/store-samples.ts'],
      ['collector/src/app.ts', 'examples/shop/shop.ts'],
    ],
  },
  {
    name: 'the stand-in judges on its own: it shares no code with the sender',
    breaks: ({ from, to }) => from.startsWith('examples/stand-in/') && /^(collector|snippet)\//.test(to),
    controls: [
      ['examples/stand-in/rules.ts', 'collector/src/vendors/tiktok/map.ts'],
      ['examples/stand-in/rules.ts', 'collector/src/event.ts', true],
    ],
  },
]

/** What reaches outside of the process: made in main.ts, and handed to everybody else. */
const outside = /\bprocess\.env\b|\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b/
/** main.ts; the middleware for a shop's own server, which has no main.ts of ours; what runs in a browser. */
const reachesOutside = /^collector\/src\/(main\.ts|express\.ts|dashboard\/client\/)/

const breaksOutside = (file: string, text: string) =>
  file.startsWith('collector/src/') && !reachesOutside.test(file) && outside.test(withoutTexts(text))

/** Samples of code for the reader stand in template literals, and comments may name anything. */
const withoutTexts = (text: string) => text.replace(/`[^`]*`|\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

const production = ['collector/src', 'snippet/src', 'examples']
  .flatMap(sourceFiles)
  .filter((file) => !/\.test\.tsx?$/.test(file))
const imports = production.flatMap((file) => importsOf(file))

describe('imports', () => {
  it('are read from all of the source', () => {
    expect(production.length).toBeGreaterThan(300)
    expect(imports.length).toBeGreaterThan(1_000)
    expect(
      importsOf('x/a.ts', "import type { A } from './b.js'\nexport * from 'pg'\nimport('express')"),
    ).toEqual([
      { from: 'x/a.ts', to: 'x/b.js', typeOnly: true },
      { from: 'x/a.ts', to: 'pg', typeOnly: false },
      { from: 'x/a.ts', to: 'express', typeOnly: false },
    ])
  })

  it.each(rules)('$name', ({ breaks, controls }) => {
    expect(imports.filter(breaks).map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
    const missed = controls.filter(([from, to, typeOnly = false]) => !breaks({ from, to, typeOnly }))
    expect(missed, 'controls that are not found').toEqual([])
  })

  it('name every folder in the table, and the table has no circle', () => {
    const folders = readdirSync(`${root}collector/src`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    expect(Object.keys(mayImport).sort()).toEqual(folders.sort())
    expect(circleIn(mayImport)).toBeUndefined()
    expect(circleIn({ a: ['b'], b: ['c'], c: ['a'] })).toEqual(['a', 'b', 'c', 'a'])
  })
})

describe('the outside world', () => {
  it('enters the collector through main.ts: environment, clock, chance', () => {
    expect(production.filter((file) => breaksOutside(file, readSource(file)))).toEqual([])
  })

  it.each(['process.env.HOME', 'Date.now()', 'new Date()', 'performance.now()', 'Math.random()'])(
    'is found in a planted %s',
    (planted) => {
      expect(breaksOutside('collector/src/intake/route.ts', `const x = ${planted}`)).toBe(true)
      expect(breaksOutside('collector/src/main.ts', `const x = ${planted}`)).toBe(false)
    },
  )
})

describe('size', () => {
  const mostLines = 60
  const mostFiles = 10
  const tooLong = ({ lines }: FunctionSize) => lines > mostLines
  const all = ['collector', 'snippet', 'examples', 'tests', 'bench'].flatMap(sourceFiles)

  it(`of a function is at most ${mostLines} lines, closures included`, () => {
    const long = all.flatMap((file) => functionsOf(file)).filter(tooLong)
    expect(long.map(({ file, name, lines }) => `${file}: ${name} has ${lines} lines`)).toEqual([])
    const [planted] = functionsOf('x.ts', `const f = () => {\n${'  g()\n'.repeat(mostLines)}}`)
    expect(planted).toEqual({ file: 'x.ts', name: 'f', lines: mostLines + 2 })
  })

  it(`of the root of collector/src is at most ${mostFiles} files`, () => {
    const loose = readdirSync(`${root}collector/src`, { withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    expect(loose.length).toBeLessThanOrEqual(mostFiles)
  })
})

/** The first circle of a graph, as the names along it. */
function circleIn(graph: Readonly<Record<string, readonly string[]>>): string[] | undefined {
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    if (done.has(name)) return undefined
    done.add(name)
    for (const next of graph[name] ?? []) {
      const circle = visit(next, [...path, name])
      if (circle) return circle
    }
    return undefined
  }
  for (const name of Object.keys(graph)) {
    const circle = visit(name, [])
    if (circle) return circle
  }
  return undefined
}
