/**
 * Events on their way, in localStorage from before the first try until the collector has answered for them.
 * Never knows what an event means, nor how it leaves.
 *
 * They lie here as they will be sent, with what identify() was told in the clear: it is the visitor's own data
 * in the visitor's own browser, read by this site alone, for the seconds until the answer (at most seven days).
 * Without it a conversion that has to wait would lose its match keys.
 */
import type { WireEvent } from '../../collector/src/wire.js'
import { read, readList, writeList } from './storage.js'

const key = 'tagferry_outbox'
/** TikTok takes no event older than seven days. */
const maxAgeSeconds = 7 * 86400
const mostEvents = 100
/** 16 KiB less the frame: browsers allow 64 KiB of keepalive requests in flight for a whole page. */
const batchBytes = 16000

/** Ids are unique only within one event name. */
const identity = (event: WireEvent) => event.event + event.event_id

/** All but the events given and those too old. */
const readWithout = (gone: WireEvent[]) =>
  readList<WireEvent>(key).filter(
    (event) =>
      Date.now() / 1e3 - (event.event_time as number) < maxAgeSeconds &&
      !gone.map(identity).includes(identity(event)),
  )

/** Takes events out, and puts others in. */
export const changeEvents = (gone: WireEvent[], added: WireEvent[] = []) =>
  writeList(key, [...readWithout(gone), ...added].slice(-mostEvents))

/** Whether any event was stored since the storage was last emptied, on this page or before. */
export const wasUsed = () => !!read(key)

/** What fits into one request, oldest first, after leaving out so many; at least one if there is one. */
export const readBatch = (leftOut = 0): WireEvent[] => {
  // A character is three bytes at most; to count them costs a page more than a further request.
  let room = batchBytes / 3
  return readWithout([])
    .slice(leftOut)
    .filter((event, index) => {
      room -= JSON.stringify(event).length
      return room > 0 || !index
    })
}
