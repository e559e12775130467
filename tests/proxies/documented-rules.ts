// Starts a real nginx or Caddy with the rules of docs/install.md, on a free port in front of a collector.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ReverseProxy, startCaddy } from '../support/caddy.js'
import { findProgram, startExternal } from '../support/external-program.js'
import { freePort } from '../support/port.js'
import { temporaryDir } from '../support/temporary.js'

/** A fenced block of docs/install.md, by its language and its index among the blocks of that language. */
function rule(language: string, place: number): string {
  const text = readFileSync(fileURLToPath(new URL('../../docs/install.md', import.meta.url)), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter((block) => block[1] === language)
  const found = blocks[place]?.[2]
  if (!found) throw new Error(`docs/install.md has no ${language} block ${place + 1}.`)
  return found
}

const blockIndex = { path: 0, subdomain: 1 }
export type Mount = keyof typeof blockIndex

/** Changes only what differs on the machine of a test: ports and TLS certificates. */
function adapt(text: string, changes: [from: string | RegExp, to: string][]): string {
  return changes.reduce((adapted, [from, to]) => {
    const next = adapted.replaceAll(from, to)
    if (next === adapted) throw new Error(`The documented rule has no ${from}:\n${text}`)
    return next
  }, text)
}

export async function nginxBefore(mount: Mount, collector: string): Promise<ReverseProxy> {
  const path = findProgram({
    name: 'nginx',
    variable: 'TAGFERRY_NGINX',
    files: ['nginx'],
    debian: 'nginx-light',
  })
  const dir = temporaryDir()
  // As root nginx runs its workers as another user, who must be able to reach its folders.
  chmodSync(dir, 0o711)
  const port = await freePort()
  const documented = adapt(rule('nginx', blockIndex[mount]), [['127.0.0.1:8787', new URL(collector).host]])
  const server =
    mount === 'path'
      ? `server { listen 127.0.0.1:${port}; server_name shop.example; ${documented} }`
      : adapt(documented, [
          ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
          [/^ *ssl_certificate.*\n/gm, ''],
        ])
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${dir}/${kind};`,
  )
  writeFileSync(
    join(dir, 'nginx.conf'),
    `pid ${dir}/pid; error_log stderr; events {} http { access_log off; ${folders.join(' ')}\n${server}\n}`,
  )
  const nginx = startExternal(path, ['-p', dir, '-c', join(dir, 'nginx.conf'), '-g', 'daemon off;'])
  await nginx.waitForPort(port)
  return { port, stop: nginx.stop }
}

export const caddyBefore = (mount: Mount, collector: string): Promise<ReverseProxy> =>
  startCaddy((port) =>
    adapt(rule('caddy', blockIndex[mount]), [
      ['127.0.0.1:8787', new URL(collector).host],
      [/^((t\.)?shop\.example) \{/gm, `http://$1:${port} {`],
    ]),
  )
