// Knows how the documented rules are brought to life: a real nginx or Caddy on a free port, before a collector.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ReverseProxy, startCaddy } from '../support/caddy.js'
import { findProgram, startExternal } from '../support/external-program.js'
import { freePort } from '../support/port.js'
import { temporaryDir } from '../support/temporary.js'

/** A fenced block of docs/install.md, by its language and its place among those. */
function rule(language: string, place: number): string {
  const text = readFileSync(fileURLToPath(new URL('../../docs/install.md', import.meta.url)), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter((block) => block[1] === language)
  const found = blocks[place]?.[2]
  if (!found) throw new Error(`docs/install.md has no ${language} block ${place + 1}.`)
  return found
}

const standing = { path: 0, subdomain: 1 }
export type Mount = keyof typeof standing

/** Only what differs on a test's machine is changed: ports, and TLS with its certificates left out. */
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
  // As root its workers run as another user, who must be able to reach its folders inside.
  chmodSync(dir, 0o711)
  const port = await freePort()
  const documented = adapt(rule('nginx', standing[mount]), [['127.0.0.1:8787', new URL(collector).host]])
  const server =
    mount === 'path'
      ? `server { listen 127.0.0.1:${port}; server_name shop.example; ${documented} }`
      : adapt(documented, [
          ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
          [/^ *ssl_certificate.*\n/gm, ''],
        ])
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (one) => `${one}_temp_path ${dir}/${one};`,
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
    adapt(rule('caddy', standing[mount]), [
      ['127.0.0.1:8787', new URL(collector).host],
      [/^((t\.)?shop\.example) \{/gm, `http://$1:${port} {`],
    ]),
  )
