/** Formats times, time spans and amounts. */
import { make } from './dom.js'

export const VERDICTS = { accepted: 'Accepted', warned: 'Accepted with warnings', rejected: 'Rejected' }

export const KEYS = { click: 'click', mail: 'mail', phone: 'phone', id: 'id', ttp: 'ttp', ipUa: 'ip/ua' }

export const time = (iso, options = { timeStyle: 'medium' }) => {
  const at = new Date(iso)
  const text = at.toLocaleString([], { hour12: false, ...options })
  return make('time', { datetime: iso, title: at.toISOString() }, text)
}

export const money = ({ value, currency }) => {
  if (value === null) return ''
  try {
    return new Intl.NumberFormat([], { style: 'currency', currency }).format(value)
  } catch {
    return `${value} ${currency ?? ''}`
  }
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

/** `2 days`, `6 minutes`; less than a second is `0 seconds`. */
export const span = (ms) => {
  const [unit, size] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? UNITS.at(-1)
  const value = Math.floor(ms / size)
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}
