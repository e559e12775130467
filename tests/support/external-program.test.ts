// Knows that a missing program is told in one sentence, with a way out.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { findProgram, startExternal } from './external-program.js'
import { freePort } from './port.js'
import { temporaryDir } from './temporary.js'

const wanted = { name: 'a ferry', variable: 'TESTS_FERRY', files: ['ferry'], debian: 'ferry-esr' }
afterEach(() => vi.unstubAllEnvs())

it('says what to install, or which variable names another one', () => {
  expect(() => findProgram(wanted)).toThrow(
    'These tests need a ferry: install it (on Debian: apt-get install ferry-esr) or set TESTS_FERRY to its path.',
  )
})

it('says when the one it was told to use is not there', () => {
  vi.stubEnv('TESTS_FERRY', '/nowhere/ferry')
  expect(() => findProgram(wanted)).toThrow('TESTS_FERRY is /nowhere/ferry, but there is no such file')
})

it('finds it along PATH, but takes the one it was told to use first', () => {
  const dir = temporaryDir()
  for (const name of ['ferry', 'other']) writeFileSync(join(dir, name), '')
  vi.stubEnv('PATH', `/nowhere:${dir}`)
  expect(findProgram(wanted)).toBe(join(dir, 'ferry'))
  vi.stubEnv('TESTS_FERRY', join(dir, 'other'))
  expect(findProgram(wanted)).toBe(join(dir, 'other'))
})

it('tells what a program printed that ends instead of listening', async () => {
  const helper = startExternal(process.execPath, ['--eval', 'console.error("no berth free")'])
  await expect(helper.waitForPort(await freePort())).rejects.toThrow('no berth free')
})
