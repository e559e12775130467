// Knows the rows about a PostgreSQL that is gone without a word: a standby takes its place, or a connection is half open.
import { execFileSync } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyCollector } from '../../chaos/build-copy.js'
import { exactly, moreThan } from '../../chaos/check.js'
import { type PostgresServer, startPostgres } from '../../support/postgres.js'
import { temporaryDir } from '../../support/temporary.js'
import { sleep } from '../../support/wait.js'
import { type PostgresFaultResult, runPostgresFault } from '../postgres-fault.js'
import type { Row } from '../row.js'
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.js'

/** A standby of a server, by a copy of its folder while it does not run; it hears of changes through the wire. */
async function standbyOf(primary: PostgresServer): Promise<{ standby: PostgresServer; wire: TcpProxy }> {
  const wire = await startTcpProxy(primary.port)
  const dir = temporaryDir()
  const copy = join(dir, 'data')
  await primary.server.stop()
  execFileSync('cp', ['-a', primary.databaseDir, copy])
  await primary.server.start()
  const { username, password } = new URL(primary.urlOf('postgres'))
  const way = wire.host.split(':')[1]
  writeFileSync(join(copy, 'standby.signal'), '')
  appendFileSync(
    join(copy, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${way} user=${username} password=${password}'\n`,
  )
  const standby = await startPostgres({ dir, existing: true })
  return { standby, wire }
}

/** The primary ends for good, out of reach of its standby for the last half second; the standby takes its place. */
async function failover(quick: boolean, sync: boolean): Promise<PostgresFaultResult> {
  let standby: PostgresServer
  let wire: TcpProxy
  let front: TcpProxy
  return runPostgresFault({
    quick,
    async through(primary) {
      const made = await standbyOf(primary)
      standby = made.standby
      wire = made.wire
      front = await startTcpProxy(primary.port)
      return front.host
    },
    async fault({ postgres, moveTo }) {
      if (sync) {
        await postgres.query("alter system set synchronous_standby_names = '*'")
        await postgres.query('select pg_reload_conf()')
        await sleep(1_000)
      }
      const state = await postgres.query<{ state: string }>(
        'select sync_state as state from pg_stat_replication',
      )
      wire.goSilent()
      await sleep(500)
      await postgres.server.kill()
      await standby.query('select pg_promote()')
      front.pointTo(standby.port)
      moveTo(standby)
      return [
        exactly(
          `standbys that are ${sync ? 'sync' : 'async'}`,
          state.filter((one) => one.state === (sync ? 'sync' : 'async')).length,
          1,
        ),
      ]
    },
  }).finally(() => Promise.all([wire.close(), front.close()]))
}

export const failedOver: Row = {
  row: 33,
  name: 'failover to a standby',
  async run({ quick }) {
    const { checks } = await failover(quick, true)
    // That an asynchronous standby loses what it had not heard of is its nature, and the control here.
    const { lost } = await failover(quick, false)
    return [...checks, moreThan('control: lost with an asynchronous standby', lost, 0)]
  },
}

async function halfOpen(quick: boolean, main?: string): Promise<PostgresFaultResult> {
  let wire: TcpProxy
  return runPostgresFault({
    quick,
    ...(main && { main }),
    recoverMs: 30_000,
    giveUpMs: main ? 20_000 : 40_000,
    async through(postgres) {
      wire = await startTcpProxy(postgres.port)
      return wire.host
    },
    async fault() {
      wire.goSilent()
      wire.recover()
      await sleep(1)
      const dead = wire.silentConnections()
      return [moreThan('connections that went dead', dead, 0)]
    },
  }).finally(() => wire.close())
}

export const goneWithoutAWord: Row = {
  row: 34,
  name: 'half-open connections to PostgreSQL',
  async run({ quick }) {
    const [{ checks }, control] = await Promise.all([
      halfOpen(quick),
      halfOpen(quick, copyCollector('patience')),
    ])
    return [...checks, moreThan('control: ms without an end to statements', control.recoveredMs, 19_000)]
  },
}
