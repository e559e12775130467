/** Merges the settings of flags, environment and file into a `Config`, or reports all their problems at once. */
import { z } from 'zod'
import { headerProblem } from '../region/headers.js'
import { json } from './parsers.js'
import { generalSchema, siteSchema } from './schema.js'
import { secretSettings, settingName } from './setting-names.js'
import { suggest } from './suggest.js'

export type SiteSettings = z.infer<z.ZodObject<typeof siteSchema>> & Record<string, unknown>
export type Config = z.infer<z.ZodObject<typeof generalSchema>> & {
  sites: SiteSettings[]
  vendors: Record<string, unknown>
  /** Each setting with its source, secrets masked; by name, such as `TAGFERRY_PORT`. */
  shown: ReadonlyMap<string, ShownSetting>
}

export interface ShownSetting {
  value: string
  from: 'flag' | 'environment' | 'file' | 'default'
}

export interface ConfigProblem {
  /** Such as `TAGFERRY_PORT`. */
  setting: string
  problem: string
}

export type Settings = Readonly<Record<string, unknown>>

/** What a vendor adds to the configuration. */
export interface VendorSchema {
  /** Settings of the whole process, by key in camel case. */
  settings: z.ZodRawShape
  /** Keys of a site in TAGFERRY_SITES. */
  credentials: z.ZodRawShape
}

/**
 * Validates the merged settings.
 * @param layers settings in camel case, the strongest first: flags, environment, file
 * @param kinds vendors, each with its own settings and site keys
 */
export function readConfig(
  layers: readonly Settings[],
  kinds: readonly VendorSchema[],
): { ok: true; config: Config } | { ok: false; problems: ConfigProblem[] } {
  const vendorSchema: z.ZodRawShape = Object.assign({}, ...kinds.map((kind) => kind.settings))
  const credentials: z.ZodRawShape = Object.assign({}, ...kinds.map((kind) => kind.credentials))
  const site = z.strictObject({ ...siteSchema, ...credentials })
  const schema = z.strictObject({
    ...generalSchema,
    ...vendorSchema,
    sites: json(z.array(site).superRefine(rejectRepeatedDomains)).default([]),
  })
  const merged: Record<string, unknown> = Object.assign({}, ...[...layers].reverse())
  const result = schema.safeParse(merged)
  if (!result.success)
    return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, schema.shape)) }
  const { sites, ...rest } = result.data
  const { geoHeaders: format, geoCountryHeader: country, geoRegionHeader: region } = result.data
  const problem = headerProblem({ format, country, region })
  if (problem) return { ok: false, problems: [{ setting: settingName('geoHeaders'), problem }] }
  if (rest.databaseUrl !== undefined && rest.secret === undefined) {
    const problem = `is required with ${settingName('databaseUrl')}: 32 bytes in base64, the same for each collector`
    return { ok: false, problems: [{ setting: settingName('secret'), problem }] }
  }
  const vendors = Object.fromEntries(Object.keys(vendorSchema).map((key) => [key, (rest as Settings)[key]]))
  const shown = describeSettings(Object.keys(schema.shape), layers, { ...rest, sites })
  return { ok: true, config: { ...rest, sites, vendors, shown } as Config }
}

const sourceNames = ['flag', 'environment', 'file'] as const

function describeSettings(
  keys: readonly string[],
  layers: readonly Settings[],
  values: Settings,
): ReadonlyMap<string, ShownSetting> {
  const isSecret = (key: string) => (secretSettings as readonly string[]).includes(key)
  const entries = keys.map((key): [string, ShownSetting] => {
    const from = sourceNames[layers.findIndex((layer) => layer[key] !== undefined)] ?? 'default'
    const value = isSecret(key) && from !== 'default' ? '••••' : textOf(values[key])
    return [settingName(key), { value, from }]
  })
  return new Map(entries)
}

function textOf(value: unknown): string {
  if (value instanceof Set) return [...value].join(',')
  return JSON.stringify(value)?.replace(/^"|"$/g, '') ?? ''
}

/** A name belongs to one site, whether as its domain or as an alias. */
function rejectRepeatedDomains(
  sites: readonly { domain: string; aliases: readonly string[] }[],
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>()
  sites.forEach(({ domain, aliases }, index) => {
    for (const name of [domain, ...aliases]) {
      if (seen.has(name))
        context.addIssue({ code: 'custom', message: `${name} is listed twice`, path: [index] })
      seen.add(name)
    }
  })
}

/** The names of all settings, such as `TAGFERRY_PORT`. A test compares them with the documentation. */
export function settingNames(kinds: readonly VendorSchema[]): string[] {
  const keys = [
    ...Object.keys(generalSchema),
    'sites',
    ...kinds.flatMap((kind) => Object.keys(kind.settings)),
  ]
  return keys.map(settingName)
}

function problemsOf(issue: z.core.$ZodIssue, schema: object): ConfigProblem[] {
  const [first = '', ...rest] = issue.path
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    return issue.keys.map((key) => ({
      setting: settingName(key),
      problem: `unknown setting${suggestion(key, schema)}`,
    }))
  }
  const path = rest.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  const problem = issue.code === 'unrecognized_keys' ? `unknown key ${issue.keys.join(', ')}` : issue.message
  return [{ setting: settingName(String(first)) + path, problem }]
}

function suggestion(key: string, schema: object): string {
  const nearest = suggest(key, Object.keys(schema))
  return nearest === undefined ? '' : `; did you mean ${settingName(nearest)}?`
}
