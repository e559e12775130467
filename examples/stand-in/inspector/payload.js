/** Shows a payload as a collapsible tree, with notes, and with marks on lines that broke a rule. */
import { icon, make } from './dom.js'

const join = (path, key, isList) => (isList ? `${path}[${key}]` : path ? `${path}.${key}` : key)

/** An explanation of a value that is hard to read, or null. */
const noteOf = (key, value) => {
  if (key === 'event_time' && Number.isInteger(value) && String(value).length === 10)
    return new Date(value * 1000).toLocaleString([], { hour12: false })
  if (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)) return 'SHA-256'
  return { ttclid: 'click id', ttp: 'cookie of the pixel', event_source_id: 'pixel code' }[key] ?? null
}

const entriesOf = (value) => (typeof value === 'object' && value !== null ? Object.entries(value) : [])

/** The path of a value and of everything below it. */
const pathsOf = (value, path, found = new Set()) => {
  found.add(path)
  for (const [key, child] of entriesOf(value)) pathsOf(child, join(path, key, Array.isArray(value)), found)
  return found
}

/** The innermost existing path above a missing one. */
const parentOf = (where, paths) => {
  let path = where
  while (path !== '' && !paths.has(path)) path = path.replace(/(\.|^)[^.[]*$|\[\d+\]$/, '')
  return path
}

const remark = ({ rule, expected }, level) =>
  make('span', { class: 'remark' }, icon(level), ` ${rule}: expected ${expected}`)

const line = (label, text, note, findings, level) =>
  make(
    'div',
    {
      class: `leaf ${findings.length > 0 ? level : ''}`,
      ...(findings.length > 0 && { 'data-testid': 'failing-line' }),
    },
    make('span', { class: 'json-key' }, label),
    ': ',
    make('span', { class: 'json-value' }, text),
    note && make('span', { class: 'note' }, note),
    ...findings.map((finding) => remark(finding, level)),
  )

/** `level` is `warned` or `refused`. */
export const createTree = (root, findings, level) => {
  const paths = pathsOf(root, '')
  const findingsAt = (path) => findings.filter(({ where }) => where === path)
  const missing = findings.filter(({ where }) => !paths.has(where))
  const absent = (path) =>
    missing
      .filter(({ where }) => parentOf(where, paths) === path)
      .map((finding) =>
        line(finding.where.slice(path.length).replace(/^\./, ''), '(absent)', null, [finding], level),
      )
  const node = (label, value, path) => {
    const isList = Array.isArray(value)
    const children = entriesOf(value)
    if (children.length === 0 && absent(path).length === 0)
      return line(label, JSON.stringify(value), noteOf(label, value), findingsAt(path), level)
    return make(
      'details',
      {
        class: `node ${findingsAt(path).length > 0 ? level : ''}`,
        ...(children.length <= 50 && { open: '' }),
      },
      make(
        'summary',
        {},
        make('span', { class: 'json-key' }, label),
        make('span', { class: 'note' }, isList ? `list of ${children.length}` : ''),
        ...findingsAt(path).map((finding) => remark(finding, level)),
      ),
      make(
        'div',
        { class: 'children' },
        ...children.map(([key, child]) => node(key, child, join(path, key, isList))),
        ...absent(path),
      ),
    )
  }
  return make(
    'div',
    { class: 'tree', 'data-testid': 'tree' },
    ...entriesOf(root).map(([key, child]) => node(key, child, key)),
    ...absent(''),
  )
}

/** The request as it was sent, reduced to this event. The event keeps its index in `data`. */
export const payloadTab = (event) => {
  if (typeof event.payload === 'string') return make('pre', { tabindex: 0 }, event.payload)
  const level = event.verdict === 'rejected' ? 'refused' : 'warned'
  if (event.batch === 0) return createTree(event.payload, event.findings, level)
  const data = []
  data[event.index] = event.payload
  return createTree({ ...event.request.root, data }, event.findings, level)
}
