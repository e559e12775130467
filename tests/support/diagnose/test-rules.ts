/** Tests a group of rules against a table of cases, and that each check has a case. */
import { describe, expect, it } from 'vitest'
import type { InstanceFacts, SiteFacts } from '../../../collector/src/diagnose/facts.js'
import { diagnosePage, type PageCopies } from '../../../collector/src/diagnose/html-check.js'
import type { Issue } from '../../../collector/src/diagnose/issue.js'
import type { Rule } from '../../../collector/src/diagnose/rule.js'
import { diagnoseInstance, diagnoseSite } from '../../../collector/src/diagnose/run.js'
import { expected, instanceFacts, siteFacts } from './fixtures.js'

interface Case<Facts> {
  /** Facts that raise the code; those of a healthy site stand for the rest. */
  raises: Facts
  /** Part of the detail. */
  detail?: string
  /** Similar facts that do not raise it. */
  passes: Facts
}

interface RuleCases {
  site?: readonly Case<Partial<SiteFacts>>[]
  instance?: readonly Case<Partial<InstanceFacts>>[]
  /** Pages that raise the code and no other. */
  page?: readonly Case<PageCopies>[]
}

/** @param cases by code */
export function testRules<Code extends string>(
  rules: readonly (Rule & { code: Code })[],
  cases: Partial<Record<Code, RuleCases>>,
): void {
  describe.each(rules)('$code', ({ code, checkSite, checkInstance, checkPage }) => {
    const { site = [], instance = [], page = [] } = cases[code] ?? {}

    it('has a case for each of its checks', () => {
      expect([site.length > 0, instance.length > 0, page.length > 0]).toEqual([
        checkSite !== undefined,
        checkInstance !== undefined,
        checkPage !== undefined,
      ])
    })

    if (site.length > 0)
      it.each(site)('is raised for a site, and not by similar facts', ({ raises, detail = '', passes }) => {
        const issue = find(diagnoseSite(siteFacts(raises)), code)
        expect(issue).toMatchObject({ code, site: 'shop.example' })
        expect(issue?.detail ?? '').toContain(detail)
        expect(find(diagnoseSite(siteFacts(passes)), code)).toBeUndefined()
      })

    if (instance.length > 0)
      it.each(instance)('is raised for the instance, and not by similar facts', (one) => {
        const issue = find(diagnoseInstance(instanceFacts(one.raises)), code)
        expect(issue).toMatchObject({ code })
        expect(issue).not.toHaveProperty('site')
        expect(issue?.detail ?? '').toContain(one.detail ?? '')
        expect(find(diagnoseInstance(instanceFacts(one.passes)), code)).toBeUndefined()
      })

    if (page.length > 0)
      it.each(page)('is raised alone for a page, and not for a similar one', (one) => {
        const issues = diagnosePage(one.raises, expected)
        expect(issues.map((issue) => issue.code)).toEqual([code])
        expect(issues[0]?.detail ?? '').toContain(one.detail ?? '')
        expect(find(diagnosePage(one.passes, expected), code)).toBeUndefined()
      })
  })
}

const find = (issues: readonly Issue[], code: string) => issues.find((issue) => issue.code === code)
