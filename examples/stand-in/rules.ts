/** Knows every rule of the stand-in by its id: what it expects and how a sender mends a breach of it. */
import { shown } from './json.js'

/** E = refused, W = taken with a warning. Source: TikTok doc 1771101303285761 and what other senders get wrong. */
export const RULES = {
  'TT-E01': ['event_id must be a string', 'Send the id in quotes.'],
  'TT-E02': ['Access-Token header', 'Send the token in the header Access-Token.'],
  'TT-E03': ['a known token, bare', 'Take the token from Events Manager; no "Bearer " in front.'],
  'TT-E04': ['a JSON object, Content-Type application/json', 'Send one JSON object.'],
  'TT-E05': ['event_source at the root: web, app, offline or crm', 'Set event_source to "web" beside data.'],
  'TT-E06': ['event_source_id', 'Set event_source_id to the pixel code.'],
  'TT-E07': [
    'the 2.0 shape',
    'Events API 1.0 keys are gone: use event_source_id, event_time, user, page, data.',
  ],
  'TT-E08': ['a pixel this token may use', 'Use a token of the ad account that owns the pixel.'],
  'TT-E09': ['data with 1 to 1,000 events', 'Put the events in the list data.'],
  'TT-E10': ['at most 1,000 events', 'Split the batch.'],
  'TT-E11': ['event, a non-empty string', 'Name the event.'],
  'TT-E12': [
    'event_time in Unix seconds, an integer of 10 digits',
    'Divide milliseconds by 1,000; no quotes.',
  ],
  'TT-E13': ['limited_data_use true or false', 'Send a boolean, not text and not 1.'],
  'TT-E14': ['a number', 'Send a number without quotes, symbols or commas.'],
  'TT-E15': ['content_id must be a string', 'Send the id in quotes.'],
  'TT-E16': ['num_items must be an integer', 'Send the sum of the quantities.'],
  'TT-E17': ['page with url', 'Send page.url, or no page.'],
  'TT-E18': ['SHA-256, 64 hex digits', 'Normalise, then hash with SHA-256.'],
  'TT-E19': ['fewer requests a second', 'Slow down and retry.'],
  'TT-E20': ['an object', 'Send an object here.'],
  'TT-W00': ["the strict profile's shape", 'See the schema.'],
  'TT-W01': ['no empty text', 'Leave an absent value out.'],
  'TT-W02': ['no hash of the empty string', 'Leave an absent value out before hashing.'],
  'TT-W03': ['hex digits in lower case', 'Lower-case the hash.'],
  'TT-W04': ['a hashed value', 'Normalise, then hash with SHA-256.'],
  'TT-W05': ['a hash of the normalised value', 'Normalise first, hash once.'],
  'TT-W06': ['a hash of the number in E.164 with its +', 'Write the phone as +14155551234 before hashing.'],
  'TT-W07': ['one hash for each entry', 'Hash the entries of a list one by one.'],
  'TT-W08': [
    'user.ip beside limited_data_use: true',
    'Send the visitor’s address, or TikTok cannot place the event.',
  ],
  'TT-W09': ['limited_data_use on every event', 'Send true or false, always.'],
  'TT-W10': ['a public IP address', 'Send the visitor’s address, not the proxy’s.'],
  'TT-W11': ['a locale with a hyphen, such as en-US', 'Replace the underscore.'],
  'TT-W12': ['content_type in properties only', 'Move it out of contents.'],
  'TT-W13': ['content_name', 'Rename name to content_name.'],
  'TT-W14': ['a documented key', 'Mend the spelling or leave the key out.'],
  'TT-W15': ['num_items = sum of the quantities', 'Add up the quantities, not the lines.'],
  'TT-W16': ['one of the 62 listed currencies, upper case', 'Send the ISO 4217 code in capitals.'],
  'TT-W17': ['a current event name, spelled as listed', 'Use the standard name.'],
  'TT-W18': ['event_id', 'Send an id, or repeats are counted twice.'],
  'TT-W19': ['the same event_id for the same order', 'Derive the id from the order, not from the attempt.'],
  'TT-W20': ['page.url', 'Send the page of every web event.'],
  'TT-W21': ['a URL with http:// or https://', 'Send the whole URL.'],
  'TT-W22': ['no personal data in a URL', 'Remove it from the query before sending.'],
  'TT-W23': ['city, state and country in plain text', 'Only Meta wants these hashed.'],
  'TT-W24': ['test_event_code at the root', 'Put it beside data; it marks the whole request.'],
} as const satisfies Record<string, readonly [expected: string, fix: string]>

export type RuleId = keyof typeof RULES

/** One breach of one rule. `where` is a path such as `data[0].event_id`, or the name of a header. */
export interface Finding {
  rule: RuleId
  where: string
  got: string
  expected: string
  fix: string
}

/** Writes a breach down; `expected` replaces the rule's own words where they can be more exact. */
export const finding = (rule: RuleId, where: string, got: unknown, expected?: string): Finding => ({
  rule,
  where,
  got: shown(got),
  expected: expected ?? RULES[rule][0],
  fix: RULES[rule][1],
})
