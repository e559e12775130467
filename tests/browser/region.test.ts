// Tests Limited Data Use for visitors from different regions, chosen by the switch of the example shop.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ShopSystem, startShopSystem } from '../support/shop-system.js'

describe('a visitor', () => {
  let system: ShopSystem
  beforeAll(async () => {
    system = await startShopSystem()
  })
  afterAll(() => system?.stop())

  it.each([
    ['from California', '?visitor=US-CA', true, '128.32.1.1'],
    ['from Texas', '?visitor=US-TX', false, '128.83.1.1'],
    ['from Germany', '?visitor=DE', false, '141.20.1.1'],
    ['from Germany with Global Privacy Control', '?visitor=DE&gpc=1', true, '141.20.1.1'],
    ['from an unknown region', '?visitor=192.168.1.1', true, undefined],
  ])('%s', async (_title, query, limited, ip) => {
    const before = system.standIn.received.all().length
    const page = await system.browser.newPage()
    await page.goto(system.home + query)
    await system.received('Pageview', before + 1)
    await page.getByTestId('product-tug-marta').click()
    const events = await system.received('ViewContent', 1)
    const payload = events.at(-1)?.payload as { limited_data_use: boolean; user: { ip?: string } }
    expect([payload.limited_data_use, payload.user.ip]).toEqual([limited, ip])
    await page.close()
    system.standIn.received.clear()
  })
})
