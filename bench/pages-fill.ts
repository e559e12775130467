// A month of a shop's events, in SQL for both databases.
import { dayMs, hourMs } from '../collector/src/time.js'

const names = [
  'ViewContent',
  'Pageview',
  'AddToCart',
  'Search',
  'Lead',
  'Purchase',
  'InitiateCheckout',
  'a custom name',
]
/** By the last two digits: most events are views, every fifth of a hundred a purchase. */
const nameOf = `case when n % 100 < 50 then 'ViewContent' when n % 100 < 75 then 'Pageview' when n % 100 < 85 then 'AddToCart'
  when n % 100 < 90 then 'Search' when n % 100 < 92 then 'Lead' when n % 100 < 96 then 'Purchase'
  when n % 100 < 99 then 'InitiateCheckout' else 'a custom name' end`

export function fillStatements(count: number, now: number): string[] {
  const monthMs = 30 * dayMs
  const at = `${now - monthMs} + n * ${Math.floor(monthMs / count)}`
  const numbers = (last: number) =>
    `with recursive numbers(n) as (select cast(1 as bigint) union all select n + 1 from numbers where n < ${last})`
  const site = `case when n % 50 = 7 then 'small.example' else 'shop.example' end`
  const named = names.map((name) => `select '${name === 'a custom name' ? 'custom' : name}' as event`)
  const sites = `select 'shop.example' as site union all select 'small.example'`
  const hours = `numbers cross join (${sites}) s`
  const hour = `${Math.floor(now / hourMs)} - n`
  return [
    `${numbers(count)}
     insert into events (id, site, event, event_id, event_time, received_at, source, skip_reason, body, limited_data_use)
     select n, ${site}, ${nameOf}, 'e' || n, (${at}) / 1000, ${at},
       case when n % 70 = 0 then 'server' else 'browser' end, case when n % 97 = 0 then 'bot' end,
       case when n % 97 <> 0 then '{"user":{"ttclid":"E.C.P.click-' || n || '","ttp":"cookie-' || n ||
         '"},"page":{"url":"https://shop.example/products/' || n || '","referrer":"https://www.tiktok.com/"},' ||
         '"properties":{"value":49.9,"currency":"EUR","content_type":"product","contents":[{"content_id":"sku-' || n ||
         '","content_name":"A thing","quantity":1,"price":49.9}]},"limitedDataUse":' ||
         case when n % 4999 = 0 then 'true' else 'false' end || ',"privacyReason":"default","visitor":true}' end,
       case when n % 4999 = 0 and n % 97 <> 0 then 1 else 0 end
     from numbers`,
    `insert into deliveries (event, vendor, site, state, due_at, attempts, first_attempt, settled_at)
     select id, 'tiktok', site,
       case when id > ${count - 3_000} then 'pending' when id % 2003 = 0 then 'failed' else 'delivered' end,
       received_at, 1, (id + 19) / 20, case when id > ${count - 3_000} then null else received_at + 800 end
     from events where skip_reason is null`,
    `${numbers(Math.floor(count / 20))}
     insert into attempts (site, vendor, at, duration_ms, outcome, ambiguous, code, event_count)
     select 'shop.example', 'tiktok', ${at.replace('n *', 'n * 20 *')} - 200, 120, 'delivered', 0, 0,
       20 from numbers`,
    `${numbers(720)}
     insert into hours (site, hour, event, slot, browser, server, delivered, keys)
     select site, ${hour}, event, 0, 900, 20, 910, '{"ttclid": 300, "ttp": 500, "visitor": 900, "email": 100}' from ${hours} cross join (${named.join(' union all ')}) e`,
    `${numbers(720)}
     insert into hour_values (site, hour, event, currency, slot, sum, count)
     select site, ${hour}, 'Purchase', 'EUR', 0, 499.5, 10 from ${hours}`,
    `${numbers(720)}
     insert into hour_waits (site, hour, bucket, slot, count)
     select site, ${hour}, b, 0, 90 from ${hours} cross join (select 3 as b union all select 4 union all select 5) w`,
  ]
}
