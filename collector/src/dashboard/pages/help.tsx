/** Help: documents troubleshooting, the API, the settings with their sources, and the version. */
import type { ComponentChildren } from 'preact'
import { byGroup, firstAid, scriptOnlyNote } from '../../diagnose/troubleshooting.js'
import { SeverityBadge } from '../components/badge.js'
import { Copyable } from '../components/copyable.js'
import { ScrollArea } from '../components/scroll-area.js'
import { type Context, type Page, to } from '../page.js'
import type { Settings } from './services.js'

export interface HelpDeps {
  version: string
  settings: Settings
}

/** Section titles by their anchor. */
const sections = {
  troubleshooting: 'Troubleshooting',
  api: 'API reference',
  settings: 'Settings',
  version: 'Version',
}

export const createHelpPage = ({ version, settings }: HelpDeps): Page => ({
  path: '/help',
  title: 'Help',
  nav: 'Help',
  view: (context) => (
    <>
      <nav aria-label="On this page">
        <ul class="chips">
          {Object.entries(sections).map(([id, title]) => (
            <li key={id}>
              <a href={`#${id}`}>{title}</a>
            </li>
          ))}
        </ul>
      </nav>
      <Troubleshooting context={context} />
      <ApiReference origin={context.origin} />
      <SettingsTable settings={settings} />
      <section>
        <h2 id="version">{sections.version}</h2>
        <p>tagferry {version}. No version check is made, and nothing is reported to anybody.</p>
      </section>
    </>
  ),
})

const Troubleshooting = ({ context }: { context: Context }) => (
  <section>
    <h2 id="troubleshooting">{sections.troubleshooting}</h2>
    <FirstAid />
    {byGroup.map(({ group, diagnoses }) => (
      <section key={group}>
        <h3>{group}</h3>
        <Table label={group} columns={['What happened', 'Why it matters', 'Do this']}>
          {diagnoses.map((diagnosis) => (
            <tr key={diagnosis.code} id={diagnosis.code}>
              <td>
                <SeverityBadge severity={diagnosis.severity} /> {diagnosis.title}
                <br />
                <code>{diagnosis.code}</code>
              </td>
              <td>{diagnosis.why}</td>
              <td>
                {diagnosis.path ? (
                  <a href={to(diagnosis.path, context.site)}>{diagnosis.fix}</a>
                ) : (
                  diagnosis.fix
                )}{' '}
                {scriptOnlyNote(diagnosis)} <small>More: {diagnosis.docs}</small>
              </td>
            </tr>
          ))}
        </Table>
      </section>
    ))}
  </section>
)

const FirstAid = () => (
  <Table label="First aid" columns={['Problem', 'Solution']}>
    {firstAid.map(({ problem, solution }) => (
      <tr key={problem}>
        <td>{problem}</td>
        <td>{solution}</td>
      </tr>
    ))}
  </Table>
)

const routes: readonly [route: string, purpose: string][] = [
  ['POST /e', 'Events from browsers. 202 means that they are on disk.'],
  [
    'POST /v1/events',
    'Events from servers, with Authorization: Bearer KEY (Configuration > Inbound Integration Keys).',
  ],
  ['GET /t.js, /t.core.js', 'The script.'],
  ['GET /livez', '200 while the process runs.'],
  ['GET /readyz', '200 when the store can commit and the relay runs, else 503 with the reason.'],
  [
    'GET /metrics',
    'Prometheus text: on the listener of the dashboard if it has its own, else to this machine alone.',
  ],
]

const exampleBody = `{
  "site": "shop.example",
  "events": [{
    "event": "Purchase",
    "event_id": "Purchase.1001",
    "user": { "email": "jane@example.com", "phone": "+1 415 555 1234", "ttclid": "E.C.P.abc" },
    "page": { "url": "https://shop.example/thanks" },
    "properties": { "value": 49.9, "currency": "USD", "order_id": "1001" }
  }]
}`

const ApiReference = ({ origin }: { origin: string }) => (
  <section>
    <h2 id="api">{sections.api}</h2>
    <Table label="Routes" columns={['Route', 'Does']}>
      {routes.map(([route, purpose]) => (
        <tr key={route}>
          <td>
            <code>{route}</code>
          </td>
          <td>{purpose}</td>
        </tr>
      ))}
    </Table>
    <p>
      The body is JSON, the same for browsers and servers; here to <code>{origin}</code>. Only{' '}
      <code>site</code> and <code>event</code> are required:
    </p>
    <Copyable text={exampleBody} label="Copy body" />
    <p>
      The answer is <code>202</code> with <code>accepted</code>, <code>duplicates</code>, <code>skipped</code>{' '}
      and <code>ids</code>. A bad request is <code>400</code> with each problem by its path, and stores
      nothing; <code>429</code> and <code>503</code> say with <code>Retry-After</code> when to come again.
    </p>
  </section>
)

const SettingsTable = ({ settings }: Pick<HelpDeps, 'settings'>) => (
  <section>
    <h2 id="settings">{sections.settings}</h2>
    <p>A flag beats the environment, that beats the file, that beats the default. Secrets are masked.</p>
    <Table label="Settings" columns={['Setting', 'Value', 'From']}>
      {[...settings].map(([name, { value, from }]) => (
        <tr key={name}>
          <td>
            <code>{name}</code>
          </td>
          <td>{value}</td>
          <td>{from}</td>
        </tr>
      ))}
    </Table>
  </section>
)

interface TableProps {
  label: string
  columns: readonly string[]
  children: ComponentChildren
}

const Table = ({ label, columns, children }: TableProps) => (
  <ScrollArea label={label}>
    <table class="even">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </ScrollArea>
)
