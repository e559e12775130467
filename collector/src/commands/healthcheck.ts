/** `healthcheck`: whether the running collector can do its work, for containers without curl. */
import type { Command } from 'commander'
import type { CliDeps } from './command.js'
import { ask, printable, urlOf } from './parts.js'

const deadlineMs = 5_000

export function addHealthcheck(program: Command, { config, say, refuse }: CliDeps): void {
  program
    .command('healthcheck')
    .description('ask the running collector whether it is ready; exits with 0 or 1')
    .option('--url <origin>', 'where it listens; as the settings say unless told')
    .option('--json', "print the collector's answer")
    .addHelpText('after', '\nExample: tagferry healthcheck --url http://127.0.0.1:8787')
    .action(async ({ url: given, json = false }: { url?: string; json?: boolean }) => {
      const settings = given === undefined ? config() : undefined
      const url = given ?? (settings && urlOf(settings))
      if (url === undefined) return
      const answer = await ask(url, '/readyz', {}, deadlineMs)
      if (typeof answer === 'string') return refuse(answer)
      const { status, body } = answer
      const { ready = false, reason } = (typeof body === 'object' ? body : {}) as {
        ready?: boolean
        reason?: string
      }
      if (json) say(JSON.stringify(body))
      if (status === 200 && ready) return json ? undefined : say('ready')
      const why = reason ?? `it answered ${status}: is this a collector?`
      refuse(printable(`${url} is not ready: ${why}`))
    })
}
