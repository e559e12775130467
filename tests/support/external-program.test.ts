// Checks that a missing program is reported in one sentence that says what to do.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { findProgram, startExternal } from './external-program.js'
import { freePort } from './port.js'
import { temporaryDir } from './temporary.js'

const wanted = { name: 'a ferry', variable: 'TESTS_FERRY', files: ['ferry'], debian: 'ferry-esr' }
afterEach(() => vi.unstubAllEnvs())

it('says what to install, or which variable to set', () => {
  expect(() => findProgram(wanted)).toThrow(
    'These tests need a ferry: install it (on Debian: apt-get install ferry-esr) or set TESTS_FERRY to its path.',
  )
})

it('says that the named file does not exist', () => {
  vi.stubEnv('TESTS_FERRY', '/nowhere/ferry')
  expect(() => findProgram(wanted)).toThrow('TESTS_FERRY is /nowhere/ferry, but there is no such file')
})

it('finds a program along PATH, and prefers the one that the variable names', () => {
  const dir = temporaryDir()
  for (const name of ['ferry', 'other']) writeFileSync(join(dir, name), '')
  vi.stubEnv('PATH', `/nowhere:${dir}`)
  expect(findProgram(wanted)).toBe(join(dir, 'ferry'))
  vi.stubEnv('TESTS_FERRY', join(dir, 'other'))
  expect(findProgram(wanted)).toBe(join(dir, 'other'))
})

it('reports the output of a program that ends instead of listening', async () => {
  const program = startExternal(process.execPath, ['--eval', 'console.error("no berth free")'])
  await expect(program.waitForPort(await freePort())).rejects.toThrow('no berth free')
})
