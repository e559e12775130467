import { afterEach, describe, expect, test, vi } from 'vitest'
import { forgetVisits, settle, startOfTest, visit } from '../../testing/visit.js'

afterEach(() => {
  document.body.replaceChildren()
  forgetVisits()
})

const now = startOfTest.getTime()
const data = { pageview: 'off', linker: 'pay.example, www.partner.example' }

/** Where a click on a link leads, and what the link is afterwards. */
const follow = async (href: string, url: string, settings: Record<string, string> = {}) => {
  await visit({ script: 'full', url, data: { ...data, ...settings } })
  await settle()
  document.body.innerHTML = `<a href="${href}"><b>pay</b></a>`
  const link = document.querySelector('a') as HTMLAnchorElement
  let led = ''
  link.addEventListener('click', (event) => {
    event.preventDefault()
    led = link.href
  })
  document.querySelector('b')?.click()
  await settle()
  return { led, after: link.href }
}

describe('a link to another domain of the shop', () => {
  test('carries the click id when it is clicked, and not any more afterwards', async () => {
    const { led, after } = await follow(
      'https://pay.example/cart?x=a%20b#top',
      'https://www.shop.example/?ttclid=abc',
    )
    expect(led).toBe(`https://pay.example/cart?x=a%20b&tagferry_link=abc~${now}~${now + 100}#top`)
    expect(after).toBe('https://pay.example/cart?x=a%20b#top')
  })

  test.each([
    ['another domain', 'https://other.example/', '?ttclid=abc', {}],
    ['a sub-domain that is not listed', 'https://x.pay.example/', '?ttclid=abc', {}],
    ['no click id', 'https://pay.example/', '', {}],
    ['no consent', 'https://pay.example/', '?ttclid=abc', { consent: 'required' }],
  ])('carries nothing with %s', async (_what, href, query, settings) => {
    expect((await follow(href, `https://www.shop.example/${query}`, settings as never)).led).toBe(href)
  })
})

describe('a landing from another domain of the shop', () => {
  const land = async (
    link: string,
    url = `https://www.pay.example/?tagferry_link=${link}`,
    before?: () => void,
  ) => {
    const page = await visit({
      script: 'full',
      url,
      data: { linker: 'shop.example', site: 'pay.example' },
      before,
    })
    await settle()
    page.tagferry.track('Purchase')
    await settle()
    return page.sent('Purchase')[0]?.user?.ttclid
  }

  test('brings the click id with its own time', async () => {
    expect(await land(`abc~${now - 5e6}~${now - 1000}`)).toBe('abc')
    expect(localStorage.getItem('tagferry_ttclid')).toBe(`abc~${now - 5e6}`)
  })

  test('brings it though a router or a proxy has rewritten the address', async () => {
    const name = `https://www.pay.example/?tagferry_link=abc%7E${now - 9}%7E${now - 1}`
    const seen = await land('', 'https://www.pay.example/', () =>
      vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ name }] as never),
    )
    expect(seen).toBe('abc')
  })

  test.each([
    ['older than two minutes', `abc~${now - 9e6}~${now - 121_000}`],
    ['from the future', `abc~${now - 9e6}~${now + 200_000}`],
    ['captured after it was clicked', `abc~${now + 9e9}~${now}`],
    ['that is no click id', `__CLICKID__~${now}~${now}`],
    ['without times', 'abc'],
    ['of nothing', ''],
  ])('brings none with a link %s', async (_what, link) => {
    expect(await land(link)).toBeUndefined()
  })

  test('does not take the place of a newer click', async () => {
    localStorage.setItem('tagferry_ttclid', `newer~${now - 10}`)
    expect(await land(`abc~${now - 5000}~${now}`)).toBe('newer')
  })

  test('brings none where no other domain is listed', async () => {
    const url = `https://www.shop.example/?tagferry_link=abc~${now}~${now}`
    const page = await visit({ script: 'full', url })
    await settle()
    expect(page.sent('Pageview')[0]?.user?.ttclid).toBeUndefined()
  })
})
