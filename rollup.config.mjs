// Builds everything that ships: the snippet (script and ES module), the collector, the example sandbox.
import { createHash } from 'node:crypto'
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import typescript from '@rollup/plugin-typescript'
import ts from 'typescript'

const pkg = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))
const packages = [...Object.keys(pkg.dependencies), ...Object.keys(pkg.devDependencies)]
/** Pure JavaScript that goes into the build: whoever runs the collector need not install it. */
const bundled = ['preact', 'preact-render-to-string', 'better-sse', 'd3-scale', 'd3-shape']
const isOf = (names, id) => names.some((name) => id === name || id.startsWith(`${name}/`))
const external = (id) => id.startsWith('node:') || (isOf(packages, id) && !isOf(bundled, id))

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

// With deeper inlining gzip finds fewer repetitions. `unsafe` rewrites nothing here that a page could redefine.
const compress = {
  passes: 3,
  lhs_constants: false,
  pure_getters: true,
  inline: 1,
  unsafe: true,
  unsafe_arrows: true,
}
const minify = terser({ ecma: 2020, module: true, compress })
/** Of a longer text gzip makes less where an `if` stays one. */
const minifyLong = terser({ ecma: 2020, module: true, compress: { ...compress, conditionals: false } })

/**
 * One keyword for variables packs better, and none of them gets out of a block; the spaces keep the source map right.
 * Parts lie beside the script.
 */
const partPath = /\.\/plugins\/(.{7})\.ts/
const respell = {
  name: 'respell',
  renderChunk: (code) => ({
    code: code
      .replace(/\bconst(?= )/g, 'let  ')
      .replace(/\bvar(?= )/g, 'let')
      .replace(partPath, './t.$1.js'),
    map: null,
  }),
}

/** A block keeps a script's names to itself, with fewer bytes than a function. */
const enclose = {
  name: 'enclose',
  renderChunk: (code) => ({ code: `{${code.trim().replace(/;$/, '')}}`, map: null }),
}

/** Copies under a name that changes with the content, and what a script tag's `integrity` says of them. */
const fingerprints = (folder, names) => ({
  name: 'fingerprints',
  writeBundle() {
    for (const file of readdirSync(folder))
      if (/^t\.(core\.)?[0-9a-f]{12}\.js$/.test(file)) rmSync(folder + file)
    const entries = names.map((name) => {
      const code = readFileSync(folder + name)
      const hash = (algorithm, form) => createHash(algorithm).update(code).digest(form)
      const file = name.replace(/js$/, `${hash('sha256', 'hex').slice(0, 12)}.js`)
      copyFileSync(folder + name, folder + file)
      const integrity = `sha384-${hash('sha384', 'base64')}`
      return [name, { file, integrity, bytes: code.length, gzip: gzipSync(code, { level: 9 }).length }]
    })
    writeFileSync(`${folder}manifest.json`, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`)
  },
})
const browser = (tsconfig = './snippet/tsconfig.json') => typescript({ tsconfig, noEmit: false })
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

/** Writes files as they are, several as one. */
const assets = (files) => ({
  name: 'assets',
  generateBundle() {
    for (const [fileName, sources] of Object.entries(files)) {
      const source = sources.map((path) => readFileSync(path, 'utf8')).join('\n')
      this.emitFile({ type: 'asset', fileName, source })
    }
  },
})

/** Writes the types of a module as one file: its own after those of the files it takes types from. */
const declarations = (fileName, sources, typesOnly = []) => ({
  name: 'declarations',
  generateBundle() {
    const parts = sources.map((source) => {
      if (typesOnly.includes(source)) return typesOf(source)
      const { outputText } = ts.transpileDeclaration(readFileSync(source, 'utf8'), { fileName: source })
      return outputText.replace(
        /^((import|export) (type )?[*{].* from '\.\.?\/.*|export type \{.*\};)\n/gm,
        '',
      )
    })
    this.emitFile({ type: 'asset', fileName, source: `${parts.join('\n')}\nexport {}\n` })
  },
})

const script = (shrink, fileName, input, ...limits) => ({
  input,
  output: { file: `snippet/dist/${fileName}`, format: 'es', sourcemap: 'hidden' },
  plugins: [browser(), respell, shrink, enclose, budget({ [fileName]: limits })],
})

/** Where the sandbox's client takes types from. */
const clientTypes = ['rules', 'ledger', 'kept', 'answers', 'settings']
  .map((name) => `examples/stand-in/${name}.ts`)
  .concat('examples/sandbox/expected.ts')
const part = (name) => ({
  input: `snippet/src/plugins/${name}.ts`,
  output: { file: `snippet/dist/t.${name}.js`, format: 'es', sourcemap: 'hidden' },
  plugins: [browser(), minify],
})
const isPart = (id) => id.startsWith('./plugins/')

const all = [
  script(minifyLong, 't.core.js', 'snippet/src/t.core.ts', 2560),
  script(minifyLong, 't.js', 'snippet/src/t.ts', 4096, 3700),
  script(minify, 'stub.js', 'snippet/src/stub.ts', 450),
  script(minify, 'stub.ttq.js', 'snippet/src/stub-ttq.ts', 450),
  ...['ttq', 'datalayer', 'linker', 'verify'].map(part),
  {
    input: 'snippet/src/browser.ts',
    external: isPart,
    output: {
      file: 'snippet/dist/browser.js',
      format: 'es',
      sourcemap: true,
      paths: (id) => id.replace(/^.*\/plugins\//, './t.'),
    },
    plugins: [
      browser(),
      fingerprints('snippet/dist/', ['t.js', 't.core.js']),
      declarations('browser.d.ts', ['collector/src/wire.ts', 'snippet/src/api.ts', 'snippet/src/browser.ts']),
    ],
  },
  {
    input: {
      main: 'collector/src/main.ts',
      'sqlite-worker': 'collector/src/store/sqlite/worker.ts',
      middleware: 'collector/src/express.ts',
    },
    output: {
      dir: 'collector/dist',
      format: 'es',
      sourcemap: true,
      chunkFileNames: '[name].js',
      // A shell that is given `tagferry` would take it for its own script.
      banner: ({ name }) => (name === 'main' ? '#!/usr/bin/env node' : ''),
    },
    external,
    plugins: [
      resolve({ exportConditions: ['node'] }),
      server(),
      declarations('middleware.d.ts', ['collector/src/express.ts']),
    ],
  },
  {
    input: 'collector/src/dashboard/client/client.tsx',
    output: { file: 'collector/dist/static/island.js', format: 'es' },
    plugins: [
      resolve({ browser: true }),
      browser('./collector/src/dashboard/client/tsconfig.json'),
      minify,
      assets({
        'admin.css': [
          'node_modules/@picocss/pico/css/pico.min.css',
          ...['base', 'frame', 'parts', 'controls', 'tables', 'overview', 'pages'].map(
            (name) => `collector/src/dashboard/static/${name}.css`,
          ),
        ],
        'icon.svg': ['collector/src/dashboard/static/icon.svg'],
      }),
    ],
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
const only = process.env.ONLY ?? ''
export default all.filter(({ output }) => (output.file ?? output.dir).startsWith(only))
