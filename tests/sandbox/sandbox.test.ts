// Tests the sandbox command: its table, its flags, and that it leaves nothing behind.
import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { connectSandbox } from '../../examples/sandbox/client.js'
import { call } from '../support/http.js'
import { acceptsConnections, freePort } from '../support/port.js'
import { type RunningSandbox, runSandbox, startSandbox } from '../support/sandbox.js'
import { waitLimitMs } from '../support/wait.js'

let running: RunningSandbox | undefined
afterEach(async () => {
  await running?.interrupt()
  running = undefined
})
const start = async (...flags: string[]) => {
  running = await startSandbox(...flags)
  return running
}

const portOf = (url: string | undefined) => Number(new URL(url ?? '').port)
const dataOf = ({ printed }: RunningSandbox) => /its data in (\S+)/.exec(printed())?.[1] ?? ''

/** Posts one event as a page of the shop does, through the shop's host. */
const postLead = async (shop: string | undefined) => {
  const { host, port } = new URL(shop ?? '')
  const event = { event: 'Lead', event_id: 'lead-1', page: { url: `http://${host}/` } }
  const answer = await call(`http://127.0.0.1:${port}`, {
    method: 'POST',
    path: '/t/e',
    headers: {
      host,
      origin: `http://${host}`,
      'content-type': 'text/plain',
      'user-agent': 'Mozilla/5.0 Chrome/147',
    },
    body: JSON.stringify({ site: 'example.localhost', events: [event] }),
  })
  expect(answer.status).toBe(202)
}
const clientOf = ({ table }: RunningSandbox) =>
  connectSandbox({ url: table['For tests']?.replace('TAGFERRY_SANDBOX=', '') ?? '' })
const patient = { timeoutMs: waitLimitMs }

describe('the sandbox', () => {
  it('prints the address of each part, delivers an event, and leaves nothing behind', async () => {
    const port = await freePort()
    const sandbox = await start('--port', String(port), '--visitor', 'US-CA')
    const { table } = sandbox
    expect(portOf(table.Shop)).toBe(port)
    for (const url of [table.Inspector, `${table.Collector}/livez`])
      expect((await fetch(url ?? '')).status, url).toBe(200)
    await postLead(table.Shop)
    const [lead] = await clientOf(sandbox).waitFor({ event: 'Lead' }, patient)
    expect(lead?.payload).toMatchObject({ limited_data_use: true, user: { ip: '128.32.1.1' } })

    const ports = [table.Shop, table.Inspector, table.Collector].map(portOf)
    expect(existsSync(dataOf(sandbox))).toBe(true)
    expect(await sandbox.interrupt()).toBe(0)
    expect(existsSync(dataOf(sandbox))).toBe(false)
    expect(await Promise.all(ports.map(acceptsConnections))).toEqual([false, false, false])
  })

  it('starts again on the same ports without events, even after it was killed', async () => {
    const port = String(await freePort())
    const first = await start('--port', port)
    await postLead(first.table.Shop)
    await clientOf(first).waitFor({ event: 'Lead' }, patient)
    await first.kill()
    const collector = portOf(first.table.Collector)
    await expect.poll(() => acceptsConnections(collector)).toBe(false)
    const second = await start('--port', port)
    expect(second.table).toEqual(first.table)
    expect(await clientOf(second).events()).toEqual([])
  })

  it('ends at once after a second Ctrl-C, and leaves nothing behind', async () => {
    const sandbox = await start('--fault', 'hang')
    await postLead(sandbox.table.Shop)
    await expect.poll(async () => (await clientOf(sandbox).events()).length).toBeGreaterThan(0)
    expect(await sandbox.interrupt(2)).toBe(1)
    expect(sandbox.printed()).toContain('Press Ctrl-C again')
    expect(existsSync(dataOf(sandbox))).toBe(false)
    const collector = portOf(sandbox.table.Collector)
    await expect.poll(() => acceptsConnections(collector)).toBe(false)
  })

  it('says in one sentence that the given port is taken', async () => {
    const { table } = await start()
    const { code, printed } = await runSandbox('--port', String(portOf(table.Shop)))
    expect(code).toBe(1)
    expect(printed).toBe(
      `Port ${portOf(table.Shop)} is taken, so the shop cannot have it: end what has it, or give another --port.\n`,
    )
  })

  it('answers with the faults of the command line, one after the other', async () => {
    const sandbox = await start('--fault', '40100x1', '--fault', '40105')
    const response = await fetch(`${sandbox.table.Inspector}/api/answers`)
    expect(await response.json()).toEqual({
      orders: [
        {
          pixel: '*',
          answers: [
            { kind: 'code', code: 40100, next: 1 },
            { kind: 'code', code: 40105 },
          ],
        },
      ],
    })
    await postLead(sandbox.table.Shop)
    const [refused] = await clientOf(sandbox).waitFor('verdict:rejected', patient)
    expect(refused).toMatchObject({ event: 'Lead', code: 40100, fault: 'code 40100' })
  })

  it('stores events in a PostgreSQL of its own, which ends with it', async () => {
    const sandbox = await start('--store', 'postgres')
    expect(sandbox.table.Database).toMatch(/^postgres:\/\//)
    await postLead(sandbox.table.Shop)
    await clientOf(sandbox).waitFor({ event: 'Lead' }, patient)
    expect(existsSync(`${dataOf(sandbox)}/tagferry.db`)).toBe(false)
    const database = portOf(sandbox.table.Database)
    expect(await acceptsConnections(database)).toBe(true)
    expect(await sandbox.interrupt()).toBe(0)
    await expect.poll(() => acceptsConnections(database)).toBe(false)
  })

  it.each([
    [['--port', 'http'], 'It must be a number from 1 to 65000.'],
    [['--visitor', 'Atlantis'], 'It must be US-CA, US-TX, DE or an address.'],
    [['--store', 'paper'], 'Allowed choices are sqlite, postgres.'],
    [['--fault', 'nonsense'], 'It must be a code of TikTok (40105)'],
    [['--colour'], "unknown option '--colour'"],
  ])('rejects %j with one sentence', async (flags, sentence) => {
    const { code, printed } = await runSandbox(...flags)
    expect(code).toBe(1)
    expect(printed).toContain(sentence)
  })

  it('prints its flags with --help', async () => {
    const { code, printed } = await runSandbox('--help')
    expect(code).toBe(0)
    for (const flag of ['--port', '--store', '--visitor', '--fault']) expect(printed).toContain(flag)
  })
})
