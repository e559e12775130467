/** How the owner's password is kept and compared: scrypt, two at a time, so that guessing cannot eat the memory. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

export interface StoredPassword {
  salt: string
  hash: string
}

/** OWASP lists these beside N = 2^17, p = 1: 32 MiB each. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1_024 * 1_024 }
const atOnce = 2
/** 15 and more are advised (ASVS 6.2.1). */
const shortest = 8
const longest = 1_000

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: string): Promise<Buffer> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
  try {
    return await new Promise((resolve, reject) => {
      const done = (error: Error | null, key: Buffer) => (error ? reject(error) : resolve(key))
      scrypt(password.slice(0, longest).normalize('NFKC'), Buffer.from(salt, 'base64'), 32, cost, done)
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

/** Why it is no good, in words for the owner. @param common the passwords that are tried first */
export function passwordProblem(password: string, common: ReadonlySet<string>): string | undefined {
  if (password.length < shortest)
    return `A password has at least ${shortest} characters; four or five words together are easy to keep in mind.`
  if (password.length > longest) return `A password has at most ${longest} characters.`
  if (common.has(password.toLowerCase()) || new Set(password).size < 4)
    return 'This password is among those that are tried first. Take another one.'
  return undefined
}
