/** Whether what happened can be read at /metrics, and by whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Collector, startCollector } from '../support/collector.js'

const site = { domain: 'shop.example', pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: 'not-a-real-token' }
const headers = {
  'content-type': 'text/plain',
  origin: 'https://shop.example',
  'user-agent': 'Mozilla/5.0 Firefox/140.0',
}

describe('the metrics', () => {
  let collector: Collector
  beforeAll(async () => {
    collector = await startCollector({
      env: { TAGFERRY_SITES: JSON.stringify([site]), TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:9' },
    })
    const post = (body: object) =>
      fetch(`${collector.origin}/e`, { method: 'POST', headers, body: JSON.stringify(body) })
    const purchase = { event: 'Purchase', event_id: '1' }
    await post({
      site: site.domain,
      events: [
        purchase,
        purchase,
        { event: 'Chose a colour', event_id: 'jane@example.com', privacy: { gpc: true } },
      ],
    })
    await post({ site: 'unknown.example', events: [{ event: 'Purchase' }] })
  })
  afterAll(() => collector?.stop())

  it('count each accepted event once, custom names as one, and skips and flags by their reason', async () => {
    const text = await (await fetch(`${collector.origin}/metrics`)).text()
    const lines = text.split('\n').filter((line) => line.startsWith('tagferry_'))
    expect(lines).toEqual(
      expect.arrayContaining([
        'tagferry_events_received_total{site="shop.example",event="Purchase",source="browser"} 1',
        'tagferry_events_received_total{site="shop.example",event="custom",source="browser"} 1',
        'tagferry_events_skipped_total{reason="unknown_site"} 1',
        'tagferry_limited_data_use_total{flag="true",reason="unknown"} 1',
        'tagferry_limited_data_use_total{flag="true",reason="gpc"} 1',
        'tagferry_queue_depth{site="shop.example",vendor="tiktok"} 2',
        expect.stringMatching(/^tagferry_build_info\{version="\d/),
        expect.stringMatching(/^tagferry_region_table_age_months \d+$/),
      ]),
    )
    expect(text).not.toContain('jane')
  })

  it.each([
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-forwarded-host',
    'forwarded',
    'via',
    'x-real-ip',
    'x-client-ip',
    'true-client-ip',
    'cf-connecting-ip',
  ])('are not for who comes with %s', async (name) => {
    const response = await fetch(`${collector.origin}/metrics`, { headers: { [name]: '127.0.0.1' } })
    expect(response.status).toBe(404)
  })
})
