// Downloads the scripts that the snippet is compared with, and describes how each is started.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import terser from '@rollup/plugin-terser'
import { rollup } from 'rollup'

export interface Peer {
  name: string
  /** Source, minified as a site would serve it. */
  script: string
  /** Code appended to the script to count a page view; not part of its size. */
  start: string
  /** Attributes of the script tag. */
  attributes: string
  /** Inline script before it. */
  before: string
  /** Query string of the page. */
  query: string
}

interface Source extends Partial<Omit<Peer, 'name' | 'script'>> {
  name: string
  packageName: string
  version: string
  file: string
  /** Options of the build for packages without a minified file; undefined for the others. */
  build?: { compress: object; global?: string }
}

// Events go to `/e/NAME` of the server of the page. GoatCounter is missing because it is on no registry.
const sources: Source[] = [
  {
    name: 'Umami',
    packageName: 'umami',
    version: '2.10.0',
    file: 'src/tracker/index.js',
    build: { compress: { evaluate: false } },
    attributes: 'data-website-id="w1" data-host-url="/e/umami"',
  },
  {
    name: 'Plausible',
    packageName: '@plausible-analytics/tracker',
    version: '0.4.6',
    file: 'plausible.js',
    build: { compress: {}, global: 'plausibleTracker' },
    start: `plausibleTracker.init({ domain: 'example.localhost', endpoint: '/e/plausible' })`,
  },
  {
    name: 'walker.js',
    packageName: '@elbwalker/walker.js',
    version: '3.4.2',
    file: 'dist/walker.js',
    before: `function elb() { (window.elbLayer = window.elbLayer || []).push(arguments) }
      elb('walker destination', { type: 'post', push: (event) =>
        fetch('/e/walker', { method: 'POST', body: JSON.stringify(event), keepalive: true }) }, {})`,
    start: `elb('walker run')`,
  },
  {
    name: 'Snowplow',
    packageName: '@snowplow/browser-tracker',
    version: '4.10.1',
    file: 'dist/index.umd.min.js',
    start: `snowplowBrowserTracking.newTracker('sp', location.origin, { postPath: '/e/snowplow' })
      snowplowBrowserTracking.trackPageView()`,
  },
  {
    name: 'PostHog',
    packageName: 'posthog-js',
    version: '1.449.2',
    file: 'dist/array.js',
    before: `posthog = Object.assign([], { __SV: 1, _i: [['key-1',
      { api_host: '/e/posthog', request_batching: false, opt_out_useragent_filter: true }, 'posthog']] })`,
  },
]

const folder = fileURLToPath(new URL('peers-snippet', import.meta.url))
const run = promisify(execFile)

/** Downloads missing scripts from npm, one self-contained file of each package. */
export async function loadPeers(): Promise<Peer[]> {
  await mkdir(folder, { recursive: true })
  return Promise.all(
    sources.map(async ({ name, packageName, version, file, build, ...rest }) => {
      const path = join(folder, `${packageName.replace('@', '').replaceAll('/', '-')}-${version}.js`)
      if (!existsSync(path)) await fetchFile(`${packageName}@${version}`, file, path)
      const script = build ? await minify(path, build) : await readFile(path, 'utf8')
      return {
        name: `${name} ${version}`,
        script,
        start: '',
        attributes: '',
        before: '',
        query: 'a=1',
        ...rest,
      }
    }),
  )
}

async function fetchFile(spec: string, file: string, path: string): Promise<void> {
  const packed = await run('npm', ['pack', spec, '--silent', '--pack-destination', folder])
  const archive = join(folder, packed.stdout.trim())
  const { stdout } = await run('tar', ['xzfO', archive, `package/${file}`], { maxBuffer: 1e7 })
  await writeFile(path, stdout)
  await rm(archive)
}

async function minify(input: string, { compress, global }: NonNullable<Source['build']>): Promise<string> {
  const bundle = await rollup({ input, plugins: [terser({ compress })] })
  const { output } = await bundle.generate({ format: 'iife', ...(global && { name: global }) })
  return output[0].code
}
