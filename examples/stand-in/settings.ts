/** Stores the strictness and the clock offset of each pixel, or of all pixels. */
import { at, isObject } from './json.js'

export interface Settings {
  /** `true` also refuses plain personal data (40062); `false` behaves as TikTok does today. */
  strict: boolean
  /** Milliseconds added to the clock, for tests of the 48 h window. */
  clockOffsetMs: number
}

export interface PixelSettings extends Settings {
  /** A pixel code, or `*`: all pixels without settings of their own. */
  pixel: string
}

export interface PixelSettingsStore {
  of(pixel: string): Settings
  set(pixel: string, change: Partial<Settings>): void
  list(): PixelSettings[]
}

/** About 30 years, which is beyond every window and still a valid date. */
const MAX_CLOCK_OFFSET_MS = 1e12

/** The change, or the problem of the body. */
export const parseSettings = (
  body: unknown,
): { pixel: string; change: Partial<Settings> } | { problem: string } => {
  if (!isObject(body)) return { problem: 'The body must be a JSON object.' }
  const { pixel = '*', strict, clockOffsetMs, ...rest } = body
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) return { problem: `${unknown} is no setting.` }
  if (typeof pixel !== 'string' || pixel === '') return { problem: 'pixel must be a non-empty string.' }
  if (strict !== undefined && typeof strict !== 'boolean') return { problem: 'strict must be true or false.' }
  const offset = at(body, 'clockOffsetMs')
  if (offset !== undefined && !(typeof offset === 'number' && Math.abs(offset) <= MAX_CLOCK_OFFSET_MS))
    return { problem: 'clockOffsetMs must be a number of milliseconds.' }
  return {
    pixel,
    change: {
      ...(strict !== undefined && { strict }),
      ...(typeof clockOffsetMs === 'number' && { clockOffsetMs }),
    },
  }
}

export const createSettings = (strict: boolean): PixelSettingsStore => {
  const defaults: Settings = { strict, clockOffsetMs: 0 }
  const settingsByPixel = new Map<string, Settings>([['*', defaults]])
  const of = (pixel: string) => settingsByPixel.get(pixel) ?? settingsByPixel.get('*') ?? defaults
  return {
    of,
    set: (pixel, change) => void settingsByPixel.set(pixel, { ...of(pixel), ...change }),
    list: () => Array.from(settingsByPixel, ([pixel, settings]) => ({ pixel, ...settings })),
  }
}
