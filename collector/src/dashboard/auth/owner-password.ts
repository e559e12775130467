/** Reads and replaces the owner's password: that of the environment, else the stored one. */
import type { Records, Removal } from '../../store/records.js'
import { hashPassword, type StoredPassword } from './password.js'
import { setupLinksReset } from './setup-links.js'
import { hashToken } from './token.js'

export interface CurrentPassword {
  password: StoredPassword
  /** Differs between passwords. A session ends when its epoch is not the current one. */
  epoch: string
}

export interface OwnerPassword {
  /** Set by TAGFERRY_ADMIN_PASSWORD. */
  managedByEnv: boolean
  current(): Promise<CurrentPassword | undefined>
  /**
   * Stores another password. Ends all sessions and all set-up links.
   * @param what line of the change log
   */
  replace(password: string, what: string): Promise<void>
  /** Removes the stored password. Ends all sessions. */
  remove(): Promise<void>
}

export interface OwnerPasswordDeps {
  store: Pick<Records, 'records' | 'record' | 'write'>
  /** Unix milliseconds. */
  clock: () => number
  /** TAGFERRY_ADMIN_PASSWORD. */
  password: string | undefined
}

const passwordRecord = { kind: 'setting', id: 'password' } as const

export async function openOwnerPassword(deps: OwnerPasswordDeps): Promise<OwnerPassword> {
  const { store, clock, password } = deps
  const ofEnv: CurrentPassword | undefined =
    password === undefined
      ? undefined
      : { password: await hashPassword(password), epoch: hashToken(`password\n${password}`) }
  return {
    managedByEnv: ofEnv !== undefined,
    current: async () => ofEnv ?? readStored(store),
    async replace(next, what) {
      const secret = JSON.stringify(await hashPassword(next))
      await store.write(
        [...(await sessionRemovals(store)), { ...passwordRecord, body: {}, secret }, setupLinksReset],
        { at: clock(), who: 'owner', what },
      )
    },
    async remove() {
      await store.write([...(await sessionRemovals(store)), { ...passwordRecord, remove: true }], {
        at: clock(),
        who: 'command line',
        what: 'Password removed',
      })
    },
  }
}

async function readStored(store: Pick<Records, 'record'>): Promise<CurrentPassword | undefined> {
  const record = await store.record(passwordRecord.kind, passwordRecord.id)
  // Without its encryption key the password is lost: the owner sets another one by a set-up link.
  if (!record?.secret) return undefined
  return { password: JSON.parse(record.secret), epoch: String(record.version) }
}

async function sessionRemovals(store: Pick<Records, 'records'>): Promise<Removal[]> {
  const sessions = await store.records('session')
  return sessions.map(({ id }) => ({ kind: 'session', id, remove: true }))
}
