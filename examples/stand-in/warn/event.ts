/** Warns about the name, id, page and URLs of an event, about empty texts, and about a misplaced test code. */
import { at, isObject, stringValues } from '../json.js'
import { createFinding, type Finding } from '../rules.js'
import { warnIdPlaceholders } from './placeholder.js'

export const STANDARD_EVENTS = [
  'AddPaymentInfo',
  'AddToCart',
  'AddToWishlist',
  'ApplicationApproval',
  'CompleteRegistration',
  'Contact',
  'CustomizeProduct',
  'Download',
  'FindLocation',
  'InitiateCheckout',
  'Lead',
  'Purchase',
  'Schedule',
  'Search',
  'StartTrial',
  'SubmitApplication',
  'Subscribe',
  'ViewContent',
] as const
const LEGACY = ['CompletePayment', 'SubmitForm', 'PlaceAnOrder', 'ClickButton']
const standardByLetters = new Map(STANDARD_EVENTS.map((name) => [name.toLowerCase(), name]))

const warnEventName = (name: unknown, where: string): Finding[] => {
  if (typeof name !== 'string') return []
  const standard = standardByLetters.get(name.toLowerCase().replaceAll(/[^a-z]/g, ''))
  if (LEGACY.includes(name)) return [createFinding('TT-W17', where, name)]
  return standard && standard !== name ? [createFinding('TT-W17', where, name, standard)] : []
}

const decodeUrl = (url: string): string => {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '))
  } catch {
    return url
  }
}

/** An e-mail address, or an international phone number as the value of a parameter. */
const hasPersonalData = (url: string): boolean =>
  /[^\s@/?#&=:]@[^\s@/?#&=:]+\.[a-z]{2}/i.test(decodeUrl(url)) || /[=/](\+|%2B|00)\d{9,15}\b/i.test(url)

const warnPersonalDataInName = (name: unknown, where: string): Finding[] =>
  typeof name === 'string' && hasPersonalData(`/${name.replaceAll(' ', '/')}`)
    ? [createFinding('TT-W22', where, 'a name with an address or a number')]
    : []

/** Keys of orders and tokens of links, as parameters or behind the folders of orders and accounts. */
const SECRET_PARAMETER = /[?&#]((order_)?key|code|hash|login|[a-z_]*token|password|rp_key|magic_link)=[^&#]/i
const SECRET_VALUE = /=wc_order_\w/i
const SECRET_SEGMENT =
  /\/(orders?|checkouts|reset|verify|account|invoices?|unsubscribe)\/(\w+\/)?[0-9a-f]{16,}\b/i

const hasSecret = (url: string): boolean => {
  const [path = ''] = url.split(/[?#]/)
  const segments = SECRET_SEGMENT.exec(path)?.[0]
  return (
    SECRET_PARAMETER.test(url) ||
    SECRET_VALUE.test(url) ||
    (segments !== undefined && /[a-f]/i.test(segments.slice(-16)))
  )
}

const warnUrl = (url: unknown, where: string): Finding[] => {
  if (typeof url !== 'string' || url === '') return []
  const found = /^https?:\/\//i.test(url) ? [] : [createFinding('TT-W21', where, url)]
  if (hasPersonalData(url)) found.push(createFinding('TT-W22', where, 'a URL with an address or a number'))
  if (hasSecret(url)) found.push(createFinding('TT-W28', where, 'a URL with a key or a token'))
  return found
}

export const warnEvent = (event: unknown, path: string): Finding[] => {
  const page = at(event, 'page')
  const found = warnEventName(at(event, 'event'), `${path}.event`)
  const id = at(event, 'event_id')
  if (id === undefined) found.push(createFinding('TT-W18', `${path}.event_id`, id))
  if (page === undefined) found.push(createFinding('TT-W20', `${path}.page`, page))
  found.push(...warnPersonalDataInName(at(event, 'event'), `${path}.event`))
  found.push(...warnUrl(at(page, 'url'), `${path}.page.url`))
  found.push(...warnUrl(at(page, 'referrer'), `${path}.page.referrer`))
  if (isObject(event) && 'test_event_code' in event)
    found.push(createFinding('TT-W24', `${path}.test_event_code`, event.test_event_code))
  found.push(...warnIdPlaceholders(event, path))
  for (const { path: where, text } of stringValues(event, path))
    if (text === '') found.push(createFinding('TT-W01', where, text))
  return found
}
