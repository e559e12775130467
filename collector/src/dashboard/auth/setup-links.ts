/** Issues one-time set-up links, with which the owner sets the first password. */
import type { Put, Records } from '../../store/records.js'
import { dayMs } from '../../time.js'
import { hashToken, newToken } from './token.js'

export interface SetupLinks {
  /** Returns the token of a new link, valid for a day. */
  create(): Promise<string>
  isValid(token: string): Promise<boolean>
}

const validMs = dayMs
const maxValid = 8
const linksRecord = { kind: 'setting', id: 'invitations' } as const

/** Invalidates all links. */
export const setupLinksReset: Put = { ...linksRecord, body: { hashes: {} } }

/** @param clock Unix milliseconds */
export function createSetupLinks(store: Pick<Records, 'record' | 'write'>, clock: () => number): SetupLinks {
  /** Hashes of the tokens, each with its time of issue in Unix milliseconds. */
  async function valid(): Promise<[hash: string, issuedAt: number][]> {
    const record = await store.record(linksRecord.kind, linksRecord.id)
    const hashes = (record?.body.hashes ?? {}) as Record<string, number>
    return Object.entries(hashes).filter(([, issuedAt]) => issuedAt > clock() - validMs)
  }
  return {
    async create() {
      const token = newToken()
      const others = (await valid()).slice(1 - maxValid)
      const hashes = Object.fromEntries([...others, [hashToken(token), clock()]])
      await store.write([{ ...linksRecord, body: { hashes } }])
      return token
    },
    isValid: async (token) => (await valid()).some(([hash]) => hash === hashToken(token)),
  }
}
