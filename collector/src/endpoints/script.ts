/** Serves the built snippet and its parts: compressed once at start, with ETag, and usable from any page. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Express } from 'express'

const isScript = /^t(\.\w+)*\.js$/
/** Its content never changes under this name. */
const isFingerprinted = /\.[0-9a-f]{12}\.js$/

/** What is pasted into pages. */
export interface Scripts {
  /** By name (`t.js`): where the copy is that never changes, and its hash for `integrity`. */
  files: ReadonlyMap<string, { path: string; integrity: string }>
  /** The line that keeps calls made before the script has arrived. */
  stub: string
}

/** @param folder with the built scripts */
export function readScripts(folder: string): Scripts {
  type Manifest = Record<string, { file: string; integrity: string }>
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
  const entries = Object.entries(manifest).map(
    ([name, { file, integrity }]) => [name, { path: `/${file}`, integrity }] as const,
  )
  const stub = readFileSync(join(folder, 'stub.js'), 'utf8').split('\n//#')[0]?.trim() ?? ''
  return { files: new Map(entries), stub }
}

/** @param folder with the built scripts */
export function addScriptRoutes(app: Express, folder: string): void {
  for (const file of readdirSync(folder).filter((name) => isScript.test(name))) {
    const maxAge = isFingerprinted.test(file) ? 'max-age=31536000, immutable' : 'max-age=3600'
    const plain = readFileSync(join(folder, file))
    const tag = createHash('sha256').update(plain).digest('base64url').slice(0, 27)
    const forms = {
      br: { body: brotliCompressSync(plain), etag: `"${tag}-br"` },
      gzip: { body: gzipSync(plain, { level: 9 }), etag: `"${tag}-gz"` },
      identity: { body: plain, etag: `"${tag}"` },
    }
    app.get(`/${file}`, (request, response) => {
      // Browsers name gzip first and take both; brotli is smaller.
      const encoding = request.acceptsEncodings('br') || request.acceptsEncodings('gzip') || 'identity'
      const { body, etag } = forms[encoding as keyof typeof forms]
      response.set({
        'Content-Type': 'text/javascript; charset=utf-8',
        'Cache-Control': `public, ${maxAge}`,
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'Access-Control-Allow-Origin': '*',
        'X-Content-Type-Options': 'nosniff',
        Vary: 'Accept-Encoding',
        ETag: etag,
      })
      if (encoding !== 'identity') response.set('Content-Encoding', encoding)
      if (request.fresh) response.status(304).end()
      else response.end(body)
    })
  }
}
