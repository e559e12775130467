/** How TikTok's ids of a click and of a browser look; they are kept as they are or not at all. */

/** TikTok's click id, unchanged; one that is too long, has other characters or is a placeholder is left out. */
export function validClickId(value: string | undefined): string | undefined {
  if (value === undefined || value === '__CLICKID__' || value === '_CLICKID_') return undefined
  return /^[A-Za-z0-9._-]{1,1000}$/.test(value) ? value : undefined
}

/** The pixel's `_ttp` cookie, unchanged. */
export function validTtp(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9._-]{1,256}$/.test(value) ? value : undefined
}
