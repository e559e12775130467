// Uses a peer as an application does: sends events at a steady rate, then shuts it down as documented.
// Sent events and reports of the peer are appended to a file, which remains when the process is killed.
import { appendFileSync } from 'node:fs'

const { tool, origin, file, ids, rate } = JSON.parse(process.argv[2])
const record = (word, id) => appendFileSync(file, `${word} ${id}\n`)
const { connect } = await import(`./${tool}.mjs`)
const client = await connect({ origin, report: (id, ok) => record(ok ? 'delivered' : 'failed', id) })
// The starter waits for this line.
console.log(`sending, listening on ${origin}`)

const startedAt = performance.now()
for (const [index, id] of ids.entries()) {
  const waitMs = startedAt + (index * 1000) / rate - performance.now()
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
  client.send(id)
  record('sent', id)
}
await client.close()
process.exit()
