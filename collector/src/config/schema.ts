/** Lists the settings: a new setting is a line here and one in docs/operations.md. */
import { z } from 'zod'
import { headerFormats } from '../region/headers.js'
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
} from './parsers.js'

/** By key in camel case: `trustProxy` is TAGFERRY_TRUST_PROXY. A test compares them with docs/operations.md. */
export const generalSchema = {
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

/** Keys of a site in TAGFERRY_SITES; vendors add their own. */
export const siteSchema = {
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
