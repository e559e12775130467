/** Stores sessions: opens, finds and ends them, and expires them by time and by password. */
import type { Records, StoredRecord } from '../../store/records.js'
import { hourMs, minuteMs } from '../../time.js'
import { hashToken, newToken } from './token.js'

export interface Session {
  /** Hash of the token in the browser's cookie. */
  id: string
  csrf: string
  /** Shown at the top of the next page. */
  flashMessage?: string
}

export interface SessionRecords {
  /**
   * Returns the token for the browser's cookie.
   * @param epoch of the password that was entered
   */
  open(epoch: string): Promise<string>
  /** @param epoch of the current password; undefined where there is none */
  find(token: string, epoch: string | undefined): Promise<Session | undefined>
  setFlashMessage(session: Session, message: string | undefined): Promise<void>
  end(session: Session): Promise<void>
}

const idleMs = 30 * minuteMs
const absoluteMs = 12 * hourMs
/** `seenAt` is at most this old: a write for every page would cost more than the page itself. */
const seenAtPrecisionMs = minuteMs

interface StoredSession {
  csrf: string
  createdAt: number
  seenAt: number
  epoch: string
  flash?: string
}

/** @param clock Unix milliseconds */
export function createSessionRecords(
  store: Pick<Records, 'records' | 'record' | 'write'>,
  clock: () => number,
): SessionRecords {
  return {
    async open(epoch) {
      const token = newToken()
      const now = clock()
      const body: StoredSession = { csrf: newToken(), createdAt: now, seenAt: now, epoch }
      const expired = (await store.records('session')).filter((record) => isExpired(record, now))
      const removals = expired.map(({ id }) => ({ kind: 'session', id, remove: true }) as const)
      await store.write([...removals, { kind: 'session', id: hashToken(token), body: { ...body } }])
      return token
    },
    async find(token, epoch) {
      const record = await store.record('session', hashToken(token))
      const now = clock()
      if (!record || isExpired(record, now)) return undefined
      const { id } = record
      const body = sessionOf(record)
      if (body.epoch !== epoch) return undefined
      if (now - body.seenAt > seenAtPrecisionMs)
        await store.write([{ kind: 'session', id, body: { ...body, seenAt: now } }])
      return { id, csrf: body.csrf, ...(body.flash && { flashMessage: body.flash }) }
    },
    async setFlashMessage({ id }, message) {
      const record = await store.record('session', id)
      if (!record) return
      const { flash: _previous, ...body } = record.body
      await store.write([{ kind: 'session', id, body: { ...body, ...(message && { flash: message }) } }])
    },
    async end({ id }) {
      await store.write([{ kind: 'session', id, remove: true }])
    },
  }
}

const sessionOf = ({ body }: StoredRecord) => body as unknown as StoredSession

function isExpired(record: StoredRecord, now: number): boolean {
  const { createdAt, seenAt } = sessionOf(record)
  return now - createdAt > absoluteMs || now - seenAt > idleMs
}
