import { describe, expect, it } from 'vitest'
import { isBot, isBotEvent } from './bots.js'

const phone = (device: string, rest = '') =>
  `Mozilla/5.0 (Linux; Android 9; ${device}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36${rest}`

describe('a telephone', () => {
  it.each([
    ...[
      'M bot 60',
      'M BOT TAB 101',
      'M BOT 551 Build/LMY47V',
      'VR BOT 552 PLUS',
      'ID bot 53+',
      'C Bot Tab 70',
    ],
    ...['CUBOT_P20', 'Cubot X90', 'CUBOT CHEETAH 2', 'XBot_Senior Build/O11019', 'POWER BOT Build/MRA58K'],
    ...['Discovery SE', 'Spider 8', 'Newsday_E1', 'Radar Deluxe 2', 'Moto G (4)', 'Capture+', 'Google 2XL'],
  ])('%s is no crawler, unless one uses it', (device) => {
    expect(isBot(phone(device))).toBe(false)
    expect(isBot(phone(device, ' (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'))).toBe(true)
    expect(isBot(phone(device, ' Chrome-Lighthouse'))).toBe(true)
  })

  it('with a browser of the company of a crawler is none', () => {
    expect(isBot(phone('SUGAR F11; wv', ' SogouMSE,SogouMobileBrowser/5.6.0'))).toBe(false)
    expect(isBot('Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)')).toBe(true)
  })

  it.each([
    phone('Pixel 2; Storebot-Google/1.0'),
    phone('compatible; Somebot/1.0; +http://bot.example/'),
    'Mozilla/5.0 (Linux; Android 5.0) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)',
  ])('is what a crawler pretends to be: %s', (agent) => expect(isBot(agent)).toBe(true))
})

describe('an event with the agent of a crawler', () => {
  const agent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

  it("is a crawler's, except for a server's order", () => {
    for (const event of ['Purchase', 'CompletePayment', 'PlaceAnOrder', 'ViewContent']) {
      expect(isBotEvent({ event }, 'browser', agent)).toBe(true)
      expect(isBotEvent({ event }, 'server', agent)).toBe(event === 'ViewContent')
      expect(isBotEvent({ event }, 'server', undefined)).toBe(false)
    }
    expect(isBotEvent({ event: 'Paid', properties: { order_id: '1001' } }, 'server', agent)).toBe(false)
  })
})

it('a hostile agent is read at once', () => {
  const began = performance.now()
  for (const text of ['(Linux;', '(Linux; (', '(Linux; a', '(Linux;)', '(Linux;() '])
    isBot(text.repeat(10_000))
  expect(performance.now() - began).toBeLessThan(1_500)
})
