// Checks that the search finds planted strings: a search that cannot fail would prove nothing.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { searchFiles, searchText } from './search.js'
import { temporaryDir } from './temporary.js'

const email = 'jane.doe+shop@example.com'
const noise = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 256))

function planted(content: string | Buffer, name = 'tagferry.db'): string {
  const dir = temporaryDir()
  mkdirSync(join(dir, 'deeper'))
  writeFileSync(join(dir, 'innocent.log'), 'nothing here')
  writeFileSync(join(dir, 'deeper', name), content)
  return dir
}

describe('searchFiles', () => {
  const base64After = (before: string) => Buffer.from(`${before}${email}, and more`).toString('base64')
  const cases: [title: string, form: string, content: string | Buffer][] = [
    ['in a text', 'plain', `to ${email} at noon`],
    ['in upper case', 'plain', `to ${email.toUpperCase()}`],
    ['in a binary file', 'plain', Buffer.concat([noise, Buffer.from(email), noise])],
    ['in a URL', 'percent-encoded', `https://shop.example/?e=${encodeURIComponent(email)}`],
    ['as UTF-16', 'UTF-16', Buffer.concat([noise, Buffer.from(email, 'utf16le')])],
    ['as hex', 'hex', Buffer.from(email).toString('hex').toUpperCase()],
    ['in base64', 'base64', base64After('')],
    ['in base64 behind one byte', 'base64', base64After('x')],
    ['in base64 behind two bytes', 'base64', base64After('xx')],
  ]
  it.each(cases)('finds an e-mail %s', (_title, form, content) => {
    const dir = planted(content)
    const found = searchFiles(dir, ['not there', email])
    expect(found).toContainEqual(
      expect.objectContaining({ where: join(dir, 'deeper', 'tagferry.db'), needle: email, form }),
    )
    expect(found.map((finding) => finding.needle)).not.toContain('not there')
  })

  it('finds a string across two chunks of a large file, with its offset', () => {
    const before = 8 * 1024 * 1024 - 5
    const dir = planted(Buffer.concat([Buffer.alloc(before), Buffer.from(email), Buffer.alloc(100)]))
    expect(searchFiles(dir, [email])).toEqual([
      { where: join(dir, 'deeper', 'tagferry.db'), needle: email, form: 'plain', offset: before },
    ])
  })

  it('finds a name that JSON wrote with escapes', () => {
    expect(searchFiles(planted('{"name":"Zo\\u00eb K\\u00f6nig"}'), ['Zoë König'])).toHaveLength(1)
  })

  it('finds nothing in other bytes', () => {
    expect(searchFiles(planted(noise), [email, '+1 415 555 1234'])).toEqual([])
  })

  it('refuses to search a directory without files, or for too short a string', () => {
    expect(() => searchFiles(temporaryDir(), [email])).toThrow(/no file/)
    expect(() => searchFiles(planted('x'), ['ab'])).toThrow(/too short/)
    expect(() => searchFiles(planted('x'), [])).toThrow(/nothing to search for/i)
  })
})

describe('searchText', () => {
  it('finds an IP address in a log', () => {
    expect(searchText('stderr', 'from 203.0.113.9 port 1', ['203.0.113.9'])).toEqual([
      { where: 'stderr', needle: '203.0.113.9', form: 'plain', offset: 5 },
    ])
  })
})
