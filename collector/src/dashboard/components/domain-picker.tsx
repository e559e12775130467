/** Renders the field that selects a domain. A single domain is shown as text. */
import { type Context, to } from '../page.js'

/** @param path of the page that the form opens */
export function DomainPicker({ context: { site, sites }, path }: { context: Context; path: string }) {
  if (sites.length < 2) return site ? <p class="domain">{site.domain}</p> : null
  return (
    <form method="get" action={to(path)} class="picker">
      <label for="site">Domain</label>
      <select id="site" name="site">
        {sites.map(({ domain }) => (
          <option key={domain} value={domain} selected={domain === site?.domain}>
            {domain}
          </option>
        ))}
      </select>
      <button type="submit" class="plain">
        Show
      </button>
    </form>
  )
}
