import { expect, it } from 'vitest'
import { registry } from './registry.js'
import { byGroup, troubleshootingPage } from './troubleshooting.js'

it('equals docs/troubleshooting.md: `npx vitest run -u` with this file writes it', async () => {
  await expect(troubleshootingPage()).toMatchFileSnapshot('../../../docs/troubleshooting.md')
})

it('contains every diagnosis once', () => {
  expect(byGroup.flatMap(({ diagnoses }) => diagnoses)).toEqual(registry)
})
