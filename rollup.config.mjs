// Builds everything that ships: the snippet (script and ES module), the collector, the example sandbox.
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import terser from '@rollup/plugin-terser'
import typescript from '@rollup/plugin-typescript'
import ts from 'typescript'

const pkg = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))
const packages = [...Object.keys(pkg.dependencies), ...Object.keys(pkg.devDependencies)]
const external = (id) =>
  id.startsWith('node:') || packages.some((name) => id === name || id.startsWith(`${name}/`))

/** Prints each file's size and stops the build above its budget (bytes after gzip -9, and after brotli). */
const budget = (limits) => ({
  name: 'budget',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk' || !limits[file.fileName]) continue
      const [limit, brotliLimit = limit] = limits[file.fileName]
      const gzip = gzipSync(file.code, { level: 9 }).length
      const brotli = brotliCompressSync(file.code).length
      console.log(
        `${file.fileName}: ${file.code.length} bytes, ${gzip} gzip (budget ${limit}), ${brotli} brotli (${brotliLimit})`,
      )
      if (gzip > limit || brotli > brotliLimit)
        this.error(
          `${file.fileName} is ${gzip} bytes after gzip and ${brotli} after brotli, the budget is ${limit} and ${brotliLimit}`,
        )
    }
  },
})

// With deeper inlining gzip finds fewer repetitions.
const minify = terser({ ecma: 2020, compress: { passes: 3, pure_getters: true, inline: 1 } })
const browser = () => typescript({ tsconfig: './snippet/tsconfig.json', noEmit: false })
const server = () =>
  typescript({
    tsconfig: './tsconfig.json',
    noEmit: false,
    include: ['collector/**', 'examples/**', 'tests/support/**'],
  })

/** Of these files the types alone, and the lists they are made of; a function or class is another module's. */
const typesOf = (source) => {
  const { outputText } = ts.transpileDeclaration(readFileSync(source, 'utf8'), { fileName: source })
  const { statements } = ts.createSourceFile(source, outputText, ts.ScriptTarget.ESNext, true)
  const isList = (one) =>
    ts.isVariableStatement(one) && ts.isTypeLiteralNode(one.declarationList.declarations[0].type ?? one)
  return statements
    .filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one) || isList(one))
    .map((one) => (isList(one) ? one.getFullText().replace('export ', '') : one.getFullText()))
    .join('')
}

/** Writes the types of a module as one file: its own after those of the files it takes types from. */
const declarations = (fileName, sources, typesOnly = []) => ({
  name: 'declarations',
  generateBundle() {
    const parts = sources.map((source) => {
      if (typesOnly.includes(source)) return typesOf(source)
      const { outputText } = ts.transpileDeclaration(readFileSync(source, 'utf8'), { fileName: source })
      return outputText.replace(/^((import|export) (type )?[*{].* from .*|export type \{.*\};)\n/gm, '')
    })
    this.emitFile({ type: 'asset', fileName, source: `${parts.join('\n')}\nexport {}\n` })
  },
})

const script = (fileName, input, ...limits) => ({
  input,
  output: { file: `snippet/dist/${fileName}`, format: 'iife', sourcemap: 'hidden', strict: false },
  plugins: [browser(), minify, budget({ [fileName]: limits })],
})

/** Where the sandbox's client takes types from. */
const clientTypes = ['rules', 'ledger', 'kept', 'answers', 'settings']
  .map((name) => `examples/stand-in/${name}.ts`)
  .concat('examples/sandbox/expected.ts')

const all = [
  script('t.core.js', 'snippet/src/index.ts', 2560),
  script('t.js', 'snippet/src/full.ts', 4096, 3700),
  script('stub.js', 'snippet/src/stub.ts', 450),
  {
    input: 'snippet/src/browser.ts',
    output: { file: 'snippet/dist/browser.js', format: 'es', sourcemap: true },
    plugins: [
      browser(),
      declarations('browser.d.ts', ['collector/src/wire.ts', 'snippet/src/api.ts', 'snippet/src/browser.ts']),
    ],
  },
  {
    input: { main: 'collector/src/main.ts', 'sqlite-worker': 'collector/src/store/sqlite-worker.ts' },
    output: { dir: 'collector/dist', format: 'es', sourcemap: true, chunkFileNames: '[name].js' },
    external,
    plugins: [server()],
  },
  {
    input: {
      sandbox: 'examples/sandbox.ts',
      'sandbox-postgres': 'examples/sandbox/postgres.ts',
      client: 'examples/sandbox/client.ts',
    },
    output: { dir: 'examples/dist', format: 'es', sourcemap: true, chunkFileNames: '[name].js' },
    external,
    plugins: [
      server(),
      declarations('client.d.ts', [...clientTypes, 'examples/sandbox/client.ts'], clientTypes),
    ],
  },
]

// `ONLY=collector npm run build` builds one part.
const part = process.env.ONLY ?? ''
export default all.filter(({ output }) => (output.file ?? output.dir).startsWith(part))
