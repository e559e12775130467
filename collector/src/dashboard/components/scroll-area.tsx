/** Renders a section that scrolls on its own in a narrow window. */
import type { ComponentChildren } from 'preact'

export interface ScrollAreaProps {
  label: string
  hidden?: boolean
  children: ComponentChildren
}

export const ScrollArea = ({ label, hidden, children }: ScrollAreaProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard (WCAG 2.1.1).
  <section class="scroll" aria-label={label} tabIndex={0} hidden={hidden}>
    {children}
  </section>
)
