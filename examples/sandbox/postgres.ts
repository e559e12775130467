/** Knows how the sandbox's own PostgreSQL lives: in a process of its own, empty, gone with the sandbox. */
import { startPostgres } from '../../tests/support/postgres.js'

const server = await startPostgres()
// In place of an end at once, which leaves no time for a shutdown.
process.removeAllListeners('SIGTERM').once('SIGTERM', async () => {
  await server.stop()
  process.exit(0)
})
process.stdout.write(`listening on ${await server.database()}\n`)
