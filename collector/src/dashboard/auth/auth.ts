/** Who may enter: the owner's password or the one-time set-up link, and the sessions that follow from them. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Change, Records, StoredRecord } from '../../store/records.js'
import { hashPassword, isPassword, passwordProblem, type StoredPassword } from './password.js'

export interface Session {
  /** Hash of what the browser holds. */
  id: string
  csrf: string
  /** What the next page says first. */
  flashMessage?: string
}

export interface Auth {
  /** The password is set by the environment: it cannot be changed here. */
  managedByEnv: boolean
  /** No password yet: only the set-up link opens. */
  needsSetUp(): Promise<boolean>
  /** A new one-time link's token, valid for a day. */
  createSetupLink(): Promise<string>
  isValidSetupToken(token: string): Promise<boolean>
  /** Uses the token up. @returns what is wrong with the password, if anything */
  setUp(token: string, password: string): Promise<string | undefined>
  /** @returns what the browser is to hold, or nothing for a wrong password */
  logIn(password: string): Promise<string | undefined>
  /** @param token what the browser holds */
  find(token: string): Promise<Session | undefined>
  /** Something to say on the session's next page; nothing clears it. */
  setFlashMessage(session: Session, flash: string | undefined): Promise<void>
  logOut(session: Session): Promise<void>
  /** A mark for a browser that has logged in: its owner is not kept out by the guesses of others. */
  issueTrustedDeviceToken(): Promise<string>
  isTrustedDevice(mark: string): Promise<boolean>
  /** Ends all sessions. @returns what is wrong, if anything, by field */
  change(old: string, next: string): Promise<Record<string, string> | undefined>
  /** Removes the kept password and ends all sessions: only the set-up link opens again. */
  forget(): Promise<void>
}

export interface AuthDeps {
  store: Pick<Records, 'records' | 'record' | 'write'>
  clock: () => number
  /** TAGFERRY_ADMIN_PASSWORD. */
  password: string | undefined
  /** Passwords that are tried first. */
  common: ReadonlySet<string>
}

const idleMs = 30 * 60_000
const absoluteMs = 12 * 3_600_000
const invitedMs = 24 * 3_600_000
/** Seen is written this seldom: a commit for each page would cost more than the page. */
const seenMs = 60_000

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
const newToken = () => randomBytes(32).toString('base64url')

interface Kept {
  csrf: string
  createdAt: number
  seenAt: number
  /** The password it was opened with: another one there ends it. */
  epoch: string
  flash?: string
}

export async function createAuth({ store, clock, password, common }: AuthDeps): Promise<Auth> {
  const given = password === undefined ? undefined : await hashPassword(password)
  const epochOfGiven = password === undefined ? '' : hashOf(`password\n${password}`)

  async function kept(): Promise<{ password: StoredPassword; epoch: string } | undefined> {
    if (given) return { password: given, epoch: epochOfGiven }
    const record = await store.record('setting', 'password')
    // What no key opens is no password: the set-up link opens then.
    return record?.secret ? { password: JSON.parse(record.secret), epoch: `${record.version}` } : undefined
  }

  async function open(epoch: string): Promise<string> {
    const token = newToken()
    const now = clock()
    const body: Kept = { csrf: newToken(), createdAt: now, seenAt: now, epoch }
    const old = (await store.records('session')).filter((record) => isOver(record, now))
    const removals = old.map(({ id }) => ({ kind: 'session', id, remove: true }) as const)
    await store.write([...removals, { kind: 'session', id: hashOf(token), body: { ...body } }])
    return token
  }

  const setPassword = async (next: string, what: string, removals: { id: string }[]) => {
    const secret = JSON.stringify(await hashPassword(next))
    const sessions = removals.map(({ id }) => ({ kind: 'session', id, remove: true }) as const)
    const change: Change = { at: clock(), who: 'owner', what }
    await store.write(
      [
        ...sessions,
        { kind: 'setting', id: 'password', body: {}, secret },
        { kind: 'setting', id: 'invitations', body: { hashes: {} } },
      ],
      change,
    )
  }

  const invitations = async () => {
    const record = await store.record('setting', 'invitations')
    const hashes = (record?.body.hashes ?? {}) as Record<string, number>
    return Object.entries(hashes).filter(([, at]) => at > clock() - invitedMs)
  }
  const isValidSetupToken = async (token: string) =>
    (await invitations()).some(([hash]) => hash === hashOf(token))

  async function markOf(id: string): Promise<string> {
    await store.write([{ kind: 'setting', id: 'marks', body: {}, secret: newToken(), seen: 0 }])
    const record = await store.record('setting', 'marks')
    return `${id}.${createHmac('sha256', record?.secret ?? newToken())
      .update(id)
      .digest('base64url')}`
  }

  return {
    managedByEnv: given !== undefined,
    needsSetUp: async () => (await kept()) === undefined,
    async createSetupLink() {
      const token = newToken()
      const hashes = Object.fromEntries([...(await invitations()).slice(-7), [hashOf(token), clock()]])
      await store.write([{ kind: 'setting', id: 'invitations', body: { hashes } }])
      return token
    },
    isValidSetupToken,
    async setUp(token, next) {
      if (given || !(await isValidSetupToken(token)))
        return 'This link has been used, or is older than a day.'
      const problem = passwordProblem(next, common)
      if (problem === undefined) await setPassword(next, 'Password set', await store.records('session'))
      return problem
    },
    async logIn(attempt) {
      const current = await kept()
      // Nobody learns from the time it takes whether there is a password yet.
      if (!current) return void (await hashPassword(attempt))
      return (await isPassword(attempt, current.password)) ? open(current.epoch) : undefined
    },
    async find(token) {
      const record = await store.record('session', hashOf(token))
      const now = clock()
      if (!record || isOver(record, now)) return undefined
      const body = record.body as unknown as Kept
      if (body.epoch !== (await kept())?.epoch) return undefined
      if (now - body.seenAt > seenMs)
        await store.write([{ kind: 'session', id: record.id, body: { ...body, seenAt: now } }])
      return { id: record.id, csrf: body.csrf, ...(body.flash && { flashMessage: body.flash }) }
    },
    async setFlashMessage({ id }, flash) {
      const record = await store.record('session', id)
      if (!record) return
      const { flash: _old, ...body } = record.body
      await store.write([{ kind: 'session', id, body: { ...body, ...(flash && { flash }) } }])
    },
    async logOut({ id }) {
      await store.write([{ kind: 'session', id, remove: true }])
    },
    issueTrustedDeviceToken: () => markOf(newToken().slice(0, 16)),
    async isTrustedDevice(mark) {
      const known = Buffer.from(await markOf(mark.split('.')[0] ?? ''))
      return known.length === mark.length && timingSafeEqual(known, Buffer.from(mark))
    },
    async change(old, next) {
      const current = await kept()
      if (!current || given) return { '': 'The password is set by TAGFERRY_ADMIN_PASSWORD.' }
      if (!(await isPassword(old, current.password))) return { old: 'This is not the present password.' }
      const problem = passwordProblem(next, common)
      if (problem) return { next: problem }
      await setPassword(next, 'Password changed', await store.records('session'))
      return undefined
    },
    async forget() {
      const sessions = (await store.records('session')).map(({ id }) => ({ kind: 'session', id }) as const)
      const removals = [...sessions, { kind: 'setting', id: 'password' } as const]
      await store.write(
        removals.map((one) => ({ ...one, remove: true }) as const),
        { at: clock(), who: 'command line', what: 'Password removed' },
      )
    },
  }
}

function isOver({ body }: StoredRecord, now: number): boolean {
  const { createdAt, seenAt } = body as unknown as Kept
  return now - createdAt > absoluteMs || now - seenAt > idleMs
}
