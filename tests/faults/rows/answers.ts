// Rows of TikTok's answers: codes under HTTP 200, malformed bodies, redirects and compression bombs.
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { copyCollector } from '../../chaos/build-copy.js'
import { atMost, type Check, exactly, moreThan } from '../../chaos/check.js'
import type { Raw, Reply } from '../../chaos/sink.js'
import { close, listen } from '../../support/port.js'
import { type AnswerCase, countWrong, once, runAnswerCases, success } from '../answer-cases.js'
import type { Context, Row } from '../row.js'

const replyOf = (code: number): Reply => ({ code, message: `code ${code}` })

/** Documented codes by their effect on an event: sent again, sent again later, failed, or paused with its connection. */
const known: Record<'again' | 'wait' | 'refuse' | 'pause', number[]> = {
  again: [20001, 40101, 40102, 40200, 40201, 40202, 40700, 50000, 50002, 51000, 51010, 51012, 51305, 60001],
  wait: [40016, 40100, 40132, 51021, 61000],
  refuse: [40000, 40002, 40061, 40062],
  pause: [
    40001, 40003, 40006, 40007, 40051, 40063, 40103, 40104, 40105, 40106, 40107, 40110, 40113, 40117, 40118,
    40130, 40300, 40301, 40400, 41000,
  ],
}

function caseOf(code: number): AnswerCase {
  const name = String(code)
  if (known.pause.includes(code)) return { name, reply: () => replyOf(code), ends: 'pending' }
  if (known.refuse.includes(code)) return { name, reply: () => replyOf(code), ends: 'failed' }
  const isUnknownRefusal = code >= 40_000 && code < 50_000 && !Object.values(known).flat().includes(code)
  return isUnknownRefusal
    ? { name, reply: () => replyOf(code), ends: 'failed' }
    : { name, reply: once(replyOf(code)), ends: 'delivered' }
}

function randomCodes(count: number): number[] {
  const codes = new Set<number>()
  while (codes.size < count) codes.add(40_000 + Math.floor(Math.random() * 30_000))
  return [...codes]
}

const repeated: Raw = (response, book) => {
  book()
  response.end('{"code":40050,"message":"a repeat"}')
}

async function codes({ store, quick }: Context): Promise<Check[]> {
  const list = [...new Set([...Object.values(known).flat(), ...randomCodes(quick ? 20 : 200)])]
  const cases: AnswerCase[] = [
    ...list.map(caseOf),
    { name: '40050, a repeat', reply: () => repeated, ends: 'delivered' },
  ]
  const { found, checks } = await runAnswerCases({ store, cases })
  const paused = found.filter(({ name }) => known.pause.includes(Number(name)))
  const control = await runAnswerCases({
    store,
    cases: [{ ...caseOf(40002), ends: 'delivered' }],
    main: copyCollector('answerCode'),
  })
  return [
    ...checks,
    moreThan('codes', cases.length, 50),
    exactly('codes with another effect than in the table', countWrong(found), 0),
    exactly(
      'requests beyond the first under a refused token',
      paused.filter(({ at }) => at.length > 1).length,
      0,
    ),
    moreThan('control: called delivered when only HTTP 200 counts', control.count.delivered, 0),
  ]
}

const under =
  (status: number, text: string, headers: Record<string, string> = {}): Raw =>
  (response) =>
    response.writeHead(status, headers).end(text)

/** Sends a body of `mb` megabytes as far as it is read. @param sent gets the number of megabytes that were sent */
const sendBody =
  (mb: number, sent: (mb: number) => void): Raw =>
  (response) => {
    const { socket } = response
    const piece = Buffer.alloc(65_536, 'x')
    let left = mb * 16
    const more = () => {
      while (left > 0 && !response.destroyed) {
        left--
        if (!response.write(piece)) return
      }
      response.end()
    }
    response.on('drain', more)
    response.on('error', () => {})
    response.once('close', () => sent((socket?.bytesWritten ?? 0) / 1_048_576))
    response.writeHead(200, { 'content-type': 'application/json' })
    more()
  }

async function malformed({ store }: Context): Promise<Check[]> {
  let read = 0
  const bodies: Record<string, Reply> = {
    html: under(200, '<html>hello</html>'),
    empty: under(200, ''),
    null: under(200, 'null'),
    array: under(200, '[]'),
    truncated: under(200, '{"code":0,"mess'),
    'a string as the code': under(200, '{"code":"0"}'),
    'no content': under(204, ''),
    'ok under 500': under(500, '{"code":0}'),
    '50 MB': sendBody(50, (mb) => {
      read = mb
    }),
  }
  const cases = Object.entries(bodies).map(
    ([name, reply]): AnswerCase => ({ name, reply: once(reply), ends: 'delivered' }),
  )
  const { found, checks } = await runAnswerCases({ store, cases })
  let uncapped = 0
  const whole = sendBody(50, (mb) => {
    uncapped = mb
  })
  await runAnswerCases({
    store,
    cases: [{ name: 'control', reply: once(whole), ends: 'delivered' }],
    main: copyCollector('answerLimit'),
  })
  return [
    ...checks,
    exactly('answers after which events did not arrive', countWrong(found), 0),
    exactly('answers taken for a success', found.filter(({ at }) => at.length < 2).length, 0),
    atMost('MB read of an answer of 50', read, 15),
    atMost('control: MB left when nothing caps the read', 50 - uncapped, 0),
  ]
}

async function redirects({ store }: Context): Promise<Check[]> {
  const tokens: unknown[] = []
  const otherServer = createServer((request, response) => {
    tokens.push(request.headers['access-token'])
    response.end('{"code":0}')
  })
  const location = `http://127.0.0.1:${await listen(otherServer)}/`
  const cases = [301, 302, 303, 307, 308].map(
    (status): AnswerCase => ({
      name: String(status),
      reply: () => under(status, 'moved', { location }),
      ends: 'failed',
    }),
  )
  const { found, checks } = await runAnswerCases({ store, cases })
  const seen = tokens.length
  await runAnswerCases({
    store,
    cases: cases.slice(1, 2).map((redirect) => ({ ...redirect, ends: 'delivered' as const })),
    main: copyCollector('noRedirects'),
  })
  await close(otherServer)
  return [
    ...checks,
    exactly('redirects after which an event did not fail', countWrong(found), 0),
    exactly('requests at the other host', seen, 0),
    atMost('requests for an event', Math.max(...found.map(({ at }) => at.length)) / 2, 2),
    moreThan(
      'control: tokens at the other host when redirects are followed',
      tokens.filter(Boolean).length,
      0,
    ),
  ]
}

async function bombs({ store }: Context): Promise<Check[]> {
  const bomb = gzipSync(Buffer.alloc(200_000_000))
  const compressed =
    (encoding: string): Raw =>
    (response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb)
  const encodings = ['gzip', Array(7).fill('gzip').join(', '), Array(5_00).fill('br').join(','), 'zstd']
  const cases = encodings.map(
    (encoding): AnswerCase => ({
      name: `${encoding.slice(0, 20)}…`,
      reply: once(compressed(encoding)),
      ends: 'delivered',
    }),
  )
  const { found, checks, peakMb } = await runAnswerCases({ store, cases })
  const normal = await runAnswerCases({
    store,
    cases: [{ name: 'normal', reply: () => success, ends: 'delivered' }],
  })
  return [
    ...checks,
    exactly('answers after which events did not arrive', countWrong(found), 0),
    atMost('MB of memory more than without bombs of 190', peakMb - normal.peakMb, 100),
  ]
}

export const row5: Row = { row: 5, name: 'HTTP 200 with a code', run: codes }
export const row6: Row = { row: 6, name: 'HTTP 200 with nonsense', run: malformed }
export const row9: Row = { row: 9, name: 'redirects', run: redirects }
export const row13: Row = { row: 13, name: 'compression bomb in the answer', run: bombs }
