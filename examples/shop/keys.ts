/** Knows by which keys the collector knows this shop. Made up: they open nothing but the sandbox. */

/** Public, in the page: what sandboxed frames show instead of an origin. */
export const SITE_KEY = 'little-harbour'

/** Secret of the shop's server; never in a real page, unlike here. */
export const API_KEY = 'little-harbour-server'

/** The stand-in's pixel. */
export const PIXEL_CODE = 'CHRTV0567FRME7OQ5DI0'

/** A second domain of the shop, on plain http. */
export const PLAIN_DOMAIN = 'example.test'
