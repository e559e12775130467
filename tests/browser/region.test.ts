/** Visitors from different places, through the shop’s own switch: what the stand-in sees of Limited Data Use. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type House, startHouse } from '../support/system.js'

describe('a visitor', () => {
  let house: House
  beforeAll(async () => {
    house = await startHouse()
  })
  afterAll(() => house?.stop())

  it.each([
    ['from California', '?visitor=US-CA', true, '128.32.1.1'],
    ['from Texas', '?visitor=US-TX', false, '128.83.1.1'],
    ['from Germany', '?visitor=DE', false, '141.20.1.1'],
    ['from Germany with Global Privacy Control', '?visitor=DE&gpc=1', true, '141.20.1.1'],
    ['from nowhere that is known', '?visitor=192.168.1.1', true, '192.168.1.1'],
  ])('%s', async (_title, query, limited, ip) => {
    const before = house.standIn.received.all().length
    const page = await house.browser.newPage()
    await page.goto(house.home + query)
    await house.received('Pageview', before + 1)
    await page.getByTestId('product-tug-marta').click()
    const events = await house.received('ViewContent', 1)
    expect(events.at(-1)?.payload).toMatchObject({ limited_data_use: limited, user: { ip } })
    await page.close()
    house.standIn.received.clear()
  })
})
