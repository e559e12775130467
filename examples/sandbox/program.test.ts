/** Starts and stops small programs in place of the running. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

test('a program is ready at its line "listening on", and stops on SIGTERM', async () => {
  const running = await start('good', `process.on('SIGTERM', () => process.exit(0));${READY}`)
  expect(await running.ready).toEqual({ url: 'http://127.0.0.1:1' })
  await running.stop()
  expect(await running.ended).toBe(0)
  expect(await readFile(join(folder, 'good.log'), 'utf8')).toContain('listening')
})

test('a program that exits before it is ready rejects with its output', async () => {
  const running = await start(
    'bad',
    "console.error('TAGFERRY_PORT must be a number: ' + process.env.TAGFERRY_TEST);process.exit(2)",
  )
  await expect(running.ready).rejects.toThrow('TAGFERRY_PORT must be a number: here')
  expect(await running.ended).toBe(2)
  await running.stop()
})

test('the exit code of a program that ends on its own is reported', async () => {
  const signal = join(folder, 'exit-now')
  const exitOnFile = `import { existsSync } from 'node:fs';
    setInterval(() => { if (existsSync(${JSON.stringify(signal)})) process.exit(3) }, 20)`
  const running = await start('later', `${exitOnFile};${READY}`)
  await running.ready
  await writeFile(signal, '')
  expect(await running.ended).toBe(3)
})
