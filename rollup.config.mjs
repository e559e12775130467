// Builds everything that is published: the snippet (scripts and ES module), the collector and the example sandbox.
import { createHash } from 'node:crypto'
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import typescript from '@rollup/plugin-typescript'
import ts from 'typescript'

const pkg = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))
const packages = [...Object.keys(pkg.dependencies), ...Object.keys(pkg.devDependencies)]
/** Pure JavaScript packages that are bundled, so that running the collector does not require installing them. */
const bundled = ['preact', 'preact-render-to-string', 'better-sse', 'd3-scale', 'd3-shape']
const isFrom = (names, id) => names.some((name) => id === name || id.startsWith(`${name}/`))
const isExternal = (id) => id.startsWith('node:') || (isFrom(packages, id) && !isFrom(bundled, id))

/** Prints the size of each file, and fails the build above its budget (bytes after gzip -9 and after brotli). */
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

// Deeper inlining leaves fewer repetitions for gzip. `unsafe` rewrites nothing here that a page could redefine.
const compress = {
  passes: 3,
  lhs_constants: false,
  pure_getters: true,
  inline: 1,
  unsafe: true,
  unsafe_arrows: true,
}
const minify = terser({ ecma: 2020, module: true, compress })
/** For the larger scripts: gzip compresses `if` statements better than conditional expressions. */
const minifyScript = terser({ ecma: 2020, module: true, compress: { ...compress, conditionals: false } })

/**
 * Declares all variables with `let`, which compresses better; none of them leaves its block. The spaces keep the
 * source map valid. Also points the import of a plugin to its built file beside the script.
 */
const rewrite = {
  name: 'rewrite',
  renderChunk: (code) => ({
    code: code
      .replace(/\bconst(?= )/g, 'let  ')
      .replace(/\bvar(?= )/g, 'let')
      .replace(/\.\/plugins\/(\$\{\w+\})\.ts/, './t.$1.js'),
    map: null,
  }),
}

/** Wraps a script in a block, which hides its names from the page in fewer bytes than a function. */
const wrapInBlock = {
  name: 'wrap-in-block',
  renderChunk: (code) => ({ code: `{${code.trim().replace(/;$/, '')}}`, map: null }),
}

/** Copies files under a name with a hash of their content, and writes their `integrity` values to manifest.json. */
const fingerprints = (folder, names) => ({
  name: 'fingerprints',
  writeBundle() {
    for (const file of readdirSync(folder))
      if (/^t\.(core\.)?[0-9a-f]{12}\.js$/.test(file)) rmSync(folder + file)
    const entries = names.map((name) => {
      const code = readFileSync(folder + name)
      const hash = (algorithm, encoding) => createHash(algorithm).update(code).digest(encoding)
      const file = name.replace(/js$/, `${hash('sha256', 'hex').slice(0, 12)}.js`)
      copyFileSync(folder + name, folder + file)
      const integrity = `sha384-${hash('sha384', 'base64')}`
      return [name, { file, integrity, bytes: code.length, gzip: gzipSync(code, { level: 9 }).length }]
    })
    writeFileSync(`${folder}manifest.json`, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`)
  },
})

const readClickIds = async () => {
  const source = readFileSync(new URL('./collector/src/click-ids.ts', import.meta.url), 'utf8')
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: 'esnext' } })
  return (await import(`data:text/javascript,${encodeURIComponent(outputText)}`)).clickIds
}

const clickModule = new URL('./snippet/src/click.ts', import.meta.url).pathname
/** Functions of click.ts that all click ids need. The linker and the installation check use the first click id only. */
const ofEachClickId = ['captureClickId', 'storeClick', 'removeClickCookie', 'getClickIds']

/**
 * The exports of vendor-ids.ts for one row of the table, as code. A vendor's first click id brings the id of the browser.
 */
const vendorIds = (row, rows) => {
  const ofVendor = rows.filter(({ vendor }) => vendor === row.vendor)
  const isFirst = ofVendor.find(({ parameter }) => parameter) === row
  const browserId = (isFirst && ofVendor.find(({ parameter }) => !parameter)) || {}
  return {
    clickKey: JSON.stringify(row.key),
    parameter: JSON.stringify(row.parameter),
    clickCookie: JSON.stringify(row.cookie ?? ''),
    clickPattern: `${row.pattern}`,
    browserKey: JSON.stringify(browserId.key ?? ''),
    browserCookie: JSON.stringify(browserId.cookie ?? ''),
  }
}

/** click.ts with literals in place of what it imports from vendor-ids.ts: terser would leave them in variables. */
const clickCode = (ids) => {
  const { outputText } = ts.transpileModule(readFileSync(clickModule, 'utf8'), {
    compilerOptions: { module: 'esnext', target: 'es2020' },
  })
  return Object.entries(ids).reduce(
    (code, [name, literal]) => code.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), () => literal),
    outputText.replace(/^import .* from '.\/vendor-ids.js';$/m, ''),
  )
}

/**
 * Includes click.ts once for each click id of the table, with constants instead of the table: loops over a table would
 * cost the script of a single vendor 50 bytes.
 */
export const clickIdModules = (table = readClickIds()) => {
  let rows
  return {
    name: 'click-id-modules',
    async buildStart() {
      rows = await table
    },
    resolveId(source, importer = '') {
      if (importer.startsWith(`${clickModule}?`)) return this.resolve(source, clickModule)
      if (source === './click.js') return '\0click-ids'
      return source.startsWith(`${clickModule}?`) ? source : null
    },
    load(id) {
      const clicks = rows.filter(({ parameter }) => parameter)
      const row = clicks.find(({ key }) => id === `${clickModule}?${key}`)
      if (row) return clickCode(vendorIds(row, rows))
      if (id !== '\0click-ids') return null
      const paths = clicks.map((row) => JSON.stringify(`${clickModule}?${row.key}`))
      if (paths.length === 1) return `export * from ${paths[0]}`
      const calls = (name) => paths.map((_, at) => `...click${at}.${name}()`).join(', ')
      return [
        `export * from ${paths[0]}`,
        ...paths.map((path, at) => `import * as click${at} from ${path}`),
        ...ofEachClickId.map((name) => `export const ${name} = () => ({ ${calls(name)} })`),
      ].join('\n')
    },
  }
}
const browser = (tsconfig = './snippet/tsconfig.json') => typescript({ tsconfig, noEmit: false })
const server = () =>
  typescript({
    tsconfig: './tsconfig.json',
    noEmit: false,
    include: ['collector/**', 'examples/**', 'tests/support/**'],
  })

/** Returns the types that a file declares, and the constants that they are derived from, without functions and classes. */
const readTypes = (source) => {
  const { outputText } = ts.transpileDeclaration(readFileSync(source, 'utf8'), { fileName: source })
  const { statements } = ts.createSourceFile(source, outputText, ts.ScriptTarget.ESNext, true)
  const isConstant = (node) =>
    ts.isVariableStatement(node) && ts.isTypeLiteralNode(node.declarationList.declarations[0].type ?? node)
  return statements
    .filter((node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || isConstant(node))
    .map((node) => (isConstant(node) ? node.getFullText().replace('export ', '') : node.getFullText()))
    .join('')
}

/** Concatenates source files into each output file. */
const assets = (files) => ({
  name: 'assets',
  generateBundle() {
    for (const [fileName, sources] of Object.entries(files)) {
      const source = sources.map((path) => readFileSync(path, 'utf8')).join('\n')
      this.emitFile({ type: 'asset', fileName, source })
    }
  },
})

/** Writes the types of several source files to one file without imports. Of `typesOnly` files only types are included. */
const declarations = (fileName, sources, typesOnly = []) => ({
  name: 'declarations',
  generateBundle() {
    const texts = sources.map((source) => {
      if (typesOnly.includes(source)) return readTypes(source)
      const { outputText } = ts.transpileDeclaration(readFileSync(source, 'utf8'), { fileName: source })
      return outputText.replace(
        /^((import|export) (type )?[*{].* from '\.\.?\/.*|export type \{.*\};)\n/gm,
        '',
      )
    })
    this.emitFile({ type: 'asset', fileName, source: `${texts.join('\n')}\nexport {}\n` })
  },
})

/** `limits`: bytes after gzip, and after brotli if they differ. */
const script = (minifier, fileName, input, ...limits) => ({
  input,
  output: { file: `snippet/dist/${fileName}`, format: 'es', sourcemap: 'hidden' },
  plugins: [clickIdModules(), browser(), rewrite, minifier, wrapInBlock, budget({ [fileName]: limits })],
})

/** Files whose types the sandbox's client exports. */
const clientTypes = ['rules', 'ledger', 'received-event', 'answers', 'settings']
  .map((name) => `examples/stand-in/${name}.ts`)
  .concat('examples/sandbox/expected.ts')

/** A plugin of the script, in a file of its own that the script loads when it is needed. */
const plugin = (name) => ({
  input: `snippet/src/plugins/${name}.ts`,
  output: { file: `snippet/dist/t.${name}.js`, format: 'es', sourcemap: 'hidden' },
  plugins: [browser(), minify],
})
const isPlugin = (id) => id.startsWith('./plugins/')

const builds = [
  script(minifyScript, 't.core.js', 'snippet/src/t.core.ts', 2560),
  script(minifyScript, 't.js', 'snippet/src/t.ts', 4096, 3700),
  script(minify, 'stub.js', 'snippet/src/stub.ts', 450),
  script(minify, 'stub.ttq.js', 'snippet/src/stub-ttq.ts', 450),
  ...['ttq', 'datalayer', 'linker', 'verify'].map(plugin),
  {
    input: 'snippet/src/browser.ts',
    external: isPlugin,
    output: {
      file: 'snippet/dist/browser.js',
      format: 'es',
      sourcemap: true,
      paths: (id) => id.replace(/^.*\/plugins\//, './t.'),
    },
    plugins: [
      clickIdModules(),
      browser(),
      fingerprints('snippet/dist/', ['t.js', 't.core.js']),
      declarations('browser.d.ts', ['collector/src/wire.ts', 'snippet/src/api.ts', 'snippet/src/browser.ts']),
    ],
  },
  {
    input: {
      main: 'collector/src/main.ts',
      'sqlite-worker': 'collector/src/store/sqlite/worker.ts',
      express: 'collector/src/express.ts',
    },
    output: {
      dir: 'collector/dist',
      format: 'es',
      sourcemap: true,
      chunkFileNames: '[name].js',
      // Without this line a shell would run the command `tagferry` as a shell script.
      banner: ({ name }) => (name === 'main' ? '#!/usr/bin/env node' : ''),
    },
    external: isExternal,
    plugins: [
      resolve({ exportConditions: ['node'] }),
      server(),
      declarations('express.d.ts', ['collector/src/express.ts']),
    ],
  },
  {
    input: 'collector/src/dashboard/client/client.tsx',
    output: { file: 'collector/dist/static/client.js', format: 'es' },
    plugins: [
      resolve({ browser: true }),
      browser('./collector/src/dashboard/client/tsconfig.json'),
      minify,
      assets({
        'admin.css': [
          'node_modules/@picocss/pico/css/pico.min.css',
          ...['base', 'app-shell', 'components', 'controls', 'tables', 'overview', 'pages'].map(
            (name) => `collector/src/dashboard/static/${name}.css`,
          ),
        ],
        'icon.svg': ['collector/src/dashboard/static/icon.svg'],
      }),
    ],
  },
  {
    input: {
      sandbox: 'examples/sandbox/main.ts',
      'sandbox-postgres': 'examples/sandbox/postgres.ts',
      client: 'examples/sandbox/client.ts',
    },
    output: { dir: 'examples/dist', format: 'es', sourcemap: true, chunkFileNames: '[name].js' },
    external: isExternal,
    plugins: [
      server(),
      declarations('client.d.ts', [...clientTypes, 'examples/sandbox/client.ts'], clientTypes),
    ],
  },
]

// `ONLY=collector npm run build` builds only what is written below that folder.
const only = process.env.ONLY ?? ''
export default builds.filter(({ output }) => (output.file ?? output.dir).startsWith(only))
