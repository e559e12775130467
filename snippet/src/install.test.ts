import { afterEach, expect, test, vi } from 'vitest'
import { resetBrowser, settle, setValue, visit } from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

test('data-global renames the global', async () => {
  await visit({ data: { global: 'ferry' } })
  const globals = window as unknown as Record<string, { track?: unknown }>
  expect(globals.ferry?.track).toBeTypeOf('function')
  expect(globals.tagferry).toBeUndefined()
  delete globals.ferry
})

test('a second script tag sends no second page view', async () => {
  const page = await visit()
  vi.resetModules()
  const second = await import('./install.js')
  second.install()
  await settle()
  expect(page.names()).toEqual(['Pageview'])
})

test('without a script tag nothing is installed or thrown', async () => {
  await visit({ before: () => setValue(document, 'currentScript', null) })
  expect('tagferry' in window && window.tagferry).toBeUndefined()
})

test('calls of the stub are processed, even after the script has loaded', async () => {
  setValue(window, 'tagferry', undefined)
  vi.resetModules()
  let stub: Record<string, (name: string) => void> = {}
  const page = await visit({
    data: { pageview: 'off' },
    before: () => {
      Object.assign(window, { tagferry: stubbed })
    },
  })
  stub = stubbed as never
  stub.track?.('Late')
  await settle()
  expect(page.names()).toEqual(['Early', 'Late'])
})

// The stub is a script, not a module: importing it runs it.
setValue(window, 'tagferry', undefined)
await import('./stub.js' as string)
const stubbed = (window as unknown as { tagferry: Record<string, (name: string) => void> }).tagferry
stubbed.track?.('Early')
