/** Builds the troubleshooting page for Help and docs/: three common problems first, then all diagnoses by group. */
import { type Diagnosis, type Group, groups, registry } from './registry.js'

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

export const byGroup: readonly { group: Group; diagnoses: Diagnosis[] }[] = groups.map((group) => ({
  group,
  diagnoses: registry.filter((diagnosis) => diagnosis.group === group),
}))

/** Tells where to look for an issue that no check can find; '' for all others. */
export const scriptOnlyNote = ({ scriptOnly }: Diagnosis) =>
  scriptOnly
    ? "No check can see it from here: look at the browser's console, with data-debug in the tag."
    : ''

/** The text of `docs/troubleshooting.md`. */
export function troubleshootingPage(): string {
  const sections = byGroup.map(
    ({ group, diagnoses }) => `## ${group}\n\n${table(headings, diagnoses.map(cellsOf))}`,
  )
  return [
    '# Troubleshooting',
    'Generated from the rules in `collector/src/diagnose/rules`: the dashboard under Diagnostics and `tagferry doctor` use the same words. An error stops events or loses them; a warning makes them worth less; the rest is good to know.',
    table(
      ['problem', 'solution'],
      firstAid.map(({ problem, solution }) => [problem, solution]),
    ),
    ...sections,
  ]
    .map((section) => `${section}\n`)
    .join('\n')
}

const headings = ['code', 'what happened', 'why it matters', 'do this']

function cellsOf(diagnosis: Diagnosis): string[] {
  const { code, severity, title, why, fix } = diagnosis
  return [`\`${code}\` (${severity})`, title, why, [fix, scriptOnlyNote(diagnosis)].filter(Boolean).join(' ')]
}

function table(heads: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('<', '&lt;').replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n')
}
