import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  leavePage,
  resetBrowser,
  setCookie,
  settle,
  startOfTest,
  visit,
} from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const capturedAt = startOfTest.getTime()

describe('the landing page', () => {
  const findClickId = async (url: string, referrer: string) => {
    const page = await visit({ url, referrer })
    await settle()
    return page.sent('Pageview')[0]?.user?.ttclid
  }
  test.each([
    ['in the query', 'https://shop.example/?a=1&ttclid=E.C.P.abc_-9#top', '', 'E.C.P.abc_-9'],
    ['in the fragment', 'https://shop.example/#ttclid=abc', '', 'abc'],
    ['in the query of a route in the fragment', 'https://shop.example/#/sale?ttclid=abc', '', 'abc'],
    ['from the query rather than the fragment', 'https://shop.example/?ttclid=one#ttclid=two', '', 'one'],
    ['in a referrer of the same host', 'https://shop.example/', 'https://shop.example/?ttclid=abc', 'abc'],
    [
      'from the address rather than the referrer',
      'https://shop.example/?ttclid=a',
      'https://shop.example/?ttclid=b',
      'a',
    ],
    [
      'from the fragment if the query has a placeholder',
      'https://shop.example/?ttclid=__CLICKID__#ttclid=x',
      '',
      'x',
    ],
    ['of a thousand characters', `https://shop.example/?ttclid=${'a'.repeat(1000)}`, '', 'a'.repeat(1000)],
  ])('gives a click id %s', async (_source, url, referrer, id) => {
    expect(await findClickId(url, referrer)).toBe(id)
  })

  test.each([
    ['a placeholder', 'https://shop.example/?ttclid=__CLICKID__', ''],
    ['a placeholder with single underscores', 'https://shop.example/?ttclid=_CLICKID_', ''],
    ['1,001 characters', `https://shop.example/?ttclid=${'a'.repeat(1001)}`, ''],
    ['an invalid character', 'https://shop.example/?ttclid=abc%3Cscript', ''],
    ['an empty value', 'https://shop.example/?ttclid=', ''],
    ['a parameter with a longer name', 'https://shop.example/?xttclid=abc', ''],
    ['a referrer of another host', 'https://shop.example/', 'https://other.example/?ttclid=abc'],
    [
      'a referrer whose host only starts the same',
      'https://shop.example/',
      'https://shop.example.evil/?ttclid=abc',
    ],
  ])('gives no click id for %s', async (_case, url, referrer) => {
    expect(await findClickId(url, referrer)).toBeUndefined()
  })
})

describe('storing', () => {
  test('a click id is stored in the cookie and localStorage with its capture time', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=abc' })
    await settle()
    expect(document.cookie).toContain(`tagferry_ttclid=abc~${capturedAt}`)
    expect(localStorage.getItem('tagferry_ttclid')).toBe(`abc~${capturedAt}`)
  })

  test('the cookie is readable on all hosts of the site', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=abc' })
    await settle()
    await visit({ url: 'https://checkout.shop.example/' })
    expect(document.cookie).toContain('tagferry_ttclid=abc~')
  })

  test('no storage is touched before the browser is idle', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=abc' })
    expect(document.cookie).toBe('')
    expect(localStorage.length).toBe(0)
  })

  test('without a new click id no cookie is written', async () => {
    const write = vi.spyOn(document, 'cookie', 'set')
    await visit()
    await settle()
    expect(write).not.toHaveBeenCalled()
  })

  test('a reload does not change the capture time', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=abc' })
    await settle()
    await visit({ url: 'https://www.shop.example/?ttclid=abc' })
    await settle()
    expect(localStorage.getItem('tagferry_ttclid')).toBe(`abc~${capturedAt}`)
  })

  test('the last click is used, and the first is stored separately', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=one' })
    await settle()
    const page = await visit({ url: 'https://www.shop.example/?ttclid=two' })
    await settle()
    expect(page.sent('Pageview')[0]?.user?.ttclid).toBe('two')
    expect(document.cookie).toContain('tagferry_ttclid=two~')
    expect(localStorage.getItem('tagferry_ttclid_first')).toBe(`one~${capturedAt}`)
  })

  test('a later click in another tab is not overwritten', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=older' })
    localStorage.setItem('tagferry_ttclid', `newer~${capturedAt + 20}`)
    await settle()
    expect(localStorage.getItem('tagferry_ttclid')).toBe(`newer~${capturedAt + 20}`)
  })
})

describe('reading', () => {
  test('the newer of cookie and localStorage is used', async () => {
    setCookie(`tagferry_ttclid=newer~${capturedAt - 5}`)
    localStorage.setItem('tagferry_ttclid', `older~${capturedAt - 9}`)
    const page = await visit()
    await settle()
    expect(page.sent('Pageview')[0]?.user?.ttclid).toBe('newer')
  })

  test('localStorage is used when the cookie is missing', async () => {
    localStorage.setItem('tagferry_ttclid', `stored~${capturedAt - 9}`)
    const page = await visit()
    await settle()
    expect(page.sent('Pageview')[0]?.user?.ttclid).toBe('stored')
  })

  test('a click id is used for thirty days', async () => {
    const day = 86_400_000
    localStorage.setItem('tagferry_ttclid', `stored~${capturedAt - 30 * day + 1000}`)
    expect((await visitOnce()).user?.ttclid).toBe('stored')
    localStorage.setItem('tagferry_ttclid', `stored~${capturedAt - 30 * day - 1000}`)
    expect((await visitOnce()).user?.ttclid).toBeUndefined()
  })

  test('data-click-days sets how long a click id is used', async () => {
    localStorage.setItem('tagferry_ttclid', `stored~${capturedAt - 8 * 86_400_000}`)
    expect((await visitOnce({ clickDays: '7' })).user?.ttclid).toBeUndefined()
  })

  test("the pixel's cookies are used when no click id is stored", async () => {
    setCookie('ttclid=pixel')
    setCookie('_ttp=browser')
    expect((await visitOnce()).user).toMatchObject({ ttclid: 'pixel', ttp: 'browser' })
  })

  test("a stored click id takes precedence over the pixel's cookie", async () => {
    setCookie('ttclid=pixel')
    localStorage.setItem('tagferry_ttclid', `stored~${capturedAt - 9}`)
    expect((await visitOnce()).user?.ttclid).toBe('stored')
  })

  test('an invalid stored entry is ignored', async () => {
    localStorage.setItem('tagferry_ttclid', `<b>~${capturedAt}`)
    expect((await visitOnce()).user?.ttclid).toBeUndefined()
  })
})

const visitOnce = async (data: Record<string, string> = {}) => {
  const page = await visit({ data })
  await settle()
  leavePage()
  return page.sent('Pageview')[0] ?? expect.fail('no page view')
}
