import { afterEach, describe, expect, test } from 'vitest'
import { forgetVisits, settle, setValue, type Visit, visit } from '../testing/visit.js'

afterEach(forgetVisits)

const open = async (data: Record<string, string> = {}, before?: () => void) => {
  const page = await visit({ script: 'full', data, before })
  await settle()
  return page
}

const viewed = async (page: Visit) => {
  await settle()
  return page.sent('Pageview').map((event) => event.page?.url?.replace('https://www.shop.example', ''))
}

describe('a page that changes without loading', () => {
  test('is another page view for each new address', async () => {
    const page = await open()
    history.pushState({}, '', '/a')
    history.replaceState({}, '', '/b?x=1')
    history.pushState({}, '', '/b?x=2')
    expect(await viewed(page)).toEqual(['/', '/a', '/b?x=1', '/b?x=2'])
  })

  test('is none when the address stays, or only its fragment changes', async () => {
    const page = await open()
    history.replaceState({ scroll: 1 }, '')
    history.pushState({}, '', '/')
    history.pushState({}, '', '#top')
    expect(await viewed(page)).toEqual(['/'])
  })

  test('counts what back and forward show', async () => {
    const page = await open()
    history.pushState({}, '', '/a')
    history.pushState({}, '', '/b')
    // What a browser does before it tells.
    History.prototype.replaceState.call(history, {}, '', '/a')
    window.dispatchEvent(new Event('popstate'))
    window.dispatchEvent(new Event('popstate'))
    expect(await viewed(page)).toEqual(['/', '/a', '/b', '/a'])
  })

  test('of a router in the fragment counts with data-pageview="hash"', async () => {
    const page = await open({ pageview: 'hash' })
    history.pushState({}, '', '#/a')
    history.pushState({}, '', '#/b')
    history.replaceState({}, '', '#/b')
    expect(await viewed(page)).toEqual(['/', '/#/a', '/#/b'])
  })

  test('counts nothing with data-pageview="off", and leaves the history alone', async () => {
    const { pushState } = History.prototype
    const page = await open({ pageview: 'off' })
    expect(history.pushState).toBe(pushState)
    history.pushState({}, '', '/a')
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    expect(await viewed(page)).toEqual([])
  })

  test('is told by the Navigation API where there is one, and nothing is patched', async () => {
    const navigation = new EventTarget()
    const page = await open({}, () => setValue(window, 'navigation', navigation))
    expect(history.pushState).toBe(History.prototype.pushState)
    history.pushState({}, '', '/a')
    navigation.dispatchEvent(new Event('currententrychange'))
    navigation.dispatchEvent(new Event('currententrychange'))
    expect(await viewed(page)).toEqual(['/', '/a'])
  })

  test('goes on where the page is not the site', async () => {
    const page = await open({ site: 'other.example' })
    history.pushState({}, '', '/a')
    expect(location.pathname).toBe('/a')
    expect(await viewed(page)).toEqual([])
  })
})

describe('the back/forward cache', () => {
  test('a page that comes back out of it is another view, and nothing else is sent again', async () => {
    const page = await open()
    page.tagferry.track('Purchase', { order_id: '1' })
    await settle()
    window.dispatchEvent(new Event('pagehide'))
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    await settle()
    expect(page.names()).toEqual(['Pageview', 'Purchase', 'Pageview'])
    expect(page.beacons).toEqual([])
  })

  test('showing a page for the first time is none', async () => {
    const page = await open()
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }))
    expect(await viewed(page)).toEqual(['/'])
  })
})

test('a prerendered page is counted when it is seen, at the address it has then', async () => {
  const page = await open({}, () => setValue(document, 'prerendering', true))
  history.pushState({}, '', '/a')
  expect(await viewed(page)).toEqual([])
  setValue(document, 'prerendering', false)
  document.dispatchEvent(new Event('prerenderingchange'))
  expect(await viewed(page)).toEqual(['/a'])
})
