/** Stores which access token may use which pixels. */

export interface Tokens {
  /** Adds a token, or replaces its pixels. */
  allow(token: string, pixels: readonly string[]): void
  /** Removes a token; its requests are answered 40105. */
  revoke(token: string): void
  has(token: string): boolean
  canUse(token: string, pixel: string): boolean
}

export const createTokens = (initial: Record<string, readonly string[]> = {}): Tokens => {
  const pixelsOf = new Map(Object.entries(initial).map(([token, pixels]) => [token, new Set(pixels)]))
  return {
    allow: (token, pixels) => void pixelsOf.set(token, new Set(pixels)),
    revoke: (token) => void pixelsOf.delete(token),
    has: (token) => pixelsOf.has(token),
    canUse: (token, pixel) => pixelsOf.get(token)?.has(pixel) ?? false,
  }
}

/** Shows only the last four characters of a token. */
export const maskToken = (token: string | undefined): string => (token ? `••••${token.slice(-4)}` : '')
