/** Reads settings from the environment and from a file, each with its problems. */
import { readFileSync } from 'node:fs'
import type { ConfigProblem, Settings } from './config.js'
import { secretSettings, settingKey, settingName } from './setting-names.js'

type Environment = Readonly<Record<string, string | undefined>>

export interface SettingsSource {
  /** By key in camel case, as far as they could be read. */
  settings: Settings
  problems: ConfigProblem[]
}

const secretNames: readonly string[] = secretSettings.map(settingName)

/** Variables for commands. They are not settings. */
const commandVariables = ['TAGFERRY_KEY']

/** Reads the TAGFERRY_… variables. An empty value counts as absent. */
export function readEnvironment(environment: Environment): SettingsSource {
  const settings: Record<string, unknown> = {}
  const problems: ConfigProblem[] = []
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('TAGFERRY_') || commandVariables.includes(name) || !value) continue
    const secret = secretNames.find((secretName) => name === `${secretName}_FILE`)
    if (secret === undefined) {
      settings[settingKey(name)] = value
      continue
    }
    // Where both are set, the variable of the secret itself counts.
    if (environment[secret]) continue
    const text = readText(value)
    if (text === undefined) problems.push({ setting: name, problem: `cannot read ${value}` })
    else settings[settingKey(secret)] = text.trim()
  }
  return { settings, problems }
}

/**
 * The variable that gives a setting its value: TAGFERRY_SECRET_FILE where a file gives TAGFERRY_SECRET.
 * @param setting as a problem names it, such as `TAGFERRY_SITES[0].domain`
 */
export function variableName(environment: Environment, setting: string): string {
  const [, name = setting, path = ''] = /^(\w+)(.*)$/.exec(setting) ?? []
  return !environment[name] && environment[`${name}_FILE`] ? `${name}_FILE${path}` : setting
}

/** Reads `tagferry.config.json`: one object of settings in camel case. A missing file means no settings. */
export function readFile(path: string): SettingsSource {
  const text = readText(path)
  if (text === undefined) return { settings: {}, problems: [] }
  const settings = parseObject(text)
  if (settings !== undefined) return { settings, problems: [] }
  const problem = 'expected a JSON object such as {"port": 8787}'
  return { settings: {}, problems: [{ setting: path, problem }] }
}

function parseObject(text: string): Settings | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Settings) : undefined
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
