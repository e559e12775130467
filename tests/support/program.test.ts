// Checks that programs are started, stopped and killed as the tests expect.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freePort } from './port.js'
import { startProgram } from './program.js'
import { temporaryDir } from './temporary.js'

async function script(body: string): Promise<string> {
  const path = join(temporaryDir(), 'server.mjs')
  const start = `import http from 'node:http'
    const server = http.createServer((_, res) => res.end(process.env.TAGFERRY_GREETING ?? 'none'))
    server.listen(Number(process.env.TAGFERRY_PORT ?? 0), '127.0.0.1', () => {
      process.stdout.write('{"msg":"listening on http://127.0.')
      setTimeout(() => console.log('0.1:' + server.address().port + '"}'), 20)
    })`
  await writeFile(path, `${start}\n${body}`)
  return path
}
const graceful = "process.on('SIGTERM', () => { console.error('bye'); process.exit(0) })"

it('waits for the complete address, keeps the output, and gives the exit code', async () => {
  const port = await freePort()
  const env = { TAGFERRY_PORT: String(port), TAGFERRY_GREETING: 'hello' }
  const program = await startProgram({ argv: [await script(graceful)], env })
  expect(program.origin).toBe(`http://127.0.0.1:${port}`)
  expect(await (await fetch(program.origin)).text()).toBe('hello')
  expect(await program.stop()).toBe(0)
  expect(program.log()).toContain('bye')
  await expect(fetch(program.origin)).rejects.toThrow()
})

it('hides TAGFERRY_ settings of the environment from a program', async () => {
  process.env.TAGFERRY_GREETING = 'from outside'
  try {
    const program = await startProgram({ argv: [await script(graceful)] })
    expect(await (await fetch(program.origin)).text()).toBe('none')
    await program.stop()
  } finally {
    delete process.env.TAGFERRY_GREETING
  }
})

it('kills a program that ignores SIGTERM', async () => {
  const program = await startProgram({ argv: [await script("process.on('SIGTERM', () => {})")] })
  await program.kill()
  expect(await program.exited).toBeNull()
  expect(existsSync(`/proc/${program.pid}`)).toBe(false)
})

it('reports the output of a program that ends before it listens', async () => {
  const path = join(temporaryDir(), 'broken.mjs')
  await writeFile(path, "console.error('TAGFERRY_PORT: expected a number'); process.exit(2)")
  await expect(startProgram({ argv: [path] })).rejects.toThrow(/exited with 2[\s\S]*expected a number/)
})
