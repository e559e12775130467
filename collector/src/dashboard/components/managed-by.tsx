/** Names the setting that a value comes from, where the dashboard cannot change the value. */

export const ManagedBy = ({ name }: { name: string }) => (
  <small class="managed-by">
    set by <code>{name}</code>
  </small>
)
