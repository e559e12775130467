/** What the registry of diagnoses knows of each: in words for the owner, what happened, why it matters, do this. */

export type Severity = 'error' | 'warning' | 'info'

/** An error stops events or loses them; a warning makes them worth less; the rest is good to know. */
export const severities: readonly Severity[] = ['error', 'warning', 'info']

export interface Entry {
  severity: Severity
  /** What happened, without a full stop. */
  title: string
  /** Why it matters. */
  why: string
  /** What to do. */
  fix: string
  /** Page of the dashboard where it is done. */
  path?: string
  /** File that says more. */
  docs: string
  /** Only a browser sees it: no check here can. */
  by?: 'script'
}

export const groups = [
  'Install',
  'Privacy',
  'Identity',
  'Connection',
  'Events',
  'Queue',
  'Operation',
] as const
export type Group = (typeof groups)[number]
