// Runs some rows of the fault table in their small sizes.
import { expect, it } from 'vitest'
import { failedChecks } from '../chaos/failed-checks.js'
import type { Row } from './row.js'
import { row5, row9 } from './rows/answers.js'
import { row17, row18 } from './rows/credentials.js'
import { row19 } from './rows/expiry.js'
import { row49 } from './rows/slow-uplink.js'

const sample: Row[] = [row5, row9, row17, row18, row19, row49]

// One after the other, because each row starts many collectors.
it.each(sample)('row $row, $name', async ({ run }) =>
  expect(failedChecks(await run({ store: 'sqlite', quick: true }))).toEqual([]),
)
