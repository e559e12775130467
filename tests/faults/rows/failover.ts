// Rows of a PostgreSQL that disappears silently: a standby replaces it, or its connections are half open.
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

/** Starts a standby from a copy of the primary's folder. It replicates through a proxy. */
async function standbyOf(primary: PostgresServer): Promise<{ standby: PostgresServer; proxy: TcpProxy }> {
  const proxy = await startTcpProxy(primary.port)
  const dir = temporaryDir()
  const copy = join(dir, 'data')
  await primary.server.stop()
  execFileSync('cp', ['-a', primary.databaseDir, copy])
  await primary.server.start()
  const { username, password } = new URL(primary.urlOf('postgres'))
  const port = proxy.host.split(':')[1]
  writeFileSync(join(copy, 'standby.signal'), '')
  appendFileSync(
    join(copy, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${port} user=${username} password=${password}'\n`,
  )
  const standby = await startPostgres({ dir, existing: true })
  return { standby, proxy }
}

/** The primary ends for good, unreachable by its standby for the last half second, and the standby replaces it. */
async function failover(quick: boolean, sync: boolean): Promise<PostgresFaultResult> {
  let standby: PostgresServer
  let replicationProxy: TcpProxy
  let clientProxy: TcpProxy
  return runPostgresFault({
    quick,
    async through(primary) {
      const started = await standbyOf(primary)
      standby = started.standby
      replicationProxy = started.proxy
      clientProxy = await startTcpProxy(primary.port)
      return clientProxy.host
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
      replicationProxy.goSilent()
      await sleep(500)
      await postgres.server.kill()
      await standby.query('select pg_promote()')
      clientProxy.pointTo(standby.port)
      moveTo(standby)
      return [
        exactly(
          `standbys that are ${sync ? 'sync' : 'async'}`,
          state.filter((one) => one.state === (sync ? 'sync' : 'async')).length,
          1,
        ),
      ]
    },
  }).finally(() => Promise.all([replicationProxy.close(), clientProxy.close()]))
}

export const failedOver: Row = {
  row: 33,
  name: 'failover to a standby',
  async run({ quick }) {
    const { checks } = await failover(quick, true)
    // The control: an asynchronous standby loses what was not replicated yet.
    const { lost } = await failover(quick, false)
    return [...checks, moreThan('control: lost with an asynchronous standby', lost, 0)]
  },
}

async function halfOpen(quick: boolean, main?: string): Promise<PostgresFaultResult> {
  let proxy: TcpProxy
  return runPostgresFault({
    quick,
    ...(main && { main }),
    recoverMs: 30_000,
    giveUpMs: main ? 20_000 : 40_000,
    async through(postgres) {
      proxy = await startTcpProxy(postgres.port)
      return proxy.host
    },
    async fault() {
      proxy.goSilent()
      proxy.recover()
      await sleep(1)
      return [moreThan('connections that went silent', proxy.silentConnections(), 0)]
    },
  }).finally(() => proxy.close())
}

export const halfOpenConnections: Row = {
  row: 34,
  name: 'half-open connections to PostgreSQL',
  async run({ quick }) {
    const [{ checks }, control] = await Promise.all([
      halfOpen(quick),
      halfOpen(quick, copyCollector('statementTimeout')),
    ])
    return [...checks, moreThan('control: ms without a statement timeout', control.recoveredMs, 19_000)]
  },
}
