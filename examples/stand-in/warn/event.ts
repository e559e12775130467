/** Warns about the name, id, page and URLs of an event, about empty texts, and about a misplaced test code. */
import { at, isObject, stringValues } from '../json.js'
import { createFinding, type Finding } from '../rules.js'

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

const warnUrl = (url: unknown, where: string): Finding[] => {
  if (typeof url !== 'string' || url === '') return []
  const found = /^https?:\/\//i.test(url) ? [] : [createFinding('TT-W21', where, url)]
  return hasPersonalData(url)
    ? [...found, createFinding('TT-W22', where, 'a URL with an address or a number')]
    : found
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
  for (const { path: where, text } of stringValues(event, path))
    if (text === '') found.push(createFinding('TT-W01', where, text))
  return found
}
