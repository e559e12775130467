import { afterEach, describe, expect, test, vi } from 'vitest'
import { resetBrowser, settle, startOfTest, visit } from '../../../tests/support/snippet/visit.js'

afterEach(() => {
  document.body.replaceChildren()
  resetBrowser()
})

const now = startOfTest.getTime()
const data = { pageview: 'off', linker: 'pay.example, www.partner.example' }

/** Clicks a link. Returns its address during the click and afterwards. */
const clickLink = async (href: string, url: string, settings: Record<string, string> = {}) => {
  await visit({ script: 'full', url, data: { ...data, ...settings } })
  await settle()
  document.body.innerHTML = `<a href="${href}"><b>pay</b></a>`
  const link = document.querySelector('a') as HTMLAnchorElement
  let clicked = ''
  link.addEventListener('click', (event) => {
    event.preventDefault()
    clicked = link.href
  })
  document.querySelector('b')?.click()
  await settle()
  return { clicked, after: link.href }
}

describe('a link to another domain of the shop', () => {
  test('carries the click id during the click only', async () => {
    const { clicked, after } = await clickLink(
      'https://pay.example/cart?x=a%20b#top',
      'https://www.shop.example/?ttclid=abc',
    )
    expect(clicked).toBe(`https://pay.example/cart?x=a%20b&tagferry_link=abc~${now}~${now + 100}#top`)
    expect(after).toBe('https://pay.example/cart?x=a%20b#top')
  })

  test.each([
    ['the domain is not listed', 'https://other.example/', '?ttclid=abc', {}],
    ['the sub-domain is not listed', 'https://x.pay.example/', '?ttclid=abc', {}],
    ['there is no click id', 'https://pay.example/', '', {}],
    ['there is no consent', 'https://pay.example/', '?ttclid=abc', { consent: 'required' }],
  ])('carries nothing if %s', async (_case, href, query, settings) => {
    expect((await clickLink(href, `https://www.shop.example/${query}`, settings as never)).clicked).toBe(href)
  })
})

describe('a landing page linked from another domain of the shop', () => {
  const landWith = async (
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

  test('stores the click id with its capture time', async () => {
    expect(await landWith(`abc~${now - 5e6}~${now - 1000}`)).toBe('abc')
    expect(localStorage.getItem('tagferry_ttclid')).toBe(`abc~${now - 5e6}`)
  })

  test('reads the click id even if a router has rewritten and a proxy has encoded the address', async () => {
    const name = `https://www.pay.example/?tagferry_link=abc%7E${now - 9}%7E${now - 1}`
    const clickId = await landWith('', 'https://www.pay.example/', () =>
      vi.spyOn(performance, 'getEntriesByType').mockReturnValue([{ name }] as never),
    )
    expect(clickId).toBe('abc')
  })

  test.each([
    ['older than two minutes', `abc~${now - 9e6}~${now - 121_000}`],
    ['from the future', `abc~${now - 9e6}~${now + 200_000}`],
    ['clicked before the capture time', `abc~${now + 9e9}~${now}`],
    ['with an invalid click id', `__CLICKID__~${now}~${now}`],
    ['without times', 'abc'],
    ['with an empty value', ''],
  ])('ignores a link %s', async (_case, link) => {
    expect(await landWith(link)).toBeUndefined()
  })

  test('does not replace a newer click', async () => {
    localStorage.setItem('tagferry_ttclid', `newer~${now - 10}`)
    expect(await landWith(`abc~${now - 5000}~${now}`)).toBe('newer')
  })

  test('ignores links without data-linker', async () => {
    const url = `https://www.shop.example/?tagferry_link=abc~${now}~${now}`
    const page = await visit({ script: 'full', url })
    await settle()
    expect(page.sent('Pageview')[0]?.user?.ttclid).toBeUndefined()
  })
})
