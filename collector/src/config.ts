/** What the owner may set: environment, file and flags become a `Config`, or all that is wrong with them at once. */
import { z } from 'zod'
import type { Scope } from './intake/privacy.js'
import { nearest } from './nearest.js'
import { headerFormats, headerProblem } from './region/headers.js'
import { states } from './region/place.js'
import type { VendorKind } from './vendors/vendor.js'

const number = (least: number, most: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value),
    z.number(`expected a number from ${least} to ${most}`).int().min(least).max(most),
  )
const flag = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean('expected true or false'),
)
const json = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value, context) => {
    if (typeof value !== 'string') return value
    try {
      return JSON.parse(value)
    } catch {
      context.addIssue({ code: 'custom', message: 'expected valid JSON', input: undefined })
      return z.NEVER
    }
  }, schema)

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'expected a bare domain such as shop.example, without https:// and path',
  })

const secret = z
  .string()
  .trim()
  .refine((text) => Buffer.from(text, 'base64').length === 32, {
    error: 'expected 32 bytes in base64, such as `openssl rand -base64 32` prints',
  })

/** Holds a password: no message shows it. */
const databaseUrl = z
  .string('expected a URL such as postgres://user:password@host/database')
  .trim()
  .refine((text) => /^postgres(ql)?:\/\/\S+$/.test(text) && URL.canParse(text), {
    error: 'expected a URL such as postgres://user:password@host/database',
  })

/** Never `true`: that would take the leftmost X-Forwarded-For, which anybody can forge. */
const trustProxy = z.preprocess(
  (value) =>
    value === 'false' ? false : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  z
    .union([z.literal(false), z.number(), z.string()])
    .refine(
      (value) =>
        typeof value === 'string' ? isProxyList(value) : value === false || (value >= 1 && value <= 10),
      {
        error:
          'expected false, loopback, a list of CIDRs such as 10.0.0.0/8, or a number of hops; never true',
      },
    ),
)

const rateLimit = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
  z.union([z.literal('off'), z.number().int().min(1)], {
    error: 'expected a number of requests a minute, or off',
  }),
)

const namedScopes = ['ccpa', 'states', 'us', 'all', 'off'] as const

/** Where the region alone sets Limited Data Use: a name, or a list of states such as US-CA,US-TX. */
const lduScope = z
  .string()
  .trim()
  .transform((text, context): Scope => {
    const name = namedScopes.find((one) => one === text.toLowerCase())
    if (name) return name
    const listed = text.split(',').map((entry) => entry.trim().toUpperCase())
    const unknown = listed.filter((entry) => !entry.startsWith('US-') || !states.includes(entry.slice(3)))
    if (unknown.length === 0) return new Set(listed.map((entry) => entry.slice(3)))
    const message = `"${unknown[0]?.slice(0, 20)}" is no scope: expected ${namedScopes.join(', ')}, or a list such as US-CA,US-TX`
    context.addIssue({ code: 'custom', message, input: undefined })
    return z.NEVER
  })

const headerName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9-]{1,100}$/, { error: 'expected the name of a header, such as X-Country' })

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
  rateLimit: rateLimit.default(600),
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
  siteKey: z.string().min(1).max(100).optional(),
  enabled: z.boolean().default(true),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, { error: 'expected a country code such as US' })
    .optional(),
  keepLegacyNames: z.boolean().default(false),
}

export type SiteSettings = z.infer<z.ZodObject<typeof siteFields>> & Record<string, unknown>
export type Config = z.infer<z.ZodObject<typeof general>> & {
  sites: SiteSettings[]
  vendors: Record<string, unknown>
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
  return { ok: true, config: { ...rest, sites, vendors } as Config }
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
  const likely = nearest(key, Object.keys(known))
  return likely === undefined ? '' : `; did you mean ${settingName(likely)}?`
}

/** `loopback`, or addresses and CIDRs; a mapped one under /97 would trust all of IPv4 (CVE-2026-90711). */
function isProxyList(text: string): boolean {
  return text.split(',').every((entry) => {
    const [address = '', bits] = entry.trim().split('/')
    if (address === 'loopback' || address === 'linklocal' || address === 'uniquelocal')
      return bits === undefined
    const isIpv6 = z.ipv6().safeParse(address).success
    if (!isIpv6 && !z.ipv4().safeParse(address).success) return false
    if (bits === undefined) return true
    const prefix = Number(bits)
    const least = /^::ffff:/i.test(address) ? 97 : 1
    return /^\d{1,3}$/.test(bits) && prefix >= least && prefix <= (isIpv6 ? 128 : 32)
  })
}
