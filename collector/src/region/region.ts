/** Opens all sources of a visitor's place: the embedded table, the owner's database, a proxy's headers. */

import { type Geoip, openGeoip } from './geoip.js'
import type { HeaderSettings } from './headers.js'
import { createLocate, type Locate } from './locate.js'
import { ageInMonths, loadTable, type Table } from './table.js'

export interface RegionSettings {
  geoHeaders: HeaderSettings['format']
  geoCountryHeader?: string | undefined
  geoRegionHeader?: string | undefined
  /** Path of the owner's `.mmdb`. */
  geoipDb?: string | undefined
}

export interface Region {
  locate: Locate
  /** Source, day, licence and age of the embedded table; absent without a table. */
  about(now: number): { source: string; built: string; licence: string; ageMonths: number } | undefined
  close(): void
}

/** Data of this age misplace a tenth of the US addresses. */
const maxAgeMonths = 6

const noTable: Pick<Table, 'codeOf'> & { header: Pick<Table['header'], 'names'> } = {
  header: { names: [''] },
  codeOf: () => 0,
}

/**
 * @param tablePath the embedded table; without it the collector runs and places are unknown
 * @throws Error with a sentence for the owner where the database of TAGFERRY_GEOIP_DB cannot be used
 */
export async function openRegion(
  settings: RegionSettings,
  tablePath: string,
  { clock, log }: { clock: () => number; log: { warn(fields: object, message: string): void } },
): Promise<Region> {
  const { geoHeaders: format, geoCountryHeader: country, geoRegionHeader: region, geoipDb } = settings
  const headers = { format, country, region }
  let geoip: Geoip | undefined
  if (geoipDb !== undefined) {
    const opened = await openGeoip(geoipDb, { warn: (message) => log.warn({}, message) })
    if (!opened.ok) throw new Error(opened.problem)
    geoip = opened.geoip
  }
  const loaded = await loadTable(tablePath)
  const table = loaded.ok ? loaded.table : undefined
  if (!loaded.ok) log.warn({}, loaded.problem)
  const about: Region['about'] = (now) => {
    if (!table) return undefined
    const { source, built, licence } = table.header
    return { source, built, licence, ageMonths: ageInMonths(built, now) }
  }
  const age = about(clock())?.ageMonths ?? 0
  if (age >= maxAgeMonths && !geoip) {
    log.warn({ ageMonths: age }, 'The region table is old: update tagferry, or set TAGFERRY_GEOIP_DB.')
  }
  return {
    locate: createLocate({ table: table ?? noTable, geoip, headers }),
    about,
    close: () => geoip?.close(),
  }
}
