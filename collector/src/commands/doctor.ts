/** `doctor`: all diagnoses of all domains, and of a page if one is named; what is open decides the exit code. */
import type { Command } from 'commander'
import { loadKeyring } from '../config/keyring.js'
import type { Sources } from '../diagnose/facts.js'
import { diagnosePage } from '../diagnose/html-check.js'
import type { Issue } from '../diagnose/issue.js'
import { diagnosisOf } from '../diagnose/registry.js'
import { bySeverity, diagnose } from '../diagnose/run.js'
import { plural } from '../diagnose/wording.js'
import { readScripts } from '../endpoints/script.js'
import { openSiteRegistry } from '../sites/registry.js'
import { openStore } from '../store/open.js'
import { fetchCopies } from '../verification/page-check.js'
import type { CliDeps } from './command.js'
import { printable } from './parts.js'

export function addDoctor(program: Command, { config, deps, say, fail }: CliDeps): void {
  program
    .command('doctor [url]')
    .description('run all diagnoses; with the address of a page, look at that page too')
    .option('--json', 'print a list of issues as JSON')
    .addHelpText(
      'after',
      '\nExits with 1 while an error is open.\nExample: tagferry doctor https://shop.example/',
    )
    .action(async (url: string | undefined, { json = false }: { json?: boolean }) => {
      const settings = config()
      if (!settings) return
      const page = url === undefined ? undefined : await fetchCopies(url, { allowLocal: true })
      if (typeof page === 'string') return fail(page)
      const { clock, kinds, version, places } = deps
      const store = await openStore(settings, loadKeyring(settings.secret, settings.dataDir), deps)
      const vendors = new Map(kinds.map((kind) => [kind.name, kind.create(settings.vendors, clock)]))
      try {
        const siteRegistry = await openSiteRegistry({ config: settings, store, kinds, vendors })
        const sources: Sources = { store, siteRegistry, kinds, version, clock, settings: settings.shown }
        const sites = [...siteRegistry.sites()]
        const found = await diagnose(sources, sites)
        const scripts = readScripts(places.scripts).files
        if (page) found.push(...diagnosePage(page, { sites, scripts }))
        report(bySeverity(found), plural(sites.length, 'domain'), { json, say })
      } finally {
        await Promise.all([...vendors.values()].map((vendor) => vendor.close()))
        await store.close()
      }
    })
}

function report(
  issues: readonly Issue[],
  looked: string,
  { json, say }: { json: boolean; say: CliDeps['say'] },
) {
  const told = issues.map((issue) => {
    const { severity, title, why, fix, docs } = diagnosisOf(issue.code)
    return { severity, ...issue, title, why, fix, docs }
  })
  const errors = told.filter(({ severity }) => severity === 'error').length
  if (errors > 0) process.exitCode = 1
  if (json) return say(JSON.stringify(told, null, 2))
  for (const { severity, code, site, title, detail, fix } of told) {
    const place = site === undefined ? '' : ` ${site}`
    say(printable(`${severity} ${code}${place}: ${title}${detail ? ` (${detail})` : ''} — ${fix}`))
  }
  say(
    `${looked}: ${errors === 0 ? 'no error' : plural(errors, 'error')}, ${plural(told.length, 'issue')} in all.`,
  )
}
