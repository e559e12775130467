/** `healthcheck`: shows by its exit code whether the running collector is ready, for containers without curl. */
import type { Command } from 'commander'
import { callCollector, collectorUrl } from './collector-client.js'
import type { CommandDeps } from './command.js'
import { printable } from './output.js'

const deadlineMs = 5_000

interface Options {
  url?: string
  json?: boolean
}

export function addHealthcheck(program: Command, deps: CommandDeps): void {
  program
    .command('healthcheck')
    .description('ask the running collector whether it is ready; exits with 0 or 1')
    .option('--url <origin>', 'where it listens; by default as the settings say')
    .option('--json', "print the collector's answer")
    .addHelpText('after', '\nExample: tagferry healthcheck --url http://127.0.0.1:8787')
    .action((options: Options) => runHealthcheck(options, deps))
}

async function runHealthcheck({ url: option, json }: Options, deps: CommandDeps): Promise<void> {
  const url = option ?? collectorUrl(deps.readConfig())
  const response = await callCollector(url, '/readyz', {}, deadlineMs)
  if (typeof response === 'string') return deps.fail(response)
  const { status, body } = response
  const { ready = false, reason } = (typeof body === 'object' ? body : {}) as {
    ready?: boolean
    reason?: string
  }
  if (json) deps.print(JSON.stringify(body))
  if (status !== 200 || !ready) {
    const problem = reason ?? `it answered ${status}: is this a collector?`
    return deps.fail(printable(`${url} is not ready: ${problem}`))
  }
  if (!json) deps.print('ready')
}
