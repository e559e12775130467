/** Renders a state as a word with an icon: colour alone does not tell it (WCAG 1.4.1). */
import type { ComponentChildren } from 'preact'
import type { Severity } from '../../diagnose/rule.js'
import type { EventState } from '../../event.js'

export type Tone = 'good' | 'waiting' | 'bad' | 'off' | 'plain'

/** SVG paths in a box of 12 by 12, because not every font has such characters. */
const icons: Record<Tone, string> = {
  good: 'M2 6.500 5 9.500 10 3',
  waiting: 'M6 2v4l2.500 2M6 .700a5.300 5.300 0 1 0 .010 0',
  bad: 'M2.500 2.500l7 7M9.500 2.500l-7 7',
  off: 'M2 6h8',
  plain: '',
}

export interface BadgeProps {
  tone: Tone
  /** SVG path in a box of 12 by 12; the tone's icon by default. */
  icon?: string
  children: ComponentChildren
}

export const Badge = ({ tone, icon = icons[tone], children }: BadgeProps) => (
  <span class={`badge ${tone}`}>
    {icon && (
      <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
        <path d={icon} />
      </svg>
    )}
    {children}
  </span>
)

const states: Record<EventState, { tone: Tone; label: string }> = {
  delivered: { tone: 'good', label: 'Delivered' },
  pending: { tone: 'waiting', label: 'Pending' },
  failed: { tone: 'bad', label: 'Failed' },
  skipped: { tone: 'off', label: 'Skipped' },
}

export const StateBadge = ({ state }: { state: EventState }) => (
  <Badge tone={states[state].tone}>{states[state].label}</Badge>
)

const severities: Record<Severity, Omit<BadgeProps, 'children'> & { label: string }> = {
  error: { tone: 'bad', label: 'Error' },
  warning: { tone: 'waiting', icon: 'M6 1.500v5.500M6 9v1.500', label: 'Warning' },
  info: { tone: 'plain', icon: 'M6 1.500v1.500M6 5v5.500', label: 'Good to know' },
}

export function SeverityBadge({ severity }: { severity: Severity }) {
  const { label, ...badge } = severities[severity]
  return <Badge {...badge}>{label}</Badge>
}
