/** Serves the built snippet: compressed once at start, with ETag, and usable from any page. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Express } from 'express'

const files = ['t.js', 't.core.js']

/** What is pasted into pages. */
export interface Scripts {
  /** By name (`t.js`): where it is served, and its hash for `integrity`. */
  files: ReadonlyMap<string, { path: string; integrity: string }>
  /** The line that keeps calls made before the script has arrived. */
  stub: string
}

/** @param folder with the built scripts */
export function readScripts(folder: string): Scripts {
  const entries = files.map((file) => {
    const hash = createHash('sha384')
      .update(readFileSync(join(folder, file)))
      .digest('base64')
    return [file, { path: `/${file}`, integrity: `sha384-${hash}` }] as const
  })
  const stub = readFileSync(join(folder, 'stub.js'), 'utf8').split('\n//#')[0]?.trim() ?? ''
  return { files: new Map(entries), stub }
}

/** @param folder with the built scripts */
export function addScriptRoutes(app: Express, folder: string): void {
  for (const file of files) {
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
        'Cache-Control': 'public, max-age=3600',
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
