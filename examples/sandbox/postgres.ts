/** Runs an empty PostgreSQL for the sandbox, in a process of its own that removes its data on SIGTERM. */
import { startPostgres } from '../../tests/support/postgres.js'

const server = await startPostgres()
// Replaces the handler of tests/support/temporary.ts, which exits at once and leaves no time for a shutdown.
process.removeAllListeners('SIGTERM').once('SIGTERM', async () => {
  await server.stop()
  process.exit(0)
})
process.stdout.write(`listening on ${await server.database()}\n`)
