/** Where settings come from: the environment and a file, each with what is wrong with it. */
import { readFileSync } from 'node:fs'
import { type ConfigProblem, type Settings, settingKey } from './config.js'

export interface Source {
  /** In camel case, as far as they could be read. */
  settings: Settings
  problems: ConfigProblem[]
}

/** Settings that may also be named by a file: TAGFERRY_SECRET_FILE holds the path of TAGFERRY_SECRET. */
const secrets = ['TAGFERRY_SECRET', 'TAGFERRY_DATABASE_URL', 'TAGFERRY_ADMIN_PASSWORD']

/** What a command takes from the environment; no setting. */
const ofCommands = ['TAGFERRY_KEY']

/** TAGFERRY_… of the environment; an empty value counts as absent. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Source {
  const settings: Record<string, unknown> = {}
  const problems: ConfigProblem[] = []
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('TAGFERRY_') || ofCommands.includes(name) || value === undefined || value === '')
      continue
    const secret = secrets.find((one) => name === `${one}_FILE`)
    if (!secret) settings[settingKey(name)] = value
    else {
      const text = readText(value)
      if (text === undefined) problems.push({ setting: name, problem: `cannot read ${value}` })
      else settings[settingKey(secret)] = text.trim()
    }
  }
  return { settings, problems }
}

/** Under which name the environment gives a setting: that of its file, where it comes from one. */
export function variableName(
  environment: Readonly<Record<string, string | undefined>>,
  setting: string,
): string {
  return !environment[setting] && environment[`${setting}_FILE`] ? `${setting}_FILE` : setting
}

/** `tagferry.config.json`: one object of settings in camel case; no file is no settings. */
export function readFile(path: string): Source {
  const text = readText(path)
  if (text === undefined) return { settings: {}, problems: [] }
  try {
    const settings: unknown = JSON.parse(text)
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) {
      return { settings: settings as Settings, problems: [] }
    }
  } catch {
    // Told below: what is no JSON is no object either.
  }
  return {
    settings: {},
    problems: [{ setting: path, problem: 'expected a JSON object such as {"port": 8787}' }],
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
