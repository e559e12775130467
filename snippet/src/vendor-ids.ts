/**
 * Gives click.ts the names of one click id: those of the first row of the shared table. The build includes click.ts once
 * for each click id of the table, each with constants of its own instead of this file (`clickIdModules` in
 * rollup.config.mjs).
 */
import { clickIds } from '../../collector/src/click-ids.js'

export const [{ key: clickKey, parameter, cookie: clickCookie, pattern: clickPattern }, browserId] = clickIds
export const { key: browserKey, cookie: browserCookie } = browserId
