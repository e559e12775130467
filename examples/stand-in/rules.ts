/** Lists the rules of the stand-in: what each one expects, and how a sender fixes a breach. */
import { preview } from './json.js'

/** Source of a rule: TikTok's documentation, several senders that agree, one sender, or inference. */
export type Confidence = 'documented' | 'several' | 'one' | 'guess'

/**
 * Id: expected, fix, confidence. E: refused; W: taken with a warning.
 * Sources: TikTok doc 1771101303285761, and mistakes in the code of other senders.
 */
export const RULES = {
  'TT-E01': ['event_id must be a string', 'Send the id in quotes.', 'documented'],
  'TT-E02': ['Access-Token header', 'Send the token in the header Access-Token.', 'guess'],
  'TT-E03': ['a known token, bare', 'Take the token from Events Manager; no "Bearer " in front.', 'several'],
  'TT-E04': ['a JSON object, Content-Type application/json', 'Send one JSON object.', 'guess'],
  'TT-E05': [
    'event_source at the root: web, app, offline or crm',
    'Set event_source to "web" beside data.',
    'several',
  ],
  'TT-E06': ['event_source_id', 'Set event_source_id to the pixel code.', 'documented'],
  'TT-E07': [
    'the 2.0 shape',
    'Events API 1.0 keys are gone: use event_source_id, event_time, user, page, data.',
    'documented',
  ],
  'TT-E08': ['a pixel this token may use', 'Use a token of the ad account that owns the pixel.', 'several'],
  'TT-E09': ['data with 1 to 1,000 events', 'Put the events in the list data.', 'documented'],
  'TT-E10': ['at most 1,000 events', 'Split the batch.', 'documented'],
  'TT-E11': ['event, a non-empty string', 'Name the event.', 'documented'],
  'TT-E12': [
    'event_time in Unix seconds, an integer of 10 digits',
    'Divide milliseconds by 1,000; no quotes.',
    'documented',
  ],
  'TT-E13': ['limited_data_use true or false', 'Send a boolean, not text and not 1.', 'documented'],
  'TT-E14': ['a number', 'Send a number without quotes, symbols or commas.', 'documented'],
  'TT-E15': ['content_id must be a string', 'Send the id in quotes.', 'several'],
  'TT-E16': ['num_items must be an integer', 'Send the sum of the quantities.', 'documented'],
  'TT-E17': ['page with url', 'Send page.url, or no page.', 'documented'],
  'TT-E18': ['SHA-256, 64 hex digits', 'Normalise, then hash with SHA-256.', 'guess'],
  'TT-E19': ['fewer requests a second', 'Slow down and retry.', 'several'],
  'TT-E20': ['an object', 'Send an object here.', 'documented'],
  'TT-E21': ['a list of objects', 'Send contents as a list, for one product too.', 'documented'],
  'TT-W00': ['the shape of a careful sender', 'Send it as expected, or leave it out.', 'several'],
  'TT-W01': ['no empty text', 'Leave an absent value out.', 'guess'],
  'TT-W02': ['no hash of the empty string', 'Leave an absent value out before hashing.', 'several'],
  'TT-W03': ['hex digits in lower case', 'Lower-case the hash.', 'several'],
  'TT-W04': ['a hashed value', 'Normalise, then hash with SHA-256.', 'documented'],
  'TT-W05': ['a hash of the normalised value', 'Normalise first, hash once.', 'documented'],
  'TT-W06': [
    'a hash of the number in E.164 with its +',
    'Write the phone as +14155551234 before hashing.',
    'documented',
  ],
  'TT-W07': ['one hash for each entry', 'Hash the entries of a list one by one.', 'documented'],
  'TT-W08': [
    'user.ip beside limited_data_use: true',
    'Send the visitor’s address, or TikTok cannot place the event.',
    'one',
  ],
  'TT-W09': ['limited_data_use on every event', 'Send true or false, always.', 'guess'],
  'TT-W10': ['a public IP address', 'Send the visitor’s address, not the proxy’s.', 'documented'],
  'TT-W11': ['a locale with a hyphen, such as en-US', 'Replace the underscore.', 'documented'],
  'TT-W12': ['content_type in properties only', 'Move it out of contents.', 'several'],
  'TT-W13': ['content_name', 'Rename name to content_name.', 'documented'],
  'TT-W14': ['a documented key', 'Correct the spelling or leave the key out.', 'documented'],
  'TT-W15': ['num_items = sum of the quantities', 'Add up the quantities, not the lines.', 'documented'],
  'TT-W16': [
    'one of the 62 listed currencies, upper case',
    'Send the ISO 4217 code in capitals.',
    'documented',
  ],
  'TT-W17': ['a current event name, spelled as listed', 'Use the standard name.', 'documented'],
  'TT-W18': ['event_id', 'Send an id, or repeats are counted twice.', 'documented'],
  'TT-W19': [
    'the same event_id for the same order',
    'Derive the id from the order, not from the attempt.',
    'documented',
  ],
  'TT-W20': ['page.url', 'Send the page of every web event.', 'documented'],
  'TT-W21': ['a URL with http:// or https://', 'Send the whole URL.', 'documented'],
  'TT-W22': ['no personal data in a URL or a name', 'Remove it before sending.', 'documented'],
  'TT-W23': ['city, state and country in plain text', 'Only Meta wants these hashed.', 'several'],
  'TT-W24': ['test_event_code at the root', 'Put it beside data; it marks the whole request.', 'several'],
  'TT-W25': ['a hash of the id in its own case', 'Trim the id, then hash it; do not lower-case it.', 'guess'],
  'TT-W26': ['no placeholder', 'Leave a missing value out; render the template.', 'several'],
  'TT-W27': [
    'no hash of a placeholder or a guest',
    'Leave a missing value out before hashing; guests have no id.',
    'several',
  ],
  'TT-W28': [
    'no secret in a URL',
    'Remove the key of an order and the token of a link before sending.',
    'several',
  ],
  'TT-W29': [
    'content_id',
    'Send the SKU of the catalogue, or TikTok cannot match the product.',
    'documented',
  ],
  'TT-W30': ['an amount with few decimals', 'Round amounts: 0.1 + 0.2 is 0.30000000000000004.', 'guess'],
  'TT-W31': ['at least 0', 'Leave refunds out.', 'guess'],
  'TT-W32': ['at most 1 MiB a request', 'Send fewer events a request.', 'several'],
} as const

export type RuleId = keyof typeof RULES

/** One breach of one rule. `where` is a path such as `data[0].event_id`, or the name of a header. */
export interface Finding {
  rule: RuleId
  where: string
  got: string
  expected: string
  fix: string
  confidence: Confidence
}

/** Creates a finding. `expected` replaces the text of the rule by a more exact one. */
export const createFinding = (rule: RuleId, where: string, got: unknown, expected?: string): Finding => ({
  rule,
  where,
  got: preview(got),
  expected: expected ?? RULES[rule][0],
  fix: RULES[rule][1],
  confidence: RULES[rule][2],
})
