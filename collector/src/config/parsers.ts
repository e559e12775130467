/** Parses single settings, which come as text from the environment or as JSON from a file. */
import { z } from 'zod'
import type { LduScope } from '../event.js'
import { states } from '../region/place.js'

export const number = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value),
    z.number(`expected a number from ${min} to ${max}`).int().min(min).max(max),
  )
export const flag = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean('expected true or false'),
)
export const json = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value, context) => {
    if (typeof value !== 'string') return value
    try {
      return JSON.parse(value)
    } catch {
      context.addIssue({ code: 'custom', message: 'expected valid JSON', input: undefined })
      return z.NEVER
    }
  }, schema)

export const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'expected a bare domain such as shop.example, without https:// and path',
  })

/** The origin of a site's pages where it is not https:// and the domain. */
export const siteOrigin = z
  .string()
  .trim()
  .regex(/^https?:\/\/[^/?#@\s]+$/i, { error: 'expected an origin such as https://www.shop.example' })

export const secret = z
  .string()
  .trim()
  .refine((text) => text.split(',').every((key) => Buffer.from(key, 'base64').length === 32), {
    error: 'expected 32 bytes in base64, such as `openssl rand -base64 32` prints',
  })

/** The address of a second listener. */
export const hostAndPort = z
  .string()
  .trim()
  .transform((text, context) => {
    const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
    const withoutBrackets = host.replace(/^\[(.*)\]$/, '$1')
    if (withoutBrackets !== '' && Number(port) <= 65_535) return { host: withoutBrackets, port: Number(port) }
    context.addIssue({
      code: 'custom',
      message: 'expected host:port, such as 127.0.0.1:8788',
      input: undefined,
    })
    return z.NEVER
  })

/** The URL holds a password, so no message repeats it. */
export const databaseUrl = z
  .string('expected a URL such as postgres://user:password@host/database')
  .trim()
  .refine((text) => /^postgres(ql)?:\/\/\S+$/.test(text) && URL.canParse(text), {
    error: 'expected a URL such as postgres://user:password@host/database',
  })

/** Refuses `true`: Express would take the leftmost X-Forwarded-For, which anybody can forge. */
export const trustProxy = z.preprocess(
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

export const rateLimit = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
  z.union([z.literal('off'), z.number().int().min(1)], {
    error: 'expected a number of requests a minute, or off',
  }),
)

const namedScopes = ['ccpa', 'states', 'us', 'all', 'off'] as const

/** The places whose visitors get Limited Data Use: a name, or a list of states such as US-CA,US-TX. */
export const lduScope = z
  .string()
  .trim()
  .transform((text, context): LduScope => {
    const name = namedScopes.find((scope) => scope === text.toLowerCase())
    if (name) return name
    const listed = text.split(',').map((entry) => entry.trim().toUpperCase())
    const unknown = listed.filter((entry) => !entry.startsWith('US-') || !states.includes(entry.slice(3)))
    if (unknown.length === 0) return new Set(listed.map((entry) => entry.slice(3)))
    const message = `"${unknown[0]?.slice(0, 20)}" is no scope: expected ${namedScopes.join(', ')}, or a list such as US-CA,US-TX`
    context.addIssue({ code: 'custom', message, input: undefined })
    return z.NEVER
  })

/** The scope as a setting has it. */
export const scopeText = (scope: LduScope): string =>
  typeof scope === 'string' ? scope : [...scope].map((state) => `US-${state}`).join(',')

export const headerName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9-]{1,100}$/, { error: 'expected the name of a header, such as X-Country' })

/** Names of query parameters, in lower case. */
export const names = z
  .string()
  .default('')
  .transform(
    (text) =>
      new Set(
        text
          .toLowerCase()
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean),
      ),
  )

/** Accepts range names, addresses and CIDRs. A mapped CIDR below /97 would trust all of IPv4 (CVE-2026-90711). */
function isProxyList(text: string): boolean {
  return text.split(',').every((entry) => {
    const [address = '', bits] = entry.trim().split('/')
    if (address === 'loopback' || address === 'linklocal' || address === 'uniquelocal')
      return bits === undefined
    const isIpv6 = z.ipv6().safeParse(address).success
    if (!isIpv6 && !z.ipv4().safeParse(address).success) return false
    if (bits === undefined) return true
    const prefix = Number(bits)
    const minBits = /^::ffff:/i.test(address) ? 97 : 1
    return /^\d{1,3}$/.test(bits) && prefix >= minBits && prefix <= (isIpv6 ? 128 : 32)
  })
}
