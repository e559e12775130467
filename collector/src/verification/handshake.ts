/** Runs the verification handshake: issues a nonce for a site, and stores the report that a page sends back with it. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { verifyRecordId } from '../diagnose/verify-report.js'
import type { Records } from '../store/records.js'
import { hourMs } from '../time.js'

/** The fields of a report: short texts, numbers and booleans. */
export type Report = Record<string, string | number | boolean>

interface Handshake {
  nonce: string
  /** Unix milliseconds. */
  askedAt: number
  /** Absent until the page has reported. */
  report?: Report
  /** When the report arrived, Unix milliseconds. */
  at?: number
}

export interface Verification {
  /** Issues a new nonce and forgets the last report. */
  begin(site: string, now: number): Promise<void>
  last(site: string): Promise<Handshake | undefined>
  /** Stores a report; ignores one with an unknown nonce, or with a nonce that is older than an hour. */
  submit(site: string, nonce: string, report: unknown, now: number): Promise<void>
}

const maxFields = 60
const maxTextLength = 300

export function createVerification(store: Pick<Records, 'record' | 'write'>): Verification {
  const last = async (site: string) => {
    const record = await store.record('setting', verifyRecordId(site))
    return record?.body as Handshake | undefined
  }
  const save = (site: string, handshake: Handshake) =>
    store.write([{ kind: 'setting', id: verifyRecordId(site), body: { ...handshake } }])
  return {
    last,
    async begin(site, now) {
      await save(site, { nonce: randomBytes(16).toString('base64url'), askedAt: now })
    },
    async submit(site, nonce, report, now) {
      const handshake = await last(site)
      if (!handshake || now - handshake.askedAt > hourMs || !isEqual(nonce, handshake.nonce)) return
      await save(site, { ...handshake, report: readReport(report), at: now })
    },
  }
}

/** Compares in constant time. */
function isEqual(a: string, b: string): boolean {
  const [bytesA, bytesB] = [Buffer.from(a), Buffer.from(b)]
  return bytesA.length === bytesB.length && timingSafeEqual(bytesA, bytesB)
}

/** Anybody may send a report: other types are dropped, and long texts are cut. */
function readReport(report: unknown): Report {
  if (typeof report !== 'object' || report === null) return {}
  const entries = Object.entries(report)
    .filter(([key]) => /^[a-z][a-z_]{0,40}$/i.test(key))
    .slice(0, maxFields)
  const fields = entries.flatMap(([key, value]): [string, string | number | boolean][] => {
    if (typeof value === 'string') return [[key, value.slice(0, maxTextLength)]]
    if (typeof value === 'boolean') return [[key, value]]
    return typeof value === 'number' && Number.isFinite(value) ? [[key, value]] : []
  })
  return Object.fromEntries(fields)
}
