/** Validates TikTok's ids of clicks and of browsers. They are used unchanged or not at all. */

/** The click id, or nothing if it is too long, has other characters or is a placeholder. */
export function validClickId(value: string | undefined): string | undefined {
  if (value === undefined || value === '__CLICKID__' || value === '_CLICKID_') return undefined
  return /^[A-Za-z0-9._-]{1,1000}$/.test(value) ? value : undefined
}

/** The pixel's browser id (cookie `_ttp`), or nothing if it is too long or has other characters. */
export function validTtp(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9._-]{1,256}$/.test(value) ? value : undefined
}
