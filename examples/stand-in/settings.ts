/** Knows how strict the stand-in is and how far its clock runs ahead, for each pixel or for all. */
import { at, isObject } from './json.js'

export interface Settings {
  /** `false`: as TikTok today; `true`: also refuses plain personal data (40062). */
  strict: boolean
  /** Milliseconds by which the clock runs ahead; 48 h pass without waiting. */
  clockOffsetMs: number
}

export interface PixelSettings extends Settings {
  /** A pixel code, or `*`: all pixels without settings of their own. */
  pixel: string
}

export interface SettingsBook {
  of(pixel: string): Settings
  set(pixel: string, change: Partial<Settings>): void
  list(): PixelSettings[]
}

/** Some 30 years either way: far beyond every window, and still a date. */
const FARTHEST_MS = 1e12

/** The change, or what is wrong with it. */
export const readSettings = (
  body: unknown,
): { pixel: string; change: Partial<Settings> } | { problem: string } => {
  if (!isObject(body)) return { problem: 'The body must be a JSON object.' }
  const { pixel = '*', strict, clockOffsetMs, ...rest } = body
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) return { problem: `${unknown} is no setting.` }
  if (typeof pixel !== 'string' || pixel === '') return { problem: 'pixel must be a non-empty string.' }
  if (strict !== undefined && typeof strict !== 'boolean') return { problem: 'strict must be true or false.' }
  const offset = at(body, 'clockOffsetMs')
  if (offset !== undefined && !(typeof offset === 'number' && Math.abs(offset) <= FARTHEST_MS))
    return { problem: 'clockOffsetMs must be a number of milliseconds.' }
  return {
    pixel,
    change: {
      ...(strict !== undefined && { strict }),
      ...(typeof clockOffsetMs === 'number' && { clockOffsetMs }),
    },
  }
}

export const createSettings = (strict: boolean): SettingsBook => {
  const standard: Settings = { strict, clockOffsetMs: 0 }
  const book = new Map<string, Settings>([['*', standard]])
  const of = (pixel: string) => book.get(pixel) ?? book.get('*') ?? standard
  return {
    of,
    set: (pixel, change) => void book.set(pixel, { ...of(pixel), ...change }),
    list: () => Array.from(book, ([pixel, settings]) => ({ pixel, ...settings })),
  }
}
