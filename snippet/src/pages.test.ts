import { afterEach, describe, expect, test } from 'vitest'
import { resetBrowser, settle, setValue, type Visit, visit } from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const open = async (data: Record<string, string> = {}, before?: () => void) => {
  const page = await visit({ script: 'full', data, before })
  await settle()
  return page
}

const getViewedPaths = async (page: Visit) => {
  await settle()
  return page.sent('Pageview').map((event) => event.page?.url?.replace('https://www.shop.example', ''))
}

describe('a page that changes without loading', () => {
  test('sends a page view for each new address', async () => {
    const page = await open()
    history.pushState({}, '', '/a')
    history.replaceState({}, '', '/b?x=1')
    history.pushState({}, '', '/b?x=2')
    expect(await getViewedPaths(page)).toEqual(['/', '/a', '/b?x=1', '/b?x=2'])
  })

  test('sends none if only the state or the fragment changes', async () => {
    const page = await open()
    history.replaceState({ scroll: 1 }, '')
    history.pushState({}, '', '/')
    history.pushState({}, '', '#top')
    expect(await getViewedPaths(page)).toEqual(['/'])
  })

  test('sends a page view when the visitor goes back or forward', async () => {
    const page = await open()
    history.pushState({}, '', '/a')
    history.pushState({}, '', '/b')
    // A browser changes the address before it fires popstate.
    History.prototype.replaceState.call(history, {}, '', '/a')
    window.dispatchEvent(new Event('popstate'))
    window.dispatchEvent(new Event('popstate'))
    expect(await getViewedPaths(page)).toEqual(['/', '/a', '/b', '/a'])
  })

  test('sends a page view for each new fragment with data-pageview="hash"', async () => {
    const page = await open({ pageview: 'hash' })
    history.pushState({}, '', '#/a')
    history.pushState({}, '', '#/b')
    history.replaceState({}, '', '#/b')
    expect(await getViewedPaths(page)).toEqual(['/', '/#/a', '/#/b'])
  })

  test('sends nothing and does not patch the history with data-pageview="off"', async () => {
    const { pushState } = History.prototype
    const page = await open({ pageview: 'off' })
    expect(history.pushState).toBe(pushState)
    history.pushState({}, '', '/a')
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    expect(await getViewedPaths(page)).toEqual([])
  })

  test('uses the Navigation API if available, and does not patch the history', async () => {
    const navigation = new EventTarget()
    const page = await open({}, () => setValue(window, 'navigation', navigation))
    expect(history.pushState).toBe(History.prototype.pushState)
    history.pushState({}, '', '/a')
    navigation.dispatchEvent(new Event('currententrychange'))
    navigation.dispatchEvent(new Event('currententrychange'))
    expect(await getViewedPaths(page)).toEqual(['/', '/a'])
  })

  test('still works if its host is not the site', async () => {
    const page = await open({ site: 'other.example' })
    history.pushState({}, '', '/a')
    expect(location.pathname).toBe('/a')
    expect(await getViewedPaths(page)).toEqual([])
  })
})

describe('the back/forward cache', () => {
  test('restoring a page sends a page view and repeats no other event', async () => {
    const page = await open()
    page.tagferry.track('Purchase', { order_id: '1' })
    await settle()
    window.dispatchEvent(new Event('pagehide'))
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    await settle()
    expect(page.names()).toEqual(['Pageview', 'Purchase', 'Pageview'])
    expect(page.beacons).toEqual([])
  })

  test('the first pageshow sends no second page view', async () => {
    const page = await open()
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }))
    expect(await getViewedPaths(page)).toEqual(['/'])
  })
})

test('a prerendered page sends its page view when it is shown, with its current address', async () => {
  const page = await open({}, () => setValue(document, 'prerendering', true))
  history.pushState({}, '', '/a')
  expect(await getViewedPaths(page)).toEqual([])
  setValue(document, 'prerendering', false)
  document.dispatchEvent(new Event('prerenderingchange'))
  expect(await getViewedPaths(page)).toEqual(['/a'])
})
