// Launches an installed WebKit (MiniBrowser of WebKitGTK) and drives it over W3C WebDriver.
import { startDisplay } from './display.js'
import type { Engine, Visit } from './engine.js'
import { findProgram, startExternal } from './external-program.js'
import { freePort } from './port.js'

const cpu = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch

export const findMiniBrowser = () =>
  findProgram({
    name: 'WebKitGTK',
    variable: 'TAGFERRY_MINIBROWSER',
    files: ['4.1', '4.0', '6.0'].flatMap((version) => [
      `/usr/lib/${cpu}-linux-gnu/webkit2gtk-${version}/MiniBrowser`,
      `/usr/libexec/webkit2gtk-${version}/MiniBrowser`,
    ]),
    debian: 'webkit2gtk-driver',
  })

/** Starts WebKit's driver. Each visit is a browser of its own, one at a time. */
export async function launchWebKit(): Promise<Engine> {
  const path = findProgram({
    name: "WebKitGTK's driver",
    variable: 'TAGFERRY_WEBKIT_DRIVER',
    files: ['WebKitWebDriver'],
    debian: 'webkit2gtk-driver',
  })
  const browserOptions = { binary: findMiniBrowser(), args: ['--automation'] }
  const display = await startDisplay()
  const port = await freePort()
  const driver = startExternal(path, ['--host=127.0.0.1', `--port=${port}`], { DISPLAY: display.name })
  const call = (method: string, to: string, body?: object) =>
    webDriver(`http://127.0.0.1:${port}${to}`, method, body)
  await driver.waitForPort(port)
  return {
    async visit() {
      const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } }
      const { sessionId } = (await call('POST', '/session', { capabilities })) as { sessionId: string }
      const command = async (name: string, body: object = {}) =>
        void (await call('POST', `/session/${sessionId}/${name}`, body))
      return {
        open: (url) => command('url', { url }),
        run: (expression) =>
          call('POST', `/session/${sessionId}/execute/sync`, { script: `return ${expression}`, args: [] }),
        reload: () => command('refresh'),
        back: () => command('back'),
        forward: () => command('forward'),
        cookies: () => call('GET', `/session/${sessionId}/cookie`) as ReturnType<Visit['cookies']>,
        end: async () => void (await call('DELETE', `/session/${sessionId}`)),
      }
    },
    async close() {
      await driver.stop()
      await display.stop()
    },
  }
}

async function webDriver(url: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: { error?: string; message?: string } | null }
  if (!response.ok) throw new Error(`WebDriver ${new URL(url).pathname}: ${value?.error}, ${value?.message}`)
  return value
}
