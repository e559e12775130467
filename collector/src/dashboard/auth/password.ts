/** Hashes and compares passwords with scrypt, two at a time so that log-in attempts cannot exhaust the memory. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

export interface StoredPassword {
  /** Base64. */
  salt: string
  /** Base64. */
  hash: string
}

/** One of OWASP's equivalents to N = 2^17, p = 1; needs 32 MiB. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1_024 * 1_024 }
const maxConcurrent = 2
/** ASVS 6.2.1 demands 8 and recommends 15. */
const minLength = 8
const maxLength = 1_000
const minDistinct = 4

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: string): Promise<Buffer> {
  if (running >= maxConcurrent) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
  try {
    return await new Promise((resolve, reject) => {
      const done = (error: Error | null, key: Buffer) => (error ? reject(error) : resolve(key))
      scrypt(password.slice(0, maxLength).normalize('NFKC'), Buffer.from(salt, 'base64'), 32, cost, done)
    })
  } finally {
    running--
    waiting.shift()?.()
  }
}

export async function hashPassword(password: string): Promise<StoredPassword> {
  const salt = randomBytes(16).toString('base64')
  return { salt, hash: (await derive(password, salt)).toString('base64') }
}

export async function isPassword(password: string, { salt, hash }: StoredPassword): Promise<boolean> {
  return timingSafeEqual(await derive(password, salt), Buffer.from(hash, 'base64'))
}

/**
 * Why a new password is refused, as a sentence for the owner; undefined for a good one.
 * @param common passwords that attackers try first, in lower case
 */
export function passwordProblem(password: string, common: ReadonlySet<string>): string | undefined {
  if (password.length < minLength)
    return `A password has at least ${minLength} characters; four or five words together are easy to keep in mind.`
  if (password.length > maxLength) return `A password has at most ${maxLength} characters.`
  if (common.has(password.toLowerCase()) || new Set(password).size < minDistinct)
    return 'This password is among those that are tried first. Take another one.'
  return undefined
}
