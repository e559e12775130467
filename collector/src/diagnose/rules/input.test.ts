import { now, problem } from '../../../../tests/support/diagnose/fixtures.js'
import { testRules } from '../../../../tests/support/diagnose/test-rules.js'
import { input } from './input.js'

const warnings = input.flatMap(({ code }) => (code.startsWith('input_') ? [code.slice('input_'.length)] : []))

/** Each warning raises the diagnosis of its own rule, and no other warning does. */
const ofWarnings = Object.fromEntries(
  warnings.map((rule, at) => [
    `input_${rule}`,
    {
      site: [
        {
          raises: { inputProblems: [problem({ rule, count: 40 }), problem({ rule, path: 'user.email' })] },
          detail: '41 warnings in a day, the newest at properties.quantity, user.email (/e)',
          passes: { inputProblems: [problem({ rule: warnings.at(at - 1) ?? '' })] },
        },
      ],
    },
  ]),
)

testRules(input, {
  requests_refused: {
    site: [
      {
        raises: { inputProblems: [problem({ status: 400, count: 40 })] },
        detail: '40 requests in a day, the newest at properties.quantity (/e): 400 invalid_value',
        passes: { inputProblems: [problem()] },
      },
    ],
  },
  requests_refused_unknown: {
    instance: [
      {
        raises: {
          inputProblems: [
            problem({ site: '', route: '/v1/events', status: 401, rule: 'no_key', path: '', lastAt: now }),
          ],
        },
        detail: '1 request in a day, the newest at the whole request (/v1/events): 401 no_key',
        passes: { inputProblems: [] },
      },
    ],
  },
  ...ofWarnings,
})
