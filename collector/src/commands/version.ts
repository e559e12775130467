/** `version`: prints the version. */
import type { Command } from 'commander'
import type { CommandDeps } from './command.js'

interface Options {
  json?: boolean
}

export function addVersion(program: Command, deps: CommandDeps): void {
  program
    .command('version')
    .description('print the version')
    .option('--json', 'as JSON, with that of Node')
    .addHelpText('after', '\nExample: tagferry version --json')
    .action((options: Options) => runVersion(options, deps))
}

function runVersion({ json }: Options, { version, print }: CommandDeps): void {
  print(json ? JSON.stringify({ version, node: process.versions.node }) : version)
}
