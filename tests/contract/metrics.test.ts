// Tests what /metrics reports, and that it answers 404 behind a proxy.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Collector, startCollector } from '../support/collector.js'
import { postAsPage } from '../support/events.js'

const site = { domain: 'shop.example', pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: 'not-a-real-token' }

describe('the metrics', () => {
  let collector: Collector
  beforeAll(async () => {
    collector = await startCollector({
      env: { TAGFERRY_SITES: JSON.stringify([site]), TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:9' },
    })
    const purchase = { event: 'Purchase', event_id: '1' }
    const custom = { event: 'Chose a colour', event_id: 'jane@example.com', privacy: { gpc: true } }
    await postAsPage(collector.origin, [purchase, purchase, custom])
    await postAsPage(collector.origin, [{ event: 'Purchase' }], { site: 'unknown.example' })
  })
  afterAll(() => collector?.stop())

  it('count each accepted event once, all custom names under one label, and skips and flags by reason', async () => {
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
  ])('are hidden from a request with %s', async (name) => {
    const response = await fetch(`${collector.origin}/metrics`, { headers: { [name]: '127.0.0.1' } })
    expect(response.status).toBe(404)
  })
})
