import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vendors } from '../vendors/index.js'
import { readConfig } from './config.js'
import { readEnvironment, readFile, variableName } from './env.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagferry-env-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function fileWith(text: string): string {
  const path = join(folder, 'setting')
  writeFileSync(path, text)
  return path
}

describe('the environment', () => {
  it('gives TAGFERRY_… variables that are not empty, without those of commands', () => {
    const environment = { TAGFERRY_PORT: '1', TAGFERRY_HOST: '', TAGFERRY_KEY: 'k', PATH: '/bin' }
    expect(readEnvironment(environment)).toEqual({ settings: { port: '1' }, problems: [] })
  })

  it.each([
    ['TAGFERRY_SITES', 'sites', '[{"domain":"shop.example"}]'],
    ['TAGFERRY_API_KEYS', 'apiKeys', '[{"site":"shop.example","key":"0123456789abcdef"}]'],
    ['TAGFERRY_DATABASE_URL', 'databaseUrl', 'postgres://a:b@c/d'],
    ['TAGFERRY_SECRET', 'secret', Buffer.alloc(32, 1).toString('base64')],
    ['TAGFERRY_ADMIN_PASSWORD', 'adminPassword', 'a good password'],
  ])('gives %s by the file of %s_FILE', (name, key, text) => {
    const environment = { [`${name}_FILE`]: fileWith(`${text}\n`) }
    expect(readEnvironment(environment)).toEqual({ settings: { [key]: text }, problems: [] })
    expect(variableName(environment, name)).toBe(`${name}_FILE`)
  })

  it('gives sites and API keys by files that become part of the configuration', () => {
    const environment = { TAGFERRY_SITES_FILE: fileWith('[{"domain":"shop.example"}]') }
    const { settings } = readEnvironment(environment)
    expect(readConfig([settings], vendors)).toMatchObject({
      ok: true,
      config: { sites: [{ domain: 'shop.example' }] },
    })
  })

  it('prefers the variable of a secret to its file, in any order', () => {
    const file = ['TAGFERRY_SECRET_FILE', fileWith('from the file')]
    const variable = ['TAGFERRY_SECRET', 'from the variable']
    for (const entries of [
      [file, variable],
      [variable, file],
    ]) {
      const environment = Object.fromEntries(entries)
      expect(readEnvironment(environment).settings).toEqual({ secret: 'from the variable' })
      expect(variableName(environment, 'TAGFERRY_SECRET')).toBe('TAGFERRY_SECRET')
    }
  })

  it('reports a file that cannot be read', () => {
    expect(readEnvironment({ TAGFERRY_SITES_FILE: '/nowhere/sites' })).toEqual({
      settings: {},
      problems: [{ setting: 'TAGFERRY_SITES_FILE', problem: 'cannot read /nowhere/sites' }],
    })
  })

  it('gives only secrets by a file', () => {
    expect(readEnvironment({ TAGFERRY_PORT_FILE: '/nowhere' })).toEqual({
      settings: { portFile: '/nowhere' },
      problems: [],
    })
  })

  it('is named in a problem by the variable that gave the value', () => {
    const environment = { TAGFERRY_SITES_FILE: '/run/sites' }
    expect(variableName(environment, 'TAGFERRY_SITES[0].domain')).toBe('TAGFERRY_SITES_FILE[0].domain')
    expect(variableName(environment, 'TAGFERRY_PORT')).toBe('TAGFERRY_PORT')
    expect(variableName(environment, 'tagferry.config.json')).toBe('tagferry.config.json')
  })
})

describe('the settings file', () => {
  it('is one JSON object', () => {
    expect(readFile(fileWith('{"port": 1}'))).toEqual({ settings: { port: 1 }, problems: [] })
  })

  it('may be missing', () => {
    expect(readFile(join(folder, 'none.json'))).toEqual({ settings: {}, problems: [] })
  })

  it.each(['', '[]', 'null', '5', '{'])('is refused with the text %j', (text) => {
    const path = fileWith(text)
    const problem = 'expected a JSON object such as {"port": 8787}'
    expect(readFile(path)).toEqual({ settings: {}, problems: [{ setting: path, problem }] })
  })
})
