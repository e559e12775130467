// Texts that break or take over careless pages, and events that hold such a text in every field.
import { readFileSync } from 'node:fs'
import { postAsPage } from './events.js'

const stringsOf = (file: string): string[] =>
  JSON.parse(readFileSync(new URL(`./strings/${file}`, import.meta.url), 'utf8'))
/** Texts that would run, send a request or redirect if a page took them for markup. Our own collection. */
export const scriptStrings = stringsOf('script-strings.json')
/** The Big List of Naughty Strings (see NOTICE). */
export const naughtyStrings = stringsOf('naughty-strings.json')
/** The scripts come last: the dashboard lists the newest events first. */
export const allStrings = [...new Set([...naughtyStrings, ...scriptStrings])]

type Fields = Record<string, unknown>

/** An event with this text in every field that may hold text. */
const eventOf = (text: string, at: number): Fields => ({
  event: text,
  event_id: `${text} ${at}`,
  user: {
    ...Object.fromEntries(
      [
        'email',
        'phone',
        'external_id',
        'first_name',
        'last_name',
        'city',
        'state',
        'country',
        'zip_code',
      ].map((key) => [key, text]),
    ),
    ttclid: text,
    ttp: text,
    locale: text,
  },
  page:
    at % 2
      ? { url: text, referrer: text }
      : { url: `https://shop.example/${text}`, referrer: `https://x.example/?${text}` },
  properties: {
    ...Object.fromEntries(
      [
        'currency',
        'content_type',
        'description',
        'search_string',
        'order_id',
        'shop_id',
        'customer_type',
      ].map((key) => [key, text]),
    ),
    value: text,
    num_items: text,
    content_ids: [text],
    contents: [
      {
        content_id: text,
        content_name: text,
        content_category: text,
        brand: text,
        price: text,
        quantity: text,
      },
    ],
    [text]: text,
    custom: { [text]: [text] },
  },
  privacy: { usp: text, gpp: text, consent: text },
})

/** Deletes the field at a path such as `events[3].user.email`; a refused event name is replaced. */
function removeRefusedField(events: Fields[], path: string): void {
  const [whole = '', index = '', field = ''] = /^events\[(\d+)\]\.(\w+)\.?/.exec(path) ?? []
  const event = events[Number(index)]
  if (!event) throw new Error(`There is nothing at ${path}.`)
  if (field === 'event') event.event = 'Purchase'
  const inside = path.slice(whole.length)
  if (inside === '') {
    if (field !== 'event') delete event[field]
    return
  }
  const record = (event[field] ?? {}) as Fields
  const key = Object.keys(record).find((name) => inside.startsWith(name.slice(0, 100)))
  if (key !== undefined) delete record[key]
}

/**
 * Posts one event for each text, without the fields that the collector refuses.
 * @returns how often each field was accepted
 */
export async function postAll(origin: string, texts: readonly string[]): Promise<Map<string, number>> {
  const kept = new Map<string, number>()
  let events: Fields[] = []
  for (const [at, text] of texts.entries()) {
    events.push(eventOf(text, at))
    // The limit of a body is 64 KiB.
    const next = eventOf(texts[at + 1] ?? '', at + 1)
    if (at + 1 < texts.length && Buffer.byteLength(JSON.stringify([...events, next])) < 60_000) continue
    await postOne(origin, events)
    for (const event of events)
      for (const field of namesOf(event)) kept.set(field, (kept.get(field) ?? 0) + 1)
    events = []
  }
  return kept
}

async function postOne(origin: string, events: Fields[]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { status, json, text } = await postAsPage(origin, events)
    if (status === 202) return
    if (status !== 400) throw new Error(`${status}: ${text} for ${JSON.stringify(events)}`)
    const { problems } = json as { problems: { path: string }[] }
    for (const path of new Set(problems.map(({ path }) => path))) removeRefusedField(events, path)
  }
  throw new Error('The collector still refuses the events after 100 requests.')
}

/** Such as `event` and `user.ttclid`. */
const namesOf = (event: Fields): string[] =>
  Object.entries(event).flatMap(([field, value]) =>
    typeof value === 'object' && value !== null
      ? Object.keys(value).map((key) => `${field}.${key}`)
      : [field],
  )
