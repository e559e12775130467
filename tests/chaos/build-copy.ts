// Copies the built collector, and removes a safeguard from a copy: the control that shows what the safeguard prevents.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryDir } from '../support/temporary.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const built = join(root, 'collector/dist')

/** Each safeguard: its code in the build, and the code of a copy without it. */
const safeguards = {
  /** 202 is answered only after the commit. */
  commit: [
    /await ([\w.]+\.append\((\w+)\.map\(\(\{ entry \}\) => entry\)\))/,
    "($1.catch(() => {}), $2.map(() => 'stored'))",
  ],
  /** SQLite: a commit is on disk when it returns. */
  sync: [/pragma synchronous = full/, 'pragma synchronous = normal'],
  /** PostgreSQL: the collector does not start if a commit is not on disk when it returns. */
  syncCommit: [/row\?\.commit !== 'on' && row\?\.commit !== 'remote_apply'/, 'false'],
  /** Temporary errors of PostgreSQL are retried. */
  transient: [/error instanceof \w+ \|\|(?= \/\^\(08)/, 'false &&'],
  /** A statement without an answer is ended. */
  statementTimeout: [/query_timeout: [a-z]\w+/, 'query_timeout: 0'],
  /** A refused batch is split until the bad event is alone. */
  halving: [/case 'refused':\s*if \(\w+\.batch\.length > 1\)/, "case 'refused': if (false)"],
  /** Refused credentials pause the connection instead of failing events. */
  pause: [/return pause(?:\$\d+)?\((\w+, \w+, \w+)\)/, 'return planRetry($1)'],
  /** TikTok refuses with HTTP 200: the code in the body counts too. */
  codeUnderHttp200: [/(\? \w+\(status\) : )(\w+\(\w+\.code\))/, "$1(status < 300 ? 'ok' : $2)"],
  /** The code in the body counts. */
  answerCode: [/(\? \w+\(status\) : )\w+\(\w+\.code\)/, "$1'ok'"],
  /** A failed delivery is sent again. */
  retry: [
    /\.\.\.settlement, reason: outcome\.kind/,
    "id: settlement.id, state: 'failed', reason: outcome.kind",
  ],
  /** PostgreSQL: no other collector claims a claimed delivery. */
  postgresClaim: [
    /update deliveries set due_at = \$5, lease = \$6/,
    'update deliveries set due_at = least($5, due_at), lease = $6',
  ],
  /** PostgreSQL: only the holder of a lease settles. */
  postgresFence: [/ and held\.lease = \$1/, ' and $1::text is not null'],
  /** SQLite: a claimed delivery cannot be claimed again. */
  sqliteClaim: [
    /update deliveries set due_at = \?, lease = \?/,
    'update deliveries set due_at = min(due_at, ?), lease = ?',
  ],
  /** SQLite: only the holder of a lease settles. */
  sqliteFence: [/and lease = \? returning attempts/, 'and coalesce(?, 1) is not null returning attempts'],
  /** Only the start of an answer is read. */
  answerLimit: [/(const \w*(?:answer|response)\w* = )64 \* 1_?024/i, '$1 1e9'],
  /** A request has a number of bytes. */
  requestBytes: [/(limits: \{ events: 1_?000, bytes: )1_?048_?576/, '$1 1e9'],
  /** A redirect is not followed. */
  noRedirects: [
    /pool\.request\(\{/,
    `new (await import('undici')).Agent()
      .compose((await import('undici')).interceptors.redirect({ maxRedirections: 3 })).request({ origin,`,
  ],
  /** A failing connection waits before the next request. */
  backoff: [/notBefore: uptime \+ waitMs/, 'notBefore: 0'],
  /** The certificate of a connection cannot change. */
  noRenegotiation: [/constants(?:\$\d+)?\.SSL_OP_NO_RENEGOTIATION/, '0'],
  /** Hanging requests and the end of the process have deadlines. */
  deadlines: [/(drainGraceMs|progressMs|totalMs) = (?:3|10|30)_?000/, '$1 = 45000'],
  /** The first of two events with one id is kept. */
  deduplication: [/where events\.skip_reason is not null and excluded\.skip_reason is null/, ''],
  /** The oldest delivery is claimed first. */
  oldestFirst: [/order by due_at, event limit/, 'order by due_at desc, event desc limit'],
  /** A paused connection sends only probes. */
  pausedConnection: [/\w+\.get\(site, vendor, fingerprint\) !== undefined/, 'false'],
  /** Events sent before a withdrawal of consent are not delivered. */
  withdrawal: [/\w*withdrawal\w*\.get\(site\)/i, 'false'],
  /** Pending events are not purged, however old they are. */
  pendingRetention: [/remove\((\w+)\.filter\(\(\{ (\w+) \}\) => \2 === 0\)\)/, 'remove($1)'],
  /** The collector does not start with another encryption key. */
  keyCheck: [/if \(!record\?\.secret\)\s*throw/, "if (!record.secret) return 'invented'; if (false) throw"],
  /** A log that cannot be written does not end the process. */
  logErrors: [/stream\.on\('error', \(\) => \{\s*\}\)/, ''],
  /** A damaged SQLite file is not opened. */
  quickCheck: [/\w+ !== 'ok'/, 'false'],
  /** A row that the disk has changed is not sent. */
  checksum: [/Number\(sum\) === (\w+)\(/, 'Number(sum) > 0 || $1('],
  /** SQLite: a migration is one transaction. */
  sqliteMigration: [/database\.exec\('begin immediate'\)/, ''],
  /** PostgreSQL: a migration is one transaction. */
  postgresMigration: [
    /database\.transaction\((?=async \(query\) => \{\s*(?:\/\/.*\s*)?await query\('select pg_advisory_xact_lock)/,
    '((work) => work(database.query))(',
  ],
} as const satisfies Record<string, readonly [RegExp, string]>

export type Safeguard = keyof typeof safeguards

/** Copies the build, so that a later build does not disturb a running experiment; gives the path of `main.js`. */
export function copyCollector(without?: Safeguard): string {
  const copy = temporaryDir()
  const dist = join(copy, 'collector/dist')
  mkdirSync(join(copy, 'snippet'), { recursive: true })
  cpSync(built, dist, { recursive: true })
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

function removeSafeguard(dist: string, safeguard: Safeguard): void {
  const [pattern, replacement] = safeguards[safeguard]
  const files = filesWith(safeguard, dist)
  if (files.length === 0)
    throw new Error(`The build has no ${pattern}: without "${safeguard}" a copy would be unchanged.`)
  for (const file of files) {
    const code = readFileSync(file, 'utf8')
    writeFileSync(file, code.replaceAll(new RegExp(pattern, `g${pattern.flags}`), replacement))
  }
}

const filesWith = (safeguard: Safeguard, dist: string): string[] =>
  readdirSync(dist)
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(dist, name))
    .filter((file) => safeguards[safeguard][0].test(readFileSync(file, 'utf8')))

/** Safeguards whose code the build does not contain any more; there must be none. */
export const missingSafeguards = (): Safeguard[] =>
  (Object.keys(safeguards) as Safeguard[]).filter((safeguard) => filesWith(safeguard, built).length === 0)
