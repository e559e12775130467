// Keeps words out of the repository that were replaced by terms of the field, and headers that do not say what a file does.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Replaced {
  pattern: RegExp
  /** The term of the field, or plain English. */
  use: string
  /** A text that the pattern must find. */
  control: string
  /** Files in which the word is right, with the reason. */
  allowed?: Readonly<Record<string, string>>
}

const migrations = (names: readonly string[], reason: string) =>
  Object.fromEntries(
    ['sqlite', 'postgres'].flatMap((folder) =>
      names.map((name) => [`collector/migrations/${folder}/${name}`, reason]),
    ),
  )
const frozen = 'A migration that was applied somewhere is not changed.'

const replaced: readonly Replaced[] = [
  {
    pattern: /\bhouses?\b|House[A-Z]\w*|[a-z]House\b/,
    use: 'dashboard services, test system, subdomain',
    control: 'startHouse(oneHouse: HouseOptions) starts the house',
  },
  { pattern: /\b(front|back)[ -]?doors?\b/i, use: 'ingest, delivery', control: 'through the front door' },
  {
    pattern: /\bknock(s|ed|ing)?\b/i,
    use: 'rejected samples',
    control: 'an event that knocks',
    allowed: migrations(['001-outbox.sql'], frozen),
  },
  {
    pattern: /\bskip_?examples?\b/i,
    use: 'rejected samples',
    control: 'insert into skip_examples',
    allowed: migrations(['001-outbox.sql', '005-reports.sql'], frozen),
  },
  {
    pattern: /\bby (itself|themselves)\b/i,
    use: 'automatically, on its own',
    control: 'Sending goes on by itself.',
  },
  { pattern: /\bthe same again\b/i, use: 'Confirm password', control: 'The same again' },
  { pattern: /\b(SafeEvent|makeSafe)\b/, use: 'HashedEvent, hashEvent', control: 'makeSafe(event)' },
  { pattern: /\bListedSite\b/, use: 'SiteConfig', control: 'site: ListedSite' },
  { pattern: /\bGuardedRequest\b/, use: 'AuthenticatedRequest', control: 'request: GuardedRequest' },
  {
    pattern: /\bislands?\b/i,
    use: 'client',
    control: 'static/island.js',
    allowed: {
      'collector/src/region/place.ts': 'Names of places.',
      'collector/src/region/place.test.ts': 'Names of places.',
      'collector/src/region/states.ts': 'Names of places.',
      'collector/src/region/country-names.ts': 'Names of places.',
      'collector/src/region/country-names.test.ts': 'Names of places.',
    },
  },
  { pattern: /\brough sea\b/i, use: 'edge cases', control: 'Rough sea' },
  { pattern: /\bmade[- ]up\b/i, use: 'fixture, generated', control: 'a made-up event' },
  { pattern: /\bbyGravity\b/, use: 'bySeverity', control: 'sort(byGravity)' },
  { pattern: /\bsqlite-(alone|sum|tables)\b/, use: 'savepoint, checksum, claims', control: 'sqlite-sum.ts' },
  { pattern: /\b(lduWords|wordsOf)\b/, use: 'labels, messages', control: 'wordsOf(reason)' },
  { pattern: /\bKept[A-Z]\w*/, use: 'Stored…', control: 'KeptEvent' },
  { pattern: /\bspoil(s|t|ed)?\b/i, use: 'broken, invalid', control: 'a spoilt body' },
  { pattern: /\b(start)?Desk\b/, use: 'Dashboard', control: 'await startDesk()' },
  {
    pattern: /\b(patience|patienceMs|unheard|witness(es|ed)?)\b/i,
    use: 'timeout, audit',
    control: 'patienceMs',
  },
  {
    pattern: /\b(neverSentMs|doubtMs|tooLate|giverOf|boundTo|isPlaceable|personKeys|isMarked)\b/,
    use: 'maxEventAgeMs, ambiguousRetryWindowMs, expiryReason, variableName and others',
    control: 'doubtMs',
  },
  {
    pattern: /\b(names of your own|way to a purchase)\b/i,
    use: 'custom event names, conversion funnel',
    control: 'Names of your own',
  },
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** History, data of other people, and this list. */
const exempt =
  /^(CHANGELOG\.md|NOTICE|package-lock\.json|tests\/language\.test\.ts)$|^tests\/support\/strings\/|^tests\/support\/normalisation-vectors\.json$|^collector\/data\/.*\.txt$/
const isText = (file: string) => !/\.(br|gz|ico|jpg|mmdb|pdf|png|svg|woff2?|zip)$/.test(file)

const texts = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && isText(file) && !exempt.test(file))
  .map((file) => ({ file, text: readFileSync(root + file, 'utf8') }))

/** Lines with a hit, as `file:line: text`. */
const hitsIn = (file: string, text: string, pattern: RegExp): string[] =>
  text
    .split('\n')
    .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim().slice(0, 120)}`] : []))

describe('replaced words', () => {
  it('are searched in all tracked text files', () => expect(texts.length).toBeGreaterThan(500))

  it.each(replaced)('$pattern does not come back: $use', ({ pattern, control, allowed = {} }) => {
    expect(hitsIn('control', control, pattern)).toHaveLength(1)
    const found = texts.flatMap(({ file, text }) => (file in allowed ? [] : hitsIn(file, text, pattern)))
    expect(found).toEqual([])
    const unused = Object.keys(allowed).filter(
      (file) => !texts.some((entry) => entry.file === file && pattern.test(entry.text)),
    )
    expect(unused, 'allowed files without the word').toEqual([])
  })
})

describe('the header of a file', () => {
  /** "Validates request bodies.", not "How a body is validated." */
  const isIndirect = (text: string) =>
    /^(#!.*\n)?\s*(\/\/|\/\*\*?|#)\s*(Knows|Whether|What|How|Where|Who|Why)\b/.test(text)

  it('says what the file does', () => {
    expect(isIndirect('/** How a body is validated. */')).toBe(true)
    expect(isIndirect('#!/usr/bin/env bash\n# Knows what to run.')).toBe(true)
    expect(isIndirect('// Validates request bodies.')).toBe(false)
    const found = texts.filter(({ file, text }) => !file.endsWith('.md') && isIndirect(text))
    expect(found.map(({ file, text }) => `${file}: ${text.slice(0, 100).split('\n')[0]}`)).toEqual([])
  })
})
