import { afterEach, describe, expect, test, vi } from 'vitest'
import { forgetVisits, leave, setCookie, settle, startOfTest, visit } from '../testing/visit.js'

afterEach(forgetVisits)

const captured = startOfTest.getTime()

describe('the address of a landing', () => {
  const found = async (url: string, referrer: string) => {
    const page = await visit({ url, referrer })
    await settle()
    return page.sent('Pageview')[0]?.user?.ttclid
  }
  test.each([
    ['in the query', 'https://shop.example/?a=1&ttclid=E.C.P.abc_-9#top', '', 'E.C.P.abc_-9'],
    ['in the fragment', 'https://shop.example/#ttclid=abc', '', 'abc'],
    ['in the query of a route in the fragment', 'https://shop.example/#/sale?ttclid=abc', '', 'abc'],
    ['the query before the fragment', 'https://shop.example/?ttclid=one#ttclid=two', '', 'one'],
    ['in the page of this host before', 'https://shop.example/', 'https://shop.example/?ttclid=abc', 'abc'],
    [
      'the address before the referrer',
      'https://shop.example/?ttclid=a',
      'https://shop.example/?ttclid=b',
      'a',
    ],
    [
      'the fragment where the query has a placeholder',
      'https://shop.example/?ttclid=__CLICKID__#ttclid=x',
      '',
      'x',
    ],
    ['of a thousand characters', `https://shop.example/?ttclid=${'a'.repeat(1000)}`, '', 'a'.repeat(1000)],
  ])('shows a click id %s', async (_where, url, referrer, id) => {
    expect(await found(url, referrer)).toBe(id)
  })

  test.each([
    ['a placeholder', 'https://shop.example/?ttclid=__CLICKID__', ''],
    ['a placeholder with single underscores', 'https://shop.example/?ttclid=_CLICKID_', ''],
    ['one character too many', `https://shop.example/?ttclid=${'a'.repeat(1001)}`, ''],
    ['a foreign character', 'https://shop.example/?ttclid=abc%3Cscript', ''],
    ['nothing', 'https://shop.example/?ttclid=', ''],
    ['a longer name', 'https://shop.example/?xttclid=abc', ''],
    ['another host', 'https://shop.example/', 'https://other.example/?ttclid=abc'],
    ['a host that only begins alike', 'https://shop.example/', 'https://shop.example.evil/?ttclid=abc'],
  ])('shows no click id with %s', async (_what, url, referrer) => {
    expect(await found(url, referrer)).toBeUndefined()
  })
})

describe('keeping', () => {
  test('a click id goes into the cookie and localStorage with the time of its capture', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=abc' })
    await settle()
    expect(document.cookie).toContain(`tagferry_ttclid=abc~${captured}`)
    expect(localStorage.getItem('tagferry_ttclid')).toBe(`abc~${captured}`)
  })

  test('the cookie serves all hosts of the site', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=abc' })
    await settle()
    await visit({ url: 'https://checkout.shop.example/' })
    expect(document.cookie).toContain('tagferry_ttclid=abc~')
  })

  test('nothing is touched before the browser is idle', async () => {
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

  test('a reload is not a new click', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=abc' })
    await settle()
    await visit({ url: 'https://www.shop.example/?ttclid=abc' })
    await settle()
    expect(localStorage.getItem('tagferry_ttclid')).toBe(`abc~${captured}`)
  })

  test('the last click wins and the first is kept beside it', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=one' })
    await settle()
    const page = await visit({ url: 'https://www.shop.example/?ttclid=two' })
    await settle()
    expect(page.sent('Pageview')[0]?.user?.ttclid).toBe('two')
    expect(document.cookie).toContain('tagferry_ttclid=two~')
    expect(localStorage.getItem('tagferry_ttclid_first')).toBe(`one~${captured}`)
  })

  test('a later click in another tab is not overwritten', async () => {
    await visit({ url: 'https://www.shop.example/?ttclid=mine' })
    localStorage.setItem('tagferry_ttclid', `theirs~${captured + 20}`)
    await settle()
    expect(localStorage.getItem('tagferry_ttclid')).toBe(`theirs~${captured + 20}`)
  })
})

describe('reading', () => {
  test('the newest of cookie and localStorage wins', async () => {
    setCookie(`tagferry_ttclid=newer~${captured - 5}`)
    localStorage.setItem('tagferry_ttclid', `older~${captured - 9}`)
    const page = await visit()
    await settle()
    expect(page.sent('Pageview')[0]?.user?.ttclid).toBe('newer')
  })

  test('localStorage serves where the cookie is gone', async () => {
    localStorage.setItem('tagferry_ttclid', `kept~${captured - 9}`)
    const page = await visit()
    await settle()
    expect(page.sent('Pageview')[0]?.user?.ttclid).toBe('kept')
  })

  test('a click id is used for thirty days', async () => {
    const day = 86_400_000
    localStorage.setItem('tagferry_ttclid', `kept~${captured - 30 * day + 1000}`)
    expect((await visitOnce()).user?.ttclid).toBe('kept')
    localStorage.setItem('tagferry_ttclid', `kept~${captured - 30 * day - 1000}`)
    expect((await visitOnce()).user?.ttclid).toBeUndefined()
  })

  test('data-click-days changes how long', async () => {
    localStorage.setItem('tagferry_ttclid', `kept~${captured - 8 * 86_400_000}`)
    expect((await visitOnce({ clickDays: '7' })).user?.ttclid).toBeUndefined()
  })

  test("the pixel's cookies are a fallback", async () => {
    setCookie('ttclid=pixel')
    setCookie('_ttp=browser')
    expect((await visitOnce()).user).toMatchObject({ ttclid: 'pixel', ttp: 'browser' })
  })

  test("the pixel's cookie does not win over a kept click id", async () => {
    setCookie('ttclid=pixel')
    localStorage.setItem('tagferry_ttclid', `kept~${captured - 9}`)
    expect((await visitOnce()).user?.ttclid).toBe('kept')
  })

  test('an entry that is no click id is ignored', async () => {
    localStorage.setItem('tagferry_ttclid', `<b>~${captured}`)
    expect((await visitOnce()).user?.ttclid).toBeUndefined()
  })
})

const visitOnce = async (data: Record<string, string> = {}) => {
  const page = await visit({ data })
  await settle()
  leave()
  return page.sent('Pageview')[0] ?? expect.fail('no page view')
}
