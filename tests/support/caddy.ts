// Starts a real Caddy with the sites of a test, on 127.0.0.1 and in a temporary folder.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, startExternal } from './external-program.js'
import { freePort } from './port.js'
import { temporaryDir } from './temporary.js'

export interface ReverseProxy {
  port: number
  stop(): Promise<void>
}

/** @param sites site blocks of the Caddyfile, made for the port on which Caddy listens */
export async function startCaddy(sites: (port: number) => string): Promise<ReverseProxy> {
  const path = findProgram({
    name: 'Caddy',
    variable: 'TAGFERRY_CADDY',
    files: ['caddy'],
    debian: 'caddy',
  })
  const dir = temporaryDir()
  const port = await freePort()
  const file = join(dir, 'Caddyfile')
  const options = [
    'admin off',
    'auto_https disable_redirects',
    'skip_install_trust',
    'default_bind 127.0.0.1',
  ]
  writeFileSync(file, `{\n\t${options.join('\n\t')}\n}\n${sites(port)}`)
  const env = { HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir }
  const server = startExternal(path, ['run', '--config', file, '--adapter', 'caddyfile'], env)
  await server.waitForPort(port)
  return { port, stop: server.stop }
}
