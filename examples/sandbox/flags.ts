/** Parses the flags of the sandbox. */
import { isIP } from 'node:net'
import { Command, InvalidArgumentError, Option } from 'commander'
import { VISITORS } from '../shop/visitor.js'
import type { Answer } from '../stand-in/answers.js'
import { FAULT_HELP, parseFault } from './fault.js'

export interface SandboxFlags {
  port?: number
  visitor?: string
  store: 'sqlite' | 'postgres'
  /** Simulated answers of the stand-in, in order. */
  fault: Answer[]
}

const port = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 65_000)
    throw new InvalidArgumentError('It must be a number from 1 to 65000.')
  return value
}

const visitorPlace = (text: string): string => {
  if (VISITORS[text] || isIP(text)) return text
  throw new InvalidArgumentError(`It must be ${Object.keys(VISITORS).join(', ')} or an address.`)
}

const fault = (text: string, earlier: Answer[]): Answer[] => {
  const answer = parseFault(text)
  if (!answer) throw new InvalidArgumentError(`It must be ${FAULT_HELP}.`)
  return [...earlier, answer]
}

/** Exits the process with one sentence when a flag is invalid. */
export const parseFlags = (argv: readonly string[]): SandboxFlags =>
  new Command('sandbox')
    .description('Runs collector, stand-in for TikTok and example shop on this machine; nothing leaves it.')
    .option('-p, --port <number>', 'port of the shop; stand-in and collector use the next two', port)
    .addOption(
      new Option('--store <name>', 'database of the collector; postgres starts a server of its own')
        .choices(['sqlite', 'postgres'])
        .default('sqlite'),
    )
    .option(
      '--visitor <place>',
      `where visitors come from: ${Object.keys(VISITORS).join(', ')}, or an address`,
      visitorPlace,
    )
    .option('--fault <what>', `what the stand-in answers; may be repeated: ${FAULT_HELP}`, fault, [])
    .addHelpText(
      'after',
      '\nExamples:\n  npm run sandbox -- --port 9000 --visitor US-CA\n  npm run sandbox -- --fault 40100x3 --fault 502@30%\n',
    )
    .parse(argv)
    .opts<SandboxFlags>()
