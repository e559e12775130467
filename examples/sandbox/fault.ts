/** Knows how `--fault` is written: `40105`, `502`, `429`, `slow=3000`, `hang`, `cut`, `cut-after`, with `x3` and `@30%`. */
import type { Answer } from '../stand-in/answers.js'

export const FAULT_HELP =
  'a code of TikTok (40105), an HTTP status (502), slow=MS, hang, drip, cut or cut-after; ' +
  'x3 behind it: three times, @30%: that share of the requests'

const WORDS: Readonly<Record<string, Answer>> = {
  hang: { kind: 'hang' },
  drip: { kind: 'drip' },
  cut: { kind: 'reset' },
  'cut-after': { kind: 'reset', taken: true },
}

const kindOf = (what: string): Answer | undefined => {
  if (Object.hasOwn(WORDS, what)) return WORDS[what]
  const slow = /^slow=(\d{1,6})$/.exec(what)?.[1]
  if (slow) return { kind: 'normal', delayMs: Number(slow) }
  if (/^\d{5}$/.test(what))
    return { kind: 'code', code: Number(what), ...(what === '20001' && { taken: true }) }
  return /^[2-5]\d\d$/.test(what) ? { kind: 'http', status: Number(what), body: 'html' } : undefined
}

/** The answer that the text orders, or undefined when it says nothing that is known. */
export const readFault = (text: string): Answer | undefined => {
  const parts = /^(?<what>[\w=-]+?)(?:x(?<next>[1-9]\d{0,4}))?(?:@(?<share>\d{1,2}|100)%)?$/.exec(
    text,
  )?.groups
  const answer = kindOf(parts?.what ?? '')
  if (!answer) return undefined
  const { next, share } = parts ?? {}
  return {
    ...answer,
    ...(next && { next: Number(next) }),
    ...(share && { probability: Number(share) / 100 }),
  }
}
