// Knows how the built collector is copied, and how a defence is taken out of such a copy: the control of a proof.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryDir } from '../support/temporary.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What stands in the built code, and what in a copy without the defence. */
const safeguards = {
  /** A 202 only after the commit. */
  commit: [
    /await (deps\.store\.append\(taken\.map\(\(\{ entry \}\) => entry\)\))/,
    "($1.catch(() => {}), taken.map(() => 'stored'))",
  ],
  /** The commit is on disk when it returns. */
  sync: [/pragma synchronous = full/, 'pragma synchronous = normal'],
  /** The same of PostgreSQL: with other settings the collector does not start. */
  syncCommit: [/row\?\.commit !== 'on' && row\?\.commit !== 'remote_apply'/, 'false'],
  /** An error of PostgreSQL may pass. */
  transient: [/error instanceof ConnectionTrouble \|\|/, 'false &&'],
  /** A statement that is not answered ends. */
  patience: [/query_timeout: answerMs/, 'query_timeout: 0'],
  /** A refused batch is split until the bad event is alone. */
  halving: [/case 'refused':\s*if \(answer\.batch\.length > 1\)/, "case 'refused': if (false)"],
  /** Refused credentials are no event's fault. */
  pause: [/return pause(?:\$\d+)?\(state, answer, moment\)/, 'return planRetry(state, answer, moment)'],
  /** TikTok refuses with HTTP 200: only the body's code counts. */
  code: [/: classOfCode\(response\.code\)/, ": status < 300 ? 'ok' : classOfCode(response.code)"],
  /** What did not arrive is sent again. */
  retry: [
    /\.\.\.settlement, reason: outcome\.kind/,
    "id: settlement.id, state: 'failed', reason: outcome.kind",
  ],
  /** What is claimed is nobody else's for a while. */
  lease: [
    /update deliveries set due_at = \$5, lease = \$6/,
    'update deliveries set due_at = least($5, due_at), lease = $6',
  ],
  /** Only the holder of a lease settles. */
  fence: [/ and held\.lease = \$1/, ' and $1::text is not null'],
  /** TikTok refuses under HTTP 200: the code counts. */
  codes: [/classOfCode\(response\.code\)/, "'ok'"],
  /** No more than the start of an answer is read. */
  cap: [/maxResponseBytes = 64 \* 1_?024/, 'maxResponseBytes = 1e9'],
  /** A redirect is not followed. */
  stay: [
    /pool\.request\(\{/,
    `new (await import('undici')).Agent()
      .compose((await import('undici')).interceptors.redirect({ maxRedirections: 3 })).request({ origin,`,
  ],
  /** A failing connection waits. */
  wait: [/notBefore: uptime \+ waitMs/, 'notBefore: 0'],
  /** No other certificate in the middle of a connection. */
  renegotiation: [/constants(?:\$\d+)?\.SSL_OP_NO_RENEGOTIATION/, '0'],
  /** A hanging request does not keep the process. */
  cut: [/(drainGraceMs|totalMs) = (?:3|10)_?000/, '$1 = 60000'],
  /** Only the holder of the token settles. */
  fencing: [/and lease = \? returning attempts/, 'and coalesce(?, 1) is not null returning attempts'],
  /** What one has claimed no other can. */
  hold: [
    /update deliveries set due_at = \?, lease = \?/,
    'update deliveries set due_at = min(due_at, ?), lease = ?',
  ],
  /** The first of two events with one id stays. */
  dedup: [/where events\.skip_reason is not null and excluded\.skip_reason is null/, ''],
  /** The oldest is claimed first. */
  line: [/order by due_at, event limit/, 'order by due_at desc, event desc limit'],
  /** A paused connection sends nothing but a probe. */
  paused: [/pausedUntil\.get\(site, vendor, fingerprint\) !== undefined/, 'false'],
  /** What somebody sent before they took back their consent stays here. */
  consent: [/anyWithdrawal\.get\(site\)/, 'false'],
  /** What waits does not leave, however old. */
  waiting: [/remove\(old\.filter\(\(\{ waits \}\) => waits === 0\)\)/, 'remove(old)'],
  /** What another key has sealed is not taken for nothing. */
  root: [/if \(!record\?\.secret\)\s*throw/, "if (!record.secret) return 'made up'; if (false) throw"],
  /** A log that cannot be written is no reason to end. */
  log: [/stream\.on\('error', \(\) => \{\s*\}\)/, ''],
  /** A damaged file is not opened. */
  quick: [/found !== 'ok'/, 'false'],
  /** What a disk has changed is not sent. */
  sum: [/Number\(sum\) === sumOf\(/, 'Number(sum) > 0 || sumOf('],
  /** A migration is applied whole: its number and all of its statements in one transaction. */
  whole: [/database\.exec\('begin immediate'\)/, ''],
  /** The same of PostgreSQL. */
  wholePostgres: [
    /database\.transaction\((?=async \(query\) => \{\s*(?:\/\/.*\s*)?await query\('select pg_advisory_xact_lock)/,
    '((work) => work(database.query))(',
  ],
} as const satisfies Record<string, readonly [RegExp, string]>

export type Safeguard = keyof typeof safeguards

/** Copies the build, so that nobody's next build disturbs the proof; gives the path of its `main.js`. */
export function copyCollector(without?: Safeguard): string {
  const copy = temporaryDir()
  const dist = join(copy, 'collector/dist')
  mkdirSync(join(copy, 'snippet'), { recursive: true })
  cpSync(join(root, 'collector/dist'), dist, { recursive: true })
  for (const path of [
    'collector/migrations',
    'collector/data',
    'snippet/dist',
    'node_modules',
    'package.json',
  ])
    symlinkSync(join(root, path), join(copy, path))
  if (without) removeSafeguard(dist, without)
  return join(dist, 'main.js')
}

function removeSafeguard(dist: string, defence: Safeguard): void {
  const [found, instead] = safeguards[defence]
  let removed = 0
  for (const file of readdirSync(dist).filter((name) => name.endsWith('.js'))) {
    const path = join(dist, file)
    const code = readFileSync(path, 'utf8')
    const changed = code.replaceAll(new RegExp(found, 'g'), instead)
    if (changed !== code) removed++
    writeFileSync(path, changed)
  }
  if (removed === 0)
    throw new Error(`The build has no ${found}: the control "${defence}" would control nothing.`)
}
