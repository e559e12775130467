// Tests the built script: reproducible builds, matching hashes, one global name, and its lazy parts.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { gzipSync } from 'node:zlib'
import { type RollupOptions, rollup } from 'rollup'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = `${root}snippet/dist/`
const read = (file: string) => readFileSync(dist + file)

const build = async (file: string) => {
  const { default: builds } = (await import('../rollup.config.mjs' as string)) as { default: RollupOptions[] }
  const options = builds.find(({ output }) => (output as { file?: string }).file === `snippet/dist/${file}`)
  if (!options) throw new Error(`no build of ${file}`)
  const bundle = await rollup(options)
  const { output } = await bundle.generate(options.output as never)
  await bundle.close()
  return output[0].code.trim()
}

describe('the built script', () => {
  it.each(['t.js', 't.verify.js'])('%s is reproducible', async (file) => {
    expect(await build(file)).toBe(read(file).toString().split('\n//# sourceMappingURL')[0]?.trim())
  })

  it('has copies whose names and integrity hashes match their content', () => {
    const manifest = JSON.parse(`${read('manifest.json')}`) as Record<string, Record<string, unknown>>
    expect(Object.keys(manifest)).toEqual(['t.js', 't.core.js'])
    for (const [name, entry] of Object.entries(manifest)) {
      const code = read(name)
      expect(entry).toEqual({
        file: name.replace('js', `${createHash('sha256').update(code).digest('hex').slice(0, 12)}.js`),
        integrity: `sha384-${createHash('sha384').update(code).digest('base64')}`,
        bytes: code.length,
        gzip: gzipSync(code, { level: 9 }).length,
      })
      expect(read(`${entry.file}`)).toEqual(code)
    }
    const copies = readdirSync(dist).filter((file) => /[0-9a-f]{12}\.js$/.test(file))
    expect(copies.sort()).toEqual(
      Object.values(manifest)
        .map(({ file }) => file)
        .sort(),
    )
  })

  it.each([
    ['t.js', 'tagferry'],
    ['t.core.js', 'tagferry'],
    ['stub.js', 'tagferry'],
    ['stub.ttq.js', 'ttq'],
  ])('%s adds one global name: %s', (file, name) => {
    const page: Record<string, unknown> = {
      location: new URL('https://other.example/'),
      document: { currentScript: { dataset: { site: 'shop.example' }, src: 'https://shop.example/t/t.js' } },
      URL,
    }
    page.window = page
    Object.assign(page.document as object, { referrer: '' })
    const before = Object.keys(page)
    vm.runInNewContext(`${read(file)}`, page)
    const names = vm.runInContext('Object.getOwnPropertyNames(globalThis)', page as vm.Context) as string[]
    expect(Object.keys(page).filter((key) => !before.includes(key))).toEqual([name])
    expect(names.filter((key) => key.length === 1)).toEqual([])
  })

  it('loads its lazy parts from its own folder', () => {
    expect(`${read('t.js')}`).toMatch(/import\(`\.\/t\.\$\{\w+\}\.js`\)/)
    for (const plugin of ['ttq', 'datalayer', 'linker', 'verify']) {
      expect(`${read('t.js')}`).toContain(`"${plugin}"`)
      expect(`${read(`t.${plugin}.js`)}`).toMatch(/export\{.*\bstart\b/)
    }
  })

  it('is exported as a module with types', async () => {
    const exported = JSON.parse(readFileSync(`${root}package.json`, 'utf8')).exports['./browser'] as {
      types: string
      default: string
    }
    const module = (await import(root + exported.default)) as { createTagferry: (settings: object) => object }
    expect(Object.keys(module.createTagferry({ endpoint: '/e' }))).toEqual(
      expect.arrayContaining(['track', 'identify', 'page', 'consent', 'on']),
    )
    expect(readFileSync(root + exported.types, 'utf8')).toContain('createTagferry')
  })

  it('reports the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }
    expect(`${read('t.verify.js')}`).toContain(`"${version}"`)
  })
})
