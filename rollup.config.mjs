// Builds everything that ships: the snippet (script and ES module), the collector, the example sandbox.
import { readFileSync } from 'node:fs'
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

// With deeper inlining gzip finds fewer repetitions.
const minify = terser({ ecma: 2020, compress: { passes: 3, pure_getters: true, inline: 1 } })
const browser = (tsconfig = './snippet/tsconfig.json') => typescript({ tsconfig, noEmit: false })
const server = () =>
  typescript({ tsconfig: './tsconfig.json', noEmit: false, include: ['collector/**', 'examples/**'] })

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
const declarations = (fileName, sources) => ({
  name: 'declarations',
  generateBundle() {
    const parts = sources.map((source) => {
      const { outputText } = ts.transpileDeclaration(readFileSync(source, 'utf8'), { fileName: source })
      return outputText.replace(/^(import|export) (type )?[*{].* from '\.\.?\/.*\n/gm, '')
    })
    this.emitFile({ type: 'asset', fileName, source: parts.join('\n') })
  },
})

const script = (fileName, input, ...limits) => ({
  input,
  output: { file: `snippet/dist/${fileName}`, format: 'iife', sourcemap: 'hidden', strict: false },
  plugins: [browser(), minify, budget({ [fileName]: limits })],
})

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
    input: {
      main: 'collector/src/main.ts',
      'sqlite-worker': 'collector/src/store/sqlite-worker.ts',
      middleware: 'collector/src/middleware.ts',
    },
    output: { dir: 'collector/dist', format: 'es', sourcemap: true, chunkFileNames: '[name].js' },
    external,
    plugins: [
      resolve({ exportConditions: ['node'] }),
      server(),
      declarations('middleware.d.ts', ['collector/src/middleware.ts']),
    ],
  },
  {
    input: 'collector/src/dashboard/island.tsx',
    output: { file: 'collector/dist/static/island.js', format: 'es' },
    plugins: [
      resolve({ browser: true }),
      browser('./collector/src/dashboard/tsconfig.json'),
      minify,
      assets({
        'admin.css': [
          'node_modules/@picocss/pico/css/pico.min.css',
          ...['base', 'frame', 'parts', 'pages'].map((name) => `collector/src/dashboard/static/${name}.css`),
        ],
        'icon.svg': ['collector/src/dashboard/static/icon.svg'],
      }),
    ],
  },
  {
    input: 'examples/sandbox.ts',
    output: { file: 'examples/dist/sandbox.js', format: 'es', sourcemap: true },
    external,
    plugins: [server()],
  },
]

// `ONLY=collector npm run build` builds one part.
const part = process.env.ONLY ?? ''
export default all.filter(({ output }) => (output.file ?? output.dir).startsWith(part))
