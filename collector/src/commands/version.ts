/** `version`: which tagferry this is. */
import type { Command } from 'commander'
import type { CliDeps } from './command.js'

export function addVersion(program: Command, { deps, say }: CliDeps): void {
  program
    .command('version')
    .description('print the version')
    .option('--json', 'as JSON, with that of Node')
    .addHelpText('after', '\nExample: tagferry version --json')
    .action(({ json = false }: { json?: boolean }) => {
      const { version } = deps
      say(json ? JSON.stringify({ version, node: process.versions.node }) : version)
    })
}
