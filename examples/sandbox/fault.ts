/** Parses `--fault`: `40105`, `502`, `429`, `slow=3000`, `hang`, `cut`, `cut-after`, each with `x3` and `@30%`. */
import type { Answer } from '../stand-in/answers.js'

export const FAULT_HELP =
  'a code of TikTok (40105), an HTTP status (502), slow=MS, hang, drip, cut or cut-after; ' +
  'with x3: three times, with @30%: that share of the requests'

const NAMED_FAULTS: Readonly<Record<string, Answer>> = {
  hang: { kind: 'hang' },
  drip: { kind: 'drip' },
  cut: { kind: 'reset' },
  'cut-after': { kind: 'reset', taken: true },
}

const answerOf = (kind: string): Answer | undefined => {
  if (Object.hasOwn(NAMED_FAULTS, kind)) return NAMED_FAULTS[kind]
  const slow = /^slow=(\d{1,6})$/.exec(kind)?.[1]
  if (slow) return { kind: 'normal', delayMs: Number(slow) }
  if (/^\d{5}$/.test(kind))
    return { kind: 'code', code: Number(kind), ...(kind === '20001' && { taken: true }) }
  return /^[2-5]\d\d$/.test(kind) ? { kind: 'http', status: Number(kind), body: 'html' } : undefined
}

/** The simulated answer for a fault; undefined for an invalid text. */
export const parseFault = (text: string): Answer | undefined => {
  const parts = /^(?<kind>[\w=-]+?)(?:x(?<next>[1-9]\d{0,4}))?(?:@(?<share>\d{1,2}|100)%)?$/.exec(
    text,
  )?.groups
  const answer = answerOf(parts?.kind ?? '')
  if (!answer) return undefined
  const { next, share } = parts ?? {}
  return {
    ...answer,
    ...(next && { next: Number(next) }),
    ...(share && { probability: Number(share) / 100 }),
  }
}
