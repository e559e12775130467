import { expect, it } from 'vitest'
import { instanceFacts, now, pause, queue, siteFacts } from '../../../tests/support/diagnose/fixtures.js'
import { dayMs } from '../time.js'
import { bySeverity, diagnoseInstance, diagnoseSite } from './run.js'

it('finds no issue in a healthy site', () => expect(diagnoseSite(siteFacts())).toEqual([]))

it('finds no issue in a healthy instance', () => expect(diagnoseInstance(instanceFacts())).toEqual([]))

it('says since when an issue is open, if the facts contain it', () => {
  expect(diagnoseSite(siteFacts(pause('current')))).toMatchObject([{ since: 5, vendor: 'TikTok' }])
  expect(diagnoseSite(siteFacts(queue(dayMs)))).toMatchObject([{ since: now - dayMs }])
})

it('sorts the most severe issue first', () => {
  const sorted = bySeverity([{ code: 'gpc_on' }, { code: 'domain_paused' }, { code: 'token_rejected' }])
  expect(sorted.map(({ code }) => code)).toEqual(['token_rejected', 'domain_paused', 'gpc_on'])
})
