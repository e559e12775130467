/** Knows which access token may use which pixels. */

export interface Tokens {
  /** Adds a token, or changes the pixels of one. */
  allow(token: string, pixels: readonly string[]): void
  /** From now on the token is answered 40105. */
  revoke(token: string): void
  knows(token: string): boolean
  mayUse(token: string, pixel: string): boolean
}

export const createTokens = (initial: Record<string, readonly string[]> = {}): Tokens => {
  const pixelsOf = new Map(Object.entries(initial).map(([token, pixels]) => [token, new Set(pixels)]))
  return {
    allow: (token, pixels) => void pixelsOf.set(token, new Set(pixels)),
    revoke: (token) => void pixelsOf.delete(token),
    knows: (token) => pixelsOf.has(token),
    mayUse: (token, pixel) => pixelsOf.get(token)?.has(pixel) ?? false,
  }
}

/** The last four characters; the rest never leaves the stand-in. */
export const masked = (token: string | undefined): string => (token ? `••••${token.slice(-4)}` : '')
