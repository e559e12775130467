/** Serves the files of the built snippet: compressed once at start, with ETag, and readable from any page. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Express } from 'express'

/** `t.js`, `t.core.js`, `t.linker.js` … and their fingerprinted copies. */
const isScript = /^t(\.\w+)*\.js$/
/** The content under such a name never changes. */
const isFingerprinted = /\.[0-9a-f]{12}\.js$/

/** The scripts as pages embed them. */
export interface Scripts {
  /** By name, such as `t.js`: path of the fingerprinted copy, and its hash for the attribute `integrity`. */
  files: ReadonlyMap<string, { path: string; integrity: string }>
  /** The inline script that queues calls until the snippet has loaded. */
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
    const variants = compress(readFileSync(join(folder, file)))
    app.get(`/${file}`, (request, response) => {
      // Browsers list gzip first and accept both, but brotli is smaller.
      const encoding = request.acceptsEncodings('br') || request.acceptsEncodings('gzip') || 'identity'
      const { body, etag } = variants[encoding as Encoding]
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

type Encoding = 'br' | 'gzip' | 'identity'

function compress(plain: Buffer): Record<Encoding, { body: Buffer; etag: string }> {
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 27)
  return {
    br: { body: brotliCompressSync(plain), etag: `"${hash}-br"` },
    gzip: { body: gzipSync(plain, { level: 9 }), etag: `"${hash}-gz"` },
    identity: { body: plain, etag: `"${hash}"` },
  }
}
