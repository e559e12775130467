import { describe, expect, it } from 'vitest'
import { readConfig } from '../config/config.js'
import { vendors } from '../vendors/index.js'
import { createApiKey, hashApiKey, revokeApiKey } from './api-keys.js'
import type { RecordWrite, SiteRecord, SiteStore } from './ports.js'
import { openSiteRegistry, toSite } from './registry.js'

const pixelCode = 'CHRTV0567FRME7OQ5DI0'
const author = { at: 1_000, who: 'owner' }

/** A store in memory that holds the given records, by `<kind> <id>`. */
function storeWith(bodies: Record<string, Record<string, unknown>>, secret?: string): SiteStore {
  const records = new Map<string, SiteRecord>()
  const put = ({ kind, id, body, secret }: Omit<RecordWrite, 'kind'> & { kind: string }) =>
    records.set(`${kind} ${id}`, { id, body, version: 1, ...(secret !== undefined && { secret }) })
  for (const [name, body] of Object.entries(bodies)) {
    const [kind = '', ...id] = name.split(' ')
    put({ kind, id: id.join(' '), body, ...(kind === 'connection' && secret && { secret }) })
  }
  return {
    records: async (kind) =>
      [...records].filter(([name]) => name.startsWith(`${kind} `)).map(([, record]) => record),
    record: async (kind, id) => records.get(`${kind} ${id}`),
    async write(writes) {
      for (const write of writes)
        if (write.seen === undefined || !records.has(`${write.kind} ${write.id}`)) put(write)
      return true
    },
  }
}

function open(store: SiteStore, settings: Record<string, unknown> = {}) {
  const read = readConfig([settings], vendors)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const created = new Map(vendors.map((kind) => [kind.name, kind.create(read.config.vendors, () => 0)]))
  return openSiteRegistry({ config: read.config, store, kinds: vendors, vendors: created })
}

describe('the site registry', () => {
  it('has the sites of the settings before saved ones, and instead of those of the same name', async () => {
    const store = storeWith({ 'site shop.example': { paused: true }, 'site other.example': { paused: true } })
    const registry = await open(store, { sites: [{ domain: 'main.example', aliases: ['shop.example'] }] })
    expect(
      registry.sites().map(({ domain, managedByEnv, paused }) => ({ domain, managedByEnv, paused })),
    ).toEqual([
      { domain: 'main.example', managedByEnv: true, paused: false },
      { domain: 'other.example', managedByEnv: false, paused: true },
    ])
  })

  it('keeps site keys and fingerprints over restarts, and never shows a secret', async () => {
    const sites = [{ domain: 'shop.example', pixelCode, accessToken: 'token-1234' }]
    const store = storeWith({})
    const [first] = (await open(store, { sites })).sites()
    const [second] = (await open(store, { sites })).sites()
    expect(second).toEqual(first)
    expect(first?.siteKey).toMatch(/^[\w-]{22}$/)
    expect(first?.connections).toMatchObject([
      { vendor: 'tiktok', complete: true, fields: { pixelCode }, lastFour: { accessToken: '1234' } },
    ])
    expect(JSON.stringify(first)).not.toContain('token-1234')
  })

  it('gives the credentials of complete connections only', async () => {
    const connection = { fields: { pixelCode }, enabled: true, savedAt: 5 }
    const records = { 'site shop.example': {}, 'connection shop.example tiktok': connection }
    const complete = await open(storeWith(records, '{"accessToken":"t"}'))
    expect(complete.credentials('shop.example', 'tiktok')).toEqual({ pixelCode, accessToken: 't' })
    expect(complete.sites().map(toSite)).toMatchObject([{ vendors: [{ name: 'tiktok', enabled: true }] }])
    const incomplete = await open(storeWith(records))
    expect(incomplete.credentials('shop.example', 'tiktok')).toBeUndefined()
    expect(incomplete.sites().map(toSite)).toMatchObject([{ vendors: [] }])
  })

  it('has another fingerprint after a retry of the same credentials', async () => {
    const fingerprint = async (more: object) => {
      const connection = { fields: { pixelCode }, enabled: true, ...more }
      const root = { 'setting root': {} }
      const store = storeWith({
        'site shop.example': {},
        'connection shop.example tiktok': connection,
        ...root,
      })
      await store.write([{ kind: 'setting', id: 'root', body: {}, secret: 'the same root key' }])
      return (await open(store)).sites()[0]?.connections[0]?.fingerprint
    }
    expect(await fingerprint({})).toBe(await fingerprint({}))
    expect(await fingerprint({ retriedAt: 7 })).not.toBe(await fingerprint({}))
  })

  it('finds the domain of API keys, also of one that names an alias, but not of a revoked one', async () => {
    const created = createApiKey('shop.example', 'A shop', author)
    const store = storeWith({ 'site shop.example': { aliases: ['www.example'] } })
    await store.write([created.put])
    const registry = await open(store, { apiKeys: [{ site: 'www.example', key: '0123456789abcdef' }] })
    expect(registry.siteOfKey(created.key)).toBe('shop.example')
    expect(registry.siteOfKey('0123456789abcdef')).toBe('shop.example')
    expect(registry.siteOfKey('another key')).toBeUndefined()
    await store.write([revokeApiKey({ id: hashApiKey(created.key), body: created.put.body }, author).put])
    await registry.refresh()
    expect(registry.siteOfKey(created.key)).toBeUndefined()
    expect(registry.keys()).toMatchObject([{ name: 'A shop', revokedAt: 1_000 }])
  })

  it('stores when a key was used, once', async () => {
    const created = createApiKey('shop.example', 'A shop', author)
    const store = storeWith({ 'site shop.example': {} })
    await store.write([created.put])
    const registry = await open(store)
    await registry.recordKeyUse(2_000)
    expect((await store.record('key', created.put.id))?.body).not.toHaveProperty('lastUsedAt')
    registry.siteOfKey(created.key)
    await registry.recordKeyUse(3_000)
    await registry.recordKeyUse(4_000)
    expect((await store.record('key', created.put.id))?.body).toMatchObject({ lastUsedAt: 3_000 })
  })

  it('does not open a store that another key has encrypted', async () => {
    const store = storeWith({ 'setting root': {} })
    await expect(open(store)).rejects.toThrow('set TAGFERRY_SECRET')
  })
})
