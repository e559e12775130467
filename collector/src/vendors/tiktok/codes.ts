/**
 * Classifies TikTok's responses: by return code, or by HTTP status where there is none.
 * Sources of the codes: `tiktok_code.py` of TikTok's business-api SDK, and reports of integrations on `event/track`.
 */

/**
 * - `ok` delivered
 * - `partial` some events of the request are refused
 * - `retry` an error at TikTok, which may have counted the events
 * - `throttle` too many requests: the whole connection waits
 * - `pause` the credentials are refused: the connection waits for new ones
 * - `reject` the content is refused
 */
export type CodeClass = 'ok' | 'partial' | 'retry' | 'throttle' | 'pause' | 'reject'

const classes: Readonly<Record<CodeClass, readonly number[]>> = {
  // 40050: a duplicate of an event that TikTok has.
  ok: [0, 40050],
  partial: [20001],
  retry: [40101, 40102, 40200, 40201, 40202, 40700, 50000, 50002, 51012, 60001],
  throttle: [40016, 40100, 40132, 51021, 61000],
  pause: [
    40001, 40003, 40006, 40007, 40051, 40063, 40103, 40104, 40105, 40106, 40107, 40110, 40113, 40117, 40118,
    40130, 40300, 40301, 40400, 41000,
  ],
  reject: [40000, 40002, 40061, 40062],
}

const byCode = new Map<number, CodeClass>(
  Object.entries(classes).flatMap(([name, codes]) => codes.map((code) => [code, name as CodeClass] as const)),
)

/** Classifies a return code. An unknown 4xxxx is a rejection, any other unknown code an error at TikTok. */
export function classOfCode(code: number): CodeClass {
  return byCode.get(code) ?? (code >= 40_000 && code < 50_000 ? 'reject' : 'retry')
}

/** Classifies a response without a return code by its HTTP status. */
export function classOfStatus(status: number): CodeClass {
  if (status === 429) return 'throttle'
  if (status === 401 || status === 403) return 'pause'
  if (status === 408 || status >= 500 || (status >= 200 && status < 300)) return 'retry'
  return 'reject'
}
