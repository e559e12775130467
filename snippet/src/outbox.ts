/**
 * Keeps events in localStorage from before the first attempt to send them until the collector has answered.
 *
 * Events are stored as they will be sent, with the data of identify() in plain text. It is the visitor's own data
 * in the visitor's own browser, readable by this site only, until the answer comes (at most seven days). Without
 * it a delayed conversion would lose its match keys.
 */
import type { WireEvent } from '../../collector/src/wire.js'
import { read, readList, writeList } from './storage.js'

const key = 'tagferry_outbox'
/** Events that could not be sent for so long are dropped. */
const maxAgeSeconds = 7 * 86400
const maxEvents = 100
/** 16 KiB less the rest of the body. Browsers allow 64 KiB of keepalive requests in flight for a whole page. */
const maxBatchBytes = 16000

/** Ids are unique only within one event name. */
const getKey = (event: WireEvent) => event.event + event.event_id

/** Reads all events except the given ones and those that are too old. */
const readExcept = (excluded: WireEvent[]) =>
  readList<WireEvent>(key).filter(
    (event) =>
      Date.now() / 1e3 - (event.event_time as number) < maxAgeSeconds &&
      !excluded.map(getKey).includes(getKey(event)),
  )

export const updateOutbox = (removed: WireEvent[], added: WireEvent[] = []) =>
  writeList(key, [...readExcept(removed), ...added].slice(-maxEvents))

/** Whether any event was stored since the storage was last emptied, on this page or an earlier one. */
export const wasOutboxUsed = () => !!read(key)

/** Returns the oldest events after `offset` that fit into one request, and at least one if there is any. */
export const readBatch = (offset = 0): WireEvent[] => {
  // A UTF-16 code unit takes three bytes at most. Counting bytes would cost more than an extra request.
  let remaining = maxBatchBytes / 3
  return readExcept([])
    .slice(offset)
    .filter((event, index) => {
      remaining -= JSON.stringify(event).length
      return remaining > 0 || !index
    })
}
