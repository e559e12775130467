/** Authenticates the owner: by the password, a one-time set-up link, or a session. */
import type { Records } from '../../store/records.js'
import { openOwnerPassword } from './owner-password.js'
import { hashPassword, isPassword, passwordProblem } from './password.js'
import { createSessionRecords, type Session } from './session-records.js'
import { createSetupLinks } from './setup-links.js'
import { createTrustedDevices } from './trusted-devices.js'

export interface Auth {
  /** TAGFERRY_ADMIN_PASSWORD sets the password: it cannot be changed here. */
  managedByEnv: boolean
  /** There is no password: only a set-up link opens the dashboard. */
  needsSetUp(): Promise<boolean>
  /** Returns the token of a new one-time link, valid for a day. */
  createSetupLink(): Promise<string>
  isValidSetupToken(token: string): Promise<boolean>
  /** Sets the password, and uses the token up. Returns what is wrong, as a sentence for the owner. */
  setUp(token: string, password: string): Promise<string | undefined>
  /** Returns the token of a new session; undefined for a wrong password. */
  logIn(password: string): Promise<string | undefined>
  /** @param token from the browser's cookie */
  findSession(token: string): Promise<Session | undefined>
  /** Sets the message for the session's next page; undefined removes it. */
  setFlashMessage(session: Session, message: string | undefined): Promise<void>
  logOut(session: Session): Promise<void>
  /** Returns a token for a browser that has logged in. Its attempts are limited apart from those of others. */
  issueTrustedDeviceToken(): Promise<string>
  isTrustedDevice(token: string): Promise<boolean>
  /** Ends all sessions. Returns what is wrong, as sentences for the owner by form field. */
  changePassword(old: string, next: string): Promise<Record<string, string> | undefined>
  /** Removes the stored password and ends all sessions: only a set-up link opens the dashboard then. */
  removePassword(): Promise<void>
}

export interface AuthDeps {
  store: Pick<Records, 'records' | 'record' | 'write'>
  /** Unix milliseconds. */
  clock: () => number
  /** TAGFERRY_ADMIN_PASSWORD. */
  password: string | undefined
  /** Passwords that attackers try first, in lower case. */
  common: ReadonlySet<string>
}

export async function createAuth(deps: AuthDeps): Promise<Auth> {
  const { store, clock, common } = deps
  const ownerPassword = await openOwnerPassword(deps)
  const { managedByEnv, current } = ownerPassword
  const setupLinks = createSetupLinks(store, clock)
  const sessions = createSessionRecords(store, clock)
  const trustedDevices = createTrustedDevices(store)
  return {
    managedByEnv,
    needsSetUp: async () => (await current()) === undefined,
    createSetupLink: setupLinks.create,
    isValidSetupToken: setupLinks.isValid,
    async setUp(token, password) {
      if (managedByEnv || !(await setupLinks.isValid(token)))
        return 'This link has been used, or is older than a day.'
      const problem = passwordProblem(password, common)
      if (problem === undefined) await ownerPassword.replace(password, 'Password set')
      return problem
    },
    async logIn(attempt) {
      const stored = await current()
      if (!stored) {
        // The response time must not tell whether a password has been set.
        await hashPassword(attempt)
        return undefined
      }
      return (await isPassword(attempt, stored.password)) ? sessions.open(stored.epoch) : undefined
    },
    findSession: async (token) => sessions.find(token, (await current())?.epoch),
    setFlashMessage: sessions.setFlashMessage,
    logOut: sessions.end,
    issueTrustedDeviceToken: trustedDevices.issueToken,
    isTrustedDevice: trustedDevices.isTrusted,
    async changePassword(old, next) {
      const stored = await current()
      if (!stored || managedByEnv) return { '': 'The password is set by TAGFERRY_ADMIN_PASSWORD.' }
      if (!(await isPassword(old, stored.password))) return { old: 'This is not the present password.' }
      const problem = passwordProblem(next, common)
      if (problem) return { next: problem }
      await ownerPassword.replace(next, 'Password changed')
      return undefined
    },
    removePassword: ownerPassword.remove,
  }
}
