// Knows how an application uses a peer: one event after the other at a steady pace, then the documented farewell.
// What was sent and what the peer said of it is appended to a file, for a killed process tells nothing more.
import { appendFileSync } from 'node:fs'

const { tool, origin, file, ids, rate } = JSON.parse(process.argv[2])
const note = (word, id) => appendFileSync(file, `${word} ${id}\n`)
const { connect } = await import(`./${tool}.mjs`)
const client = await connect({ origin, say: (id, ok) => note(ok ? 'delivered' : 'failed', id) })
// The line its starter waits for.
console.log(`sending, listening on ${origin}`)

const startedAt = performance.now()
for (const [at, id] of ids.entries()) {
  const rest = startedAt + (at * 1000) / rate - performance.now()
  if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
  client.send(id)
  note('sent', id)
}
await client.close()
process.exit()
