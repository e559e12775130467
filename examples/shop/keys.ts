/** Lists the keys that connect the shop, the collector and the stand-in. They are valid in the sandbox only. */

/** Public site key, sent by sandboxed frames, which have no origin. */
export const SITE_KEY = 'little-harbour'

/** API key of the shop's server. The example pages show it; a real shop must keep it secret. */
export const API_KEY = 'little-harbour-server'

/** Pixel code at the stand-in. */
export const PIXEL_CODE = 'CHRTV0567FRME7OQ5DI0'

/** A second domain of the shop, on plain http. */
export const PLAIN_DOMAIN = 'example.test'
