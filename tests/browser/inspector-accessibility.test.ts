// Tests the inspector with axe and its width, in light and dark mode, on a desktop and on a phone.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Inspector, startInspector } from '../support/inspector.js'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let inspector: Inspector
beforeAll(async () => {
  inspector = await startInspector()
})
beforeEach(() => inspector.reset())
afterAll(() => inspector?.stop())

/** Violations that axe finds within a part of the page. The debugger injects axe, so the page's policy allows it. */
const problemsOf = async (part: string): Promise<string[]> => {
  const { page } = inspector
  const { violations } = (await page.evaluate(`axe.run('${part}')`)) as AxeResults
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${part}: ${id}: ${html}`))
  const root = 'document.documentElement'
  const tooWide = await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`)
  return [...found, ...(tooWide === 0 ? [] : [`${part}: ${tooWide} px too wide`])]
}

const desktop = { width: 1280, height: 900 }
const phone = { width: 360, height: 740 }

it.each([
  ['light', desktop],
  ['dark', desktop],
  ['light', phone],
  ['dark', phone],
] as const)('%s, %o', async (colorScheme, size) => {
  const { page } = inspector
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize(size)
  await inspector.open()
  await page.getByTestId('empty').waitFor()
  await page.evaluate(source)
  const problems = await problemsOf('html')
  await inspector.sendAll()
  await page.locator('.row[data-event="Contact"]').waitFor()
  await page.getByTestId('answers').click()
  await page.getByTestId('answer-kind').selectOption('http')
  problems.push(...(await problemsOf('html')))
  await page.locator('.row[data-event="Lead"]').click()
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click()
    problems.push(...(await problemsOf('#detail')))
  }
  expect(problems).toEqual([])
})
