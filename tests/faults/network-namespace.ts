// Runs a scenario in a network namespace of its own, so that its faults affect no other program.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Check } from '../chaos/check.js'
import { killOnExit } from '../support/temporary.js'
import { type Context, MissingPrerequisite } from './row.js'

/**
 * Runs a script of `inside/` as root in new network and mount namespaces. The script prints its checks as JSON.
 * @param tools commands that it needs, each with its Debian package
 */
export async function runInNamespace(
  script: string,
  { store, quick }: Context,
  tools: Record<string, string> = {},
): Promise<Check[]> {
  for (const [tool, name] of Object.entries({ unshare: 'util-linux', ip: 'iproute2', ...tools })) {
    if (spawnSync(tool, ['--version']).error)
      throw new MissingPrerequisite(`${tool} is missing: install it (apt-get install ${name}).`)
  }
  if (spawnSync('unshare', ['-nm', 'true']).status !== 0)
    throw new MissingPrerequisite(
      'No network of its own is allowed here: run this row as root (sudo npm run faults).',
    )
  const path = fileURLToPath(new URL(`inside/${script}.ts`, import.meta.url))
  const argv = ['-nm', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
  argv.push(process.execPath, '--import', 'tsx', path, JSON.stringify({ store, quick }))
  const child = spawn('unshare', argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  killOnExit(child)
  const printed: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk))
  const [code] = await once(child, 'close')
  const output = Buffer.concat(printed).toString()
  if (code !== 0) throw new Error(`${script} exited with ${code}: ${output}`)
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Check[]
}

/** Runs the scenario of such a script with the context of its row, and prints the checks. */
export async function printChecks(run: (context: Context) => Promise<Check[]>): Promise<void> {
  const checks = await run(JSON.parse(process.argv[2] as string))
  console.log(JSON.stringify(checks))
  process.exit()
}
