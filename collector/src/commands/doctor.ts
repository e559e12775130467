/** `doctor`: prints the issues of all domains, and of a page if its address is given. */
import type { Command } from 'commander'
import type { Config } from '../config/config.js'
import { diagnosePage, type PageCopies } from '../diagnose/html-check.js'
import type { Issue } from '../diagnose/issue.js'
import { diagnosisOf } from '../diagnose/registry.js'
import { bySeverity, diagnose } from '../diagnose/run.js'
import { readScripts } from '../endpoints/script.js'
import { openSiteRegistry } from '../sites/registry.js'
import type { Outbox } from '../store/outbox.js'
import { fetchCopies } from '../verification/page-check.js'
import type { CommandDeps } from './command.js'
import { plural, printable } from './output.js'
import { withStore } from './store.js'

interface Options {
  json?: boolean
}

export function addDoctor(program: Command, deps: CommandDeps): void {
  program
    .command('doctor [url]')
    .description('run all diagnoses; with the address of a page, look at that page too')
    .option('--json', 'print a list of issues as JSON')
    .addHelpText(
      'after',
      '\nExits with 1 while an error is open.\nExample: tagferry doctor https://shop.example/',
    )
    .action((url: string | undefined, options: Options) => runDoctor(url, options, deps))
}

async function runDoctor(url: string | undefined, { json }: Options, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  const copies = url === undefined ? undefined : await fetchCopies(url, { allowLocal: true })
  if (typeof copies === 'string') return deps.failUsage(copies)
  const { issues, siteCount } = await withStore(config, deps, (store) =>
    findIssues(store, copies, config, deps),
  )
  const described = issues.map((issue) => {
    const { severity, title, why, fix, docs } = diagnosisOf(issue.code, issue.vendor)
    return { severity, ...issue, title, why, fix, docs }
  })
  const errorCount = described.filter(({ severity }) => severity === 'error').length
  if (errorCount > 0) deps.fail()
  if (json) return deps.print(JSON.stringify(described, null, 2))
  for (const { severity, code, site, title, detail, fix } of described) {
    const place = site === undefined ? '' : ` ${site}`
    deps.print(printable(`${severity} ${code}${place}: ${title}${detail ? ` (${detail})` : ''} — ${fix}`))
  }
  const errors = errorCount === 0 ? 'no error' : plural(errorCount, 'error')
  deps.print(`${plural(siteCount, 'domain')}: ${errors}, ${plural(described.length, 'issue')} in all.`)
}

/** Most severe first. */
async function findIssues(
  store: Outbox,
  copies: PageCopies | undefined,
  config: Config,
  { kinds, clock, version, places }: CommandDeps,
): Promise<{ issues: Issue[]; siteCount: number }> {
  const vendors = new Map(kinds.map((kind) => [kind.name, kind.create(config.vendors, clock)]))
  try {
    const siteRegistry = await openSiteRegistry({ config, store, kinds, vendors })
    const sites = siteRegistry.sites()
    const sources = { store, siteRegistry, kinds, version, clock, settings: config.shown }
    const issues = await diagnose(sources, sites)
    const scripts = readScripts(places.scripts).files
    const pageIssues = copies ? diagnosePage(copies, { sites, scripts }) : []
    return { issues: bySeverity([...issues, ...pageIssues]), siteCount: sites.length }
  } finally {
    await Promise.all([...vendors.values()].map((vendor) => vendor.close()))
  }
}
