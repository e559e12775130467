/** The troubleshooting table: three rows that everybody meets first, then all of the registry. For Help and docs/. */
import { groups } from './entry.js'
import { type Diagnosis, registry } from './registry.js'

export interface FirstAid {
  problem: string
  solution: string
}

export const firstAid: readonly FirstAid[] = [
  {
    problem: 'Token rejected',
    solution: 'Regenerate the access token in TikTok Events Manager.',
  },
  {
    problem: 'Events not appearing',
    solution:
      'Verify that the Pixel Code matches your pixel, check that TikTok is enabled in Configuration > Vendors.',
  },
  {
    problem: 'Pixel Code format',
    solution:
      'A Pixel Code starts with C (or D, for pixels made since April 2025) followed by letters and digits, such as CXXXXXXXXXXXXXXXXX.',
  },
]

/** By group, in their order. */
export const byGroup: readonly { group: string; diagnoses: Diagnosis[] }[] = groups.map((group) => ({
  group,
  diagnoses: registry.filter((diagnosis) => diagnosis.group === group),
}))

/** Who sees it, for what no check of the collector can. */
export const seenBy = ({ by }: Diagnosis) =>
  by === 'script'
    ? "No check can see it from here: look at the browser's console, with data-debug in the tag."
    : ''

/** `docs/troubleshooting.md`. */
export function troubleshootingPage(): string {
  const sections = byGroup.map(
    ({ group, diagnoses }) => `## ${group}\n\n${table(headings, diagnoses.map(cellsOf))}`,
  )
  return [
    '# Troubleshooting',
    'Made from the registry of diagnoses (`collector/src/diagnose`): the dashboard under Diagnostics and `tagferry doctor` use the same words. An error stops events or loses them; a warning makes them worth less; the rest is good to know.',
    table(
      ['problem', 'solution'],
      firstAid.map(({ problem, solution }) => [problem, solution]),
    ),
    ...sections,
  ]
    .map((part) => `${part}\n`)
    .join('\n')
}

const headings = ['code', 'what happened', 'why it matters', 'do this']

function cellsOf(diagnosis: Diagnosis): string[] {
  const { code, severity, title, why, fix } = diagnosis
  return [`\`${code}\` (${severity})`, title, why, [fix, seenBy(diagnosis)].filter(Boolean).join(' ')]
}

function table(heads: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('<', '&lt;').replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n')
}
