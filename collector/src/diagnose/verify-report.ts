/** Reads the report of a script about its page. Unknown and malformed fields are dropped: script versions differ. */
import { z } from 'zod'

const lenient = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined)

const schema = z.object({
  /** Version of the script. */
  version: lenient(z.string()),
  /** `data-site` of the tag. */
  site: lenient(z.string()),
  /** Of the page, such as `https://shop.example`. */
  origin: lenient(z.string()),
  /** Where the tag is. */
  tag_in: lenient(z.enum(['head', 'body'])),
  /** How many tags the page has. */
  copies: lenient(z.number()),
  /** The shortest domain on which the browser keeps a cookie; '' if it keeps none. */
  cookie_domain: lenient(z.string()),
  /** Whether the browser sends Global Privacy Control. */
  gpc: lenient(z.boolean()),
  /** Whether the landing address contained a click id. */
  ttclid_seen: lenient(z.boolean()),
  /** What the Content Security Policy has blocked, such as `connect-src https://collector.example`. */
  violations: lenient(z.string()),
})

export type VerifyReport = z.infer<typeof schema> & {
  /** When the report arrived, Unix milliseconds. */
  at: number
}

/** Id of the record of kind `setting` that holds the last handshake of a site and its report. */
export const verifyRecordId = (site: string) => `verify:${site}`

/** @param body of the record; gives nothing as long as it holds no report */
export function readVerifyReport(
  body: { report?: unknown; at?: unknown } | undefined,
): VerifyReport | undefined {
  const read = schema.safeParse(body?.report)
  return read.success && typeof body?.at === 'number' ? { ...read.data, at: body.at } : undefined
}
