// Row 50: plausible events with slightly wrong fields. None is lost, and each difference at TikTok is explained.
import { type Check, exactly, moreThan } from '../../chaos/check.js'
import { checkGrammar } from '../../support/grammar-check.js'
import { startTestSystem } from '../../support/test-system.js'
import type { Context, Row } from '../row.js'

const seed = 20_261_130

async function wrongFields({ quick }: Context): Promise<Check[]> {
  const events = quick ? 2_000 : 200_000
  const system = await startTestSystem()
  try {
    const { compared, refused, warnings, faults } = await checkGrammar(system, events, seed)
    for (const fault of faults) console.error(fault)
    return [
      exactly('events lost, answered 5xx or changed without a word', faults.length, 0),
      moreThan('events compared with what TikTok received', compared, events / 3),
      moreThan("servers' requests refused with their reasons", refused, events / 20),
      moreThan('warnings', warnings, events / 3),
    ]
  } finally {
    await system.stop()
  }
}

export const row50: Row = { row: 50, name: 'plausible events with wrong fields', run: wrongFields }
