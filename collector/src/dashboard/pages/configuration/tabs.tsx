/** Renders the tabs of Configuration. */
import { type Context, to } from '../../page.js'

const tabs = [
  { path: '/configuration', label: 'Vendors' },
  { path: '/configuration/events', label: 'Events' },
  { path: '/configuration/privacy', label: 'Privacy' },
  { path: '/configuration/keys', label: 'Inbound Integration Keys' },
]

/** @param path of the current page */
export const ConfigurationTabs = ({ context, path }: { context: Context; path: string }) => (
  <nav class="tabs" aria-label="Configuration">
    <ul>
      {tabs.map((tab) => (
        <li key={tab.path}>
          <a href={to(tab.path, context.site)} aria-current={tab.path === path ? 'page' : undefined}>
            {tab.label}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
