/** Signs tokens for browsers that have logged in, so that strangers' failed attempts do not lock them out. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Records } from '../../store/records.js'
import { newToken } from './token.js'

export interface TrustedDevices {
  issueToken(): Promise<string>
  isTrusted(token: string): Promise<boolean>
}

const signingKeyRecord = { kind: 'setting', id: 'marks' } as const
const idLength = 16

export function createTrustedDevices(store: Pick<Records, 'record' | 'write'>): TrustedDevices {
  /** A token is an id with its signature, such as `aB3…x9.kJ…Q`. */
  async function sign(id: string): Promise<string> {
    // Writes only where there is no key yet.
    await store.write([{ ...signingKeyRecord, body: {}, secret: newToken(), seen: 0 }])
    const record = await store.record(signingKeyRecord.kind, signingKeyRecord.id)
    const key = record?.secret ?? newToken()
    return `${id}.${createHmac('sha256', key).update(id).digest('base64url')}`
  }
  return {
    issueToken: () => sign(newToken().slice(0, idLength)),
    async isTrusted(token) {
      const [id = ''] = token.split('.')
      const expected = Buffer.from(await sign(id))
      const actual = Buffer.from(token)
      return expected.length === actual.length && timingSafeEqual(expected, actual)
    },
  }
}
