/** What the script said of a page that it was asked to verify, read with care: another version may say more, or less. */
import { z } from 'zod'

/** Anything that is not as expected is left out. */
const lenient = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined)

const schema = z.object({
  /** Of the script. */
  version: lenient(z.string()),
  /** As the tag says it. */
  site: lenient(z.string()),
  /** Of the page, such as `https://shop.example`. */
  origin: lenient(z.string()),
  /** Where the tag stands. */
  tag_in: lenient(z.enum(['head', 'body'])),
  /** How many tags there are. */
  copies: lenient(z.number()),
  /** The shortest domain that keeps a cookie; '' when none does. */
  cookie_domain: lenient(z.string()),
  gpc: lenient(z.boolean()),
  /** Whether the landing address had a click id in it. */
  ttclid_seen: lenient(z.boolean()),
  /** What the Content Security Policy has blocked, such as `connect-src https://collector.example`. */
  violations: lenient(z.string()),
})

/** With the time of its arrival, Unix milliseconds. */
export type VerifyReport = z.infer<typeof schema> & { at: number }

/** The record of kind `setting` that holds what a site was asked, and its answer. */
export const verifyRecordId = (site: string) => `verify:${site}`

/** @param body of the record; nothing while there is no answer */
export function readVerifyReport(
  body: { report?: unknown; at?: unknown } | undefined,
): VerifyReport | undefined {
  const read = schema.safeParse(body?.report)
  return read.success && typeof body?.at === 'number' ? { ...read.data, at: body.at } : undefined
}
