// Builds everything that ships: the snippet (script and ES module), the collector, the example sandbox.
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import terser from '@rollup/plugin-terser'
import typescript from '@rollup/plugin-typescript'

const pkg = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))
const packages = [...Object.keys(pkg.dependencies), ...Object.keys(pkg.devDependencies)]
const external = (id) =>
  id.startsWith('node:') || packages.some((name) => id === name || id.startsWith(`${name}/`))

/** Prints each file's size and stops the build above its budget (bytes after gzip -9). */
const budget = (limits) => ({
  name: 'budget',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      const limit = limits[file.fileName]
      if (file.type !== 'chunk' || !limit) continue
      const gzip = gzipSync(file.code, { level: 9 }).length
      const brotli = brotliCompressSync(file.code).length
      console.log(
        `${file.fileName}: ${file.code.length} bytes, ${gzip} gzip (budget ${limit}), ${brotli} brotli`,
      )
      if (gzip > limit) this.error(`${file.fileName} is ${gzip} bytes after gzip, the budget is ${limit}`)
    }
  },
})

const minify = terser({
  ecma: 2020,
  compress: { passes: 3, pure_getters: true },
  mangle: { properties: { regex: /^_/ } },
})
const browser = (options) => typescript({ tsconfig: './snippet/tsconfig.json', noEmit: false, ...options })
const server = () =>
  typescript({ tsconfig: './tsconfig.json', noEmit: false, include: ['collector/**', 'examples/**'] })

const script = (fileName, limit) => ({
  input: 'snippet/src/index.ts',
  output: { file: `snippet/dist/${fileName}`, format: 'iife', sourcemap: true },
  plugins: [browser(), minify, budget({ [fileName]: limit })],
})

const all = [
  script('t.core.js', 2560),
  script('t.js', 4096),
  {
    input: { main: 'collector/src/main.ts', 'sqlite-worker': 'collector/src/store/sqlite-worker.ts' },
    output: { dir: 'collector/dist', format: 'es', sourcemap: true, chunkFileNames: '[name].js' },
    external,
    plugins: [server()],
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
