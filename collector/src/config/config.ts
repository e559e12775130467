/** What the owner may set: environment, file and flags become a `Config`, or all that is wrong with them at once. */
import { z } from 'zod'
import { headerFormats, headerProblem } from '../region/headers.js'
import type { VendorKind } from '../vendors/vendor.js'
import {
  databaseUrl,
  domain,
  flag,
  headerName,
  hostAndPort,
  json,
  lduScope,
  names,
  number,
  rateLimit,
  secret,
  siteOrigin,
  trustProxy,
} from './schema.js'
import { suggest } from './suggest.js'

/** Settings in camel case: `trustProxy` is TAGFERRY_TRUST_PROXY. Held to docs/operations.md by a test. */
const general = {
  port: number(0, 65_535).default(8787),
  host: z.string().min(1).default('127.0.0.1'),
  dataDir: z.string().min(1).default('./tagferry-data'),
  databaseUrl: databaseUrl.optional(),
  secret: secret.optional(),
  trustProxy: trustProxy.default(false),
  geoHeaders: z.enum(headerFormats, `expected one of ${headerFormats.join(', ')}`).default('off'),
  geoCountryHeader: headerName.optional(),
  geoRegionHeader: headerName.optional(),
  geoipDb: z.string().min(1).optional(),
  lduScope: lduScope.default('ccpa'),
  lduUnknown: flag.default(true),
  adminPassword: z.string().min(8, 'expected at least 8 characters, better 15').optional(),
  adminListen: hostAndPort.optional(),
  rateLimit: rateLimit.default(600),
  stripParameters: names,
  keepParameters: names,
  siteCheck: z.enum(['off', 'public', 'local'], 'expected off, public or local').default('off'),
  retentionDays: number(1, 3_650).default(90),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  apiKeys: json(
    z.array(
      z.strictObject({ site: domain, key: z.string().min(16, 'an API key has at least 16 characters') }),
    ),
  ).default([]),
}

const siteFields = {
  domain,
  aliases: z.array(domain).default([]),
  origin: siteOrigin.optional(),
  siteKey: z.string().min(1).max(100).optional(),
  enabled: z.boolean().default(true),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, { error: 'expected a country code such as US' })
    .optional(),
  keepLegacyNames: z.boolean().default(false),
  lduScope: lduScope.optional(),
  lduUnknown: flag.optional(),
  consentRequired: z.boolean().default(false),
}

export type SiteSettings = z.infer<z.ZodObject<typeof siteFields>> & Record<string, unknown>
export type Config = z.infer<z.ZodObject<typeof general>> & {
  sites: SiteSettings[]
  vendors: Record<string, unknown>
  /** Each setting as it is shown, secrets masked, and where it came from; by name, such as `TAGFERRY_PORT`. */
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

/**
 * @param layers settings in camel case, the strongest first: flags, environment, file
 * @param kinds vendors bring settings and site keys of their own
 */
export function readConfig(
  layers: readonly Settings[],
  kinds: readonly VendorKind[],
): { ok: true; config: Config } | { ok: false; problems: ConfigProblem[] } {
  const vendorFields: z.ZodRawShape = Object.assign({}, ...kinds.map((kind) => kind.settings))
  const credentials: z.ZodRawShape = Object.assign({}, ...kinds.map((kind) => kind.credentials))
  const site = z.strictObject({ ...siteFields, ...credentials })
  const schema = z.strictObject({
    ...general,
    ...vendorFields,
    sites: json(z.array(site).superRefine(refuseTwice)).default([]),
  })
  const merged: Record<string, unknown> = Object.assign({}, ...[...layers].reverse())
  const result = schema.safeParse(merged)
  if (!result.success)
    return { ok: false, problems: result.error.issues.flatMap((issue) => explain(issue, schema.shape)) }
  const { sites, ...rest } = result.data
  const { geoHeaders: format, geoCountryHeader: country, geoRegionHeader: region } = result.data
  const problem = headerProblem({ format, country, region })
  if (problem) return { ok: false, problems: [{ setting: settingName('geoHeaders'), problem }] }
  if (rest.databaseUrl !== undefined && rest.secret === undefined) {
    const problem = `is required with ${settingName('databaseUrl')}: 32 bytes in base64, the same for each collector`
    return { ok: false, problems: [{ setting: settingName('secret'), problem }] }
  }
  const vendors = Object.fromEntries(Object.keys(vendorFields).map((key) => [key, (rest as Settings)[key]]))
  const shown = show(Object.keys(schema.shape), layers, { ...rest, sites })
  return { ok: true, config: { ...rest, sites, vendors, shown } as Config }
}

const sourceNames = ['flag', 'environment', 'file'] as const
const secretKeys = ['secret', 'databaseUrl', 'adminPassword', 'apiKeys', 'sites']

function show(
  keys: readonly string[],
  layers: readonly Settings[],
  values: Settings,
): ReadonlyMap<string, ShownSetting> {
  const entries = keys.map((key): [string, ShownSetting] => {
    const from = sourceNames[layers.findIndex((layer) => layer[key] !== undefined)] ?? 'default'
    const value = values[key]
    const text = value instanceof Set ? [...value].join(',') : JSON.stringify(value)?.replace(/^"|"$/g, '')
    const masked = secretKeys.includes(key) && from !== 'default' ? '••••' : (text ?? '')
    return [settingName(key), { value: masked, from }]
  })
  return new Map(entries)
}

/** A domain belongs to one site, as an alias too. */
function refuseTwice(
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

/** The names of all settings, such as `TAGFERRY_PORT`; the documentation is held to them. */
export function settingNames(kinds: readonly VendorKind[]): string[] {
  const keys = [...Object.keys(general), 'sites', ...kinds.flatMap((kind) => Object.keys(kind.settings))]
  return keys.map(settingName)
}

function explain(issue: z.core.$ZodIssue, known: object): ConfigProblem[] {
  const [first = '', ...rest] = issue.path
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    return issue.keys.map((key) => ({
      setting: settingName(key),
      problem: `unknown setting${guess(key, known)}`,
    }))
  }
  const place = rest.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  const problem = issue.code === 'unrecognized_keys' ? `unknown key ${issue.keys.join(', ')}` : issue.message
  return [{ setting: settingName(String(first)) + place, problem }]
}

/** `trustProxy` → `TAGFERRY_TRUST_PROXY`. */
export function settingName(key: string): string {
  return `TAGFERRY_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** `TAGFERRY_TRUST_PROXY` → `trustProxy`. */
export function settingKey(name: string): string {
  return name
    .slice('TAGFERRY_'.length)
    .toLowerCase()
    .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function guess(key: string, known: object): string {
  const likely = suggest(key, Object.keys(known))
  return likely === undefined ? '' : `; did you mean ${settingName(likely)}?`
}
