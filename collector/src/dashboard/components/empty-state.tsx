/** Renders what a page or a list shows while it has no content. */
import type { ComponentChildren } from 'preact'

export const EmptyState = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p>
      <strong>{title}</strong>
    </p>
    {children}
  </div>
)

/** For pages that need a domain. */
export const NoDomain = () => (
  <EmptyState title="No domain yet">
    <p>Events are kept for domains that you have added.</p>
    <p>
      <a class="button" href="/admin/domains">
        Add a domain
      </a>
    </p>
  </EmptyState>
)
