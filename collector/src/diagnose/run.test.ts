import { describe, expect, it } from 'vitest'
import { facts, instanceFacts, now, pause, queue } from '../../../tests/support/diagnose/fixtures.js'
import { flowCases, instanceCases } from '../../../tests/support/diagnose/flow-rules.js'
import { siteCases } from '../../../tests/support/diagnose/site-rules.js'
import { dayMs } from '../time.js'
import type { SiteFacts } from './facts.js'
import { bySeverity, computed, diagnoseInstance, diagnoseSite } from './run.js'
import { readVerifyReport } from './verify-report.js'

const cases = [...siteCases, ...flowCases]
const codes = (more: Partial<SiteFacts>) => diagnoseSite(facts(more)).map(({ code }) => code)

describe('a site', () => {
  it('on which nothing is wrong has no issue', () => expect(diagnoseSite(facts())).toEqual([]))

  it.each(cases)('%s is raised, and not for what comes close', (code, raising, detail, quiet) => {
    const raised = diagnoseSite(facts(raising)).find((issue) => issue.code === code)
    expect(raised).toMatchObject({ code, site: 'shop.example' })
    expect(raised?.detail ?? '').toContain(detail)
    expect(codes(quiet)).not.toContain(code)
  })

  it('tells since when, where the facts do', () => {
    expect(diagnoseSite(facts(pause('first')))).toMatchObject([{ since: 5 }])
    expect(diagnoseSite(facts(queue(dayMs)))).toMatchObject([{ since: now - dayMs }])
  })
})

describe('the house', () => {
  it('in order has no issue', () => expect(diagnoseInstance(instanceFacts())).toEqual([]))

  it.each(instanceCases)('%s is raised, and not for what comes close', (code, raising, detail, quiet) => {
    const raised = diagnoseInstance(instanceFacts(raising)).find((issue) => issue.code === code)
    expect(raised).toMatchObject({ code })
    expect(raised).not.toHaveProperty('site')
    expect(raised?.detail ?? '').toContain(detail)
    expect(diagnoseInstance(instanceFacts(quiet)).map((issue) => issue.code)).not.toContain(code)
  })
})

it('has a case for every code that is computed', () => {
  const tried = new Set([...cases, ...instanceCases].map(([code]) => code))
  expect([...computed].filter((code) => !tried.has(code))).toEqual([])
})

it('puts the gravest first', () => {
  const sorted = bySeverity([{ code: 'gpc_on' }, { code: 'domain_paused' }, { code: 'token_rejected' }])
  expect(sorted.map(({ code }) => code)).toEqual(['token_rejected', 'domain_paused', 'gpc_on'])
})

it('reads of a report what it knows, and nothing before there is an answer', () => {
  expect(readVerifyReport({ at: 5, report: { copies: 2, tag_in: 'attic', more: true } })).toEqual({
    at: 5,
    copies: 2,
  })
  for (const body of [undefined, {}, { report: { copies: 2 } }, { at: 5 }, { at: 5, report: 'no' }])
    expect(readVerifyReport(body)).toBeUndefined()
})
