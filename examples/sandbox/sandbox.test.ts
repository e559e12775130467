/** Knows how the sandbox finds ports and minds the collector's process, tried with small programs in its place. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { choosePort } from './ports.js'
import { startProgram } from './program.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tagferry-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const start = async (name: string, source: string) => {
  const program = join(folder, `${name}.mjs`)
  await writeFile(program, source)
  const logFile = join(folder, `${name}.log`)
  return startProgram({ name: 'It', file: program, env: { TAGFERRY_TEST: 'here' }, logFile })
}

const READY = "console.log('listening on http://127.0.0.1:1');setInterval(() => {}, 1000);"

test('a taken port is told and replaced', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const taken = (other.address() as AddressInfo).port
  const said: string[] = []
  const port = await choosePort(taken, 'the shop', (sentence) => said.push(sentence))
  await new Promise((resolve) => other.close(resolve))
  expect(port).not.toBe(taken)
  expect(said).toEqual([`Port ${taken} is taken, so the shop uses ${port}.`])
  expect(await choosePort(taken, 'the shop', (sentence) => said.push(sentence))).toBe(taken)
  expect(said).toHaveLength(1)
})

test('it is ready at its line, and stops on SIGTERM', async () => {
  const collector = await start('good', `process.on('SIGTERM', () => process.exit(0));${READY}`)
  expect(await collector.ready).toEqual({ url: 'http://127.0.0.1:1' })
  await collector.stop()
  expect(await collector.ended).toBe(0)
  expect(await readFile(join(folder, 'good.log'), 'utf8')).toContain('listening')
})

test('one that dies says why', async () => {
  const collector = await start(
    'bad',
    "console.error('TAGFERRY_PORT must be a number: ' + process.env.TAGFERRY_TEST);process.exit(2)",
  )
  await expect(collector.ready).rejects.toThrow('TAGFERRY_PORT must be a number: here')
  expect(await collector.ended).toBe(2)
  await collector.stop()
})

test('one that ends later is noticed', async () => {
  const collector = await start('later', `${READY}setTimeout(() => process.exit(3), 100)`)
  await collector.ready
  expect(await collector.ended).toBe(3)
})
