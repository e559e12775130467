/**
 * Lists the ids by which vendors recognise a click or a browser. A further vendor adds its rows here. This file imports
 * nothing, because the script is built from it too.
 */

export interface ClickId {
  /** Key in `user` of a request body, of a stored event and of the reports. */
  key: string
  /** Name of the vendor that made the id. */
  vendor: string
  /**
   * Parameter of the landing page's address. Script and collector store such a click id as `tagferry_<key>`. Absent for
   * the id of a browser, which no address has.
   */
  parameter?: string
  /** Cookie of the vendor's own pixel. It is only read. */
  cookie?: string
  /** Form of a valid id. Ids are never changed: one of another form is left out. */
  pattern: RegExp
}

export const clickIds = [
  {
    key: 'ttclid',
    vendor: 'tiktok',
    parameter: 'ttclid',
    cookie: 'ttclid',
    // Rejects placeholders such as `__CLICKID__`, which come from previews and misconfigured ads.
    pattern: /^(?!_+CLICKID_+$)[\w.-]{1,1000}$/,
  },
  { key: 'ttp', vendor: 'tiktok', cookie: '_ttp', pattern: /^[\w.-]{1,256}$/ },
] as const satisfies readonly ClickId[]

export type ClickIdKey = (typeof clickIds)[number]['key']

/** Ids of a click or a browser, by key. */
export type ClickIdValues = Partial<Record<ClickIdKey, string>>

/** The rows of a table as the collector uses them: a test may add rows, whose keys the type does not know. */
export type ClickIdTable = readonly (ClickId & { key: ClickIdKey })[]
