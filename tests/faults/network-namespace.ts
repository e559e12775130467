// Knows how a trial runs in a network of its own: no other program notices its faults, and none outlives it.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Check } from '../chaos/check.js'
import { killOnExit } from '../support/temporary.js'
import { type Context, MissingPrerequisite } from './row.js'

/**
 * Runs a script of `inside/` as root of a network and of mounts that are its own; it prints its checks as JSON.
 * @param tools commands that it needs, each with the package that has it
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
  const said = Buffer.concat(printed).toString()
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${said}`)
  return JSON.parse(said.trim().split('\n').at(-1) as string) as Check[]
}

/** The other side of it: runs the trial with what the row was told. */
export async function printChecks(run: (context: Context) => Promise<Check[]>): Promise<void> {
  const checks = await run(JSON.parse(process.argv[2] as string))
  console.log(JSON.stringify(checks))
  process.exit()
}
