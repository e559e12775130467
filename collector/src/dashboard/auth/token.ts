/** Makes random tokens, of which only a hash is stored. */
import { createHash, randomBytes } from 'node:crypto'

/** 256 bits in base64url. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** SHA-256 in base64url. A random token needs no salt and no slow hash. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')
