import { expect, it } from 'vitest'
import { registry } from './registry.js'
import { byGroup, troubleshootingPage } from './troubleshooting.js'

it('is docs/troubleshooting.md: `npx vitest run -u` with this file writes it', async () => {
  await expect(troubleshootingPage()).toMatchFileSnapshot('../../../docs/troubleshooting.md')
})

it('has every diagnosis once', () => {
  expect(byGroup.flatMap(({ diagnoses }) => diagnoses)).toEqual(registry)
})
