// Sends plain personal data of a thousand people by both routes, in many forms, and searches files, logs and answers for it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Collector, startCollector } from './support/collector.js'
import { ask, freshDatabase } from './support/postgres.js'
import { searchFiles, searchText } from './support/search.js'
import { startTikTok, type TikTok } from './support/tiktok.js'
import { waitFor } from './support/wait.js'

const site = {
  domain: 'shop.example',
  pixelCode: 'CHRTV0567FRME7OQ5DI0',
  accessToken: 'not-a-real-token',
  country: 'US',
}
const key = 'not-a-real-key-0123456789'

interface Person {
  email: string
  phone: string
  name: string
}
const people = Array.from({ length: 1_000 }, (_, index): Person => {
  const digits = String(2_000_000 + index * 7_919).padStart(7, '0')
  return {
    email: `canary.${index}@mail-${index}.example`,
    phone: `+1415${digits}`,
    name: `Canaryname${index}qz`,
  }
})

/** Keys of shops and payment providers, by which no personal data may pass. */
const personalKeys = [
  ...[
    'contact_email',
    'receiptEmail',
    'customerEmail',
    'payer_email',
    'billing-email',
    'guest_email',
    'user_email',
  ],
  ...[
    'Email Address',
    'login_email',
    'notification_emails',
    'correo_electronico',
    'shipping_name',
    'ship_to_name',
  ],
  ...[
    'billToName',
    'consignee',
    'recipient',
    'buyer',
    'cardholderName',
    'customerFirstName',
    'billing_last_name',
  ],
  ...['deliveryContactName', 'given_name', 'vorname', 'nachname', 'contact_phone', 'mobilePhone', 'msisdn'],
  ...['whatsapp', 'fax_number', 'phone_number_2', 'telefono', 'order_key', 'resetToken', 'default_address'],
  ...[
    'address1',
    'address_line_2',
    'street_name',
    'zip',
    'postal_code',
    'date_of_birth',
    'browser_ip',
    'attendee_1_name',
  ],
  ...['prénom', 'Nom', 'Apellidos', 'Téléphone', 'Telefonnummer', 'Mobile No.', 'tel_nr', 'contactNumber'],
  ...[
    'contactPerson',
    'adresse',
    'dirección',
    'Straße',
    'ship_name',
    'ship_address',
    'card_holder',
    'cc_owner',
  ],
  ...[
    'geburtsdatum',
    'birth_date',
    'dob',
    'customer_taxvat',
    'vat_id',
    'iban',
    'account_number',
    'secure_key',
  ],
  ...['customer_user_agent', 'x_forwarded_for', 'client_ip', 'remote_addr', 'cvc', 'protect_code'],
]

/** All of a person under all keys, one of the values under each. */
const underKeys = (values: string[]) =>
  Object.fromEntries(personalKeys.map((key, at) => [key, values[at % values.length]]))

/** The forms in which pages and shops send personal data. */
const forms: ((person: Person) => object)[] = [
  ({ email, phone, name }) => ({ user: { email, phone, first_name: name, last_name: name } }),
  ({ email, phone, name }) => ({
    user: {
      email: ` ${email.toUpperCase()} `,
      phone: phone.replace('+1415', '(415) '),
      first_name: ` ${name.toUpperCase()}`,
    },
  }),
  ({ email, phone }) => ({ user: { email: [email, `x${email}`], phone: [phone] } }),
  ({ email, phone }) => ({
    page: {
      url: `https://shop.example/thanks?email=${encodeURIComponent(email)}&tel=${encodeURIComponent(phone)}`,
      referrer: `https://shop.example/login?next=${encodeURIComponent(`/me?mail=${email}`)}`,
    },
  }),
  ({ email, phone }) => ({
    page: {
      url: `https://shop.example/u/${email}/orders?q=${email.toUpperCase()}#${phone}`,
      referrer: `https://${encodeURIComponent(email)}:x@shop.example/`,
    },
  }),
  ({ email }) => ({ page: { url: `https://shop.example/?u=${Buffer.from(email).toString('base64')}` } }),
  ({ email, phone, name }) => ({
    properties: { email, phone, first_name: name, customer: { email, phone } },
  }),
  ({ email, phone }) => ({
    properties: { description: `Order of ${email}, call ${phone}`, search_string: email },
  }),
  ({ email, phone, name }) => ({
    properties: {
      customer_phone: phone.slice(1),
      'billing[email]': email,
      buyerName: name,
      shipping: { name, address_1: name, phone: phone.slice(1) },
      contents: [{ content_id: 'sku-1', recipient_name: name }],
    },
  }),
  ({ email, phone, name }) => ({ properties: underKeys([email, phone, name, phone.slice(1)]) }),
  ({ email, phone, name }) => ({
    properties: { deep: [{ order: underKeys([name, phone.slice(2), email]) }] },
  }),
  // As Shopify has an order.
  ({ email, phone, name }) => ({
    properties: {
      customer: { email, first_name: name, default_address: { phone, note: name } },
      billing_address: { phone: phone.slice(1), company: name },
      shippingAddress: { firstName: name, extra: [name] },
      client_details: { browser_ip: name },
      note_attributes: [
        { name: 'Delivery phone', value: phone.slice(2) },
        { name: 'Name', value: name },
      ],
      landing_site: `/account?email=${encodeURIComponent(email)}`,
      referring_site: `https://shop.example/?q=${encodeURIComponent(email)}&phone=${phone.slice(1)}`,
    },
  }),
  // As PayPal and Stripe have a payment.
  ({ email, phone, name }) => ({
    properties: {
      payer: { name: { given_name: name, surname: name }, email_address: email },
      purchase_units: [{ shipping: { name: { full_name: name }, address: { street: name } } }],
      charges: { data: [{ billing_details: { email, name, phone }, receipt_email: email }] },
      metadata: [{ key: 'contact phone', value: phone.slice(1) }],
    },
  }),
  ({ name }) => ({
    user: { city: `${name}@mail.example`, locale: `${name}@mail.example` },
    page: { url: `https://shop.example/?name=${name}&customer=Otto+${name}` },
    properties: {
      customer: `Otto ${name}`,
      billing_details: { name },
      shipping_details: JSON.stringify({ name }),
      traits: { name, plan: 'pro' },
      order: JSON.stringify({ buyer: { name } }),
      card: { name, brand: 'visa' },
      custom_fields: [{ key: 'fullname', text: { value: name } }],
      meta_data: [{ key: '_billing_address_index', value: name }],
      order_id: `${name}%40mail-.example`,
    },
  }),
  ({ email, phone }) => ({
    event_id: `Lead.${email}`,
    user: { email: `Jane <mailto:${email}?subject=x>`, phone: `tel:${phone};ext=1` },
    page: { url: `https://shop.example/#/u/${email}?tel=${phone.slice(1)}` },
    properties: {
      order_id: `${email}.1`,
      content_ids: [email],
      search_string: `${encodeURIComponent(email)} ${phone}`,
    },
  }),
  ({ email, phone }) => ({
    user: {
      email: `\u200b${email}`,
      phone: `\u202a${phone}\u202c`,
      external_id: email,
      city: email,
      ttclid: email,
    },
    properties: { [email]: 1, [phone]: 2, [`x ${phone}`]: { [email]: email } },
  }),
]

/** Events that lose fields. */
const repaired = 50

describe.each(['SQLite', 'PostgreSQL'])('personal data, on %s,', (store) => {
  let collector: Collector
  let tiktok: TikTok
  let files: string
  const answers: string[] = []
  // All e-mail addresses and names share these parts. Phone numbers are searched one by one.
  const needles = ['canary.', '@mail-', 'Canaryname']
  const numbers = new Set(people.map(({ phone }) => phone.slice(2)))
  const phonesIn = (text: string) =>
    [...text.matchAll(/\d{10,}/g)].flatMap(([run]) =>
      Array.from({ length: run.length - 9 }, (_, at) => run.slice(at, at + 10)).filter((ten) =>
        numbers.has(ten),
      ),
    )
  const phonesInFiles = () =>
    readdirSync(files, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap((entry) => phonesIn(readFileSync(join(entry.parentPath, entry.name), 'latin1')))

  let database: string | undefined

  beforeAll(async () => {
    tiktok = await startTikTok()
    database = store === 'PostgreSQL' ? await freshDatabase() : undefined
    collector = await startCollector({
      env: {
        TAGFERRY_DATABASE_URL: database,
        TAGFERRY_SECRET: Buffer.alloc(32, 7).toString('base64'),
        TAGFERRY_SITES: JSON.stringify([site]),
        TAGFERRY_API_KEYS: JSON.stringify([{ site: site.domain, key }]),
        TAGFERRY_TIKTOK_URL: tiktok.origin,
        TAGFERRY_RATE_LIMIT: 'off',
        TAGFERRY_LOG_LEVEL: 'debug',
      },
    })
    const eventOf = (person: Person, index: number) => ({
      event: 'Lead',
      ...forms[index % forms.length]?.(person),
    })
    for (let at = 0; at < people.length; at += 50) {
      const events = people.slice(at, at + 50).map((person, index) => eventOf(person, at + index))
      await post('/e', { origin: 'https://shop.example' }, { site: site.domain, events })
      await post('/v1/events', { authorization: `Bearer ${key}` }, { site: site.domain, events })
    }
    for (const [index, { email, phone }] of people.slice(0, repaired).entries()) {
      // Refused, repaired and skipped events must not leave more than accepted ones do.
      const invalid = {
        event: 'Lead',
        user: { email, phone, note: email },
        [email]: 1,
        [phone]: { [email]: 1 },
      }
      await post('/v1/events', { authorization: `Bearer ${key}` }, { site: site.domain, events: [invalid] })
      await post('/e', { origin: 'https://shop.example' }, { site: site.domain, events: [invalid] })
      const denied = { event: 'Lead', user: { email, phone }, privacy: { consent: 'denied' } }
      await post('/e', { origin: 'https://shop.example' }, { site: site.domain, events: [denied] })
      await post(
        '/e',
        { origin: 'https://shop.example' },
        { site: index % 2 ? email : 'other.example', events: [{ event: email }] },
      )
    }
  })
  afterAll(async () => {
    await collector?.stop()
    await tiktok?.close()
  })

  async function post(path: string, headers: Record<string, string>, body: object) {
    const response = await fetch(collector.origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Mozilla/5.0 Firefox/140.0', ...headers },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (response.status === 202) answers.push(text)
  }

  const sum = (key: 'accepted' | 'duplicates') =>
    answers.reduce((total, text) => total + (JSON.parse(text)[key] as number), 0)

  it('was accepted by both routes', () => {
    // Some of the events have the same id by both routes.
    expect(sum('accepted') + sum('duplicates')).toBe(2 * people.length + repaired)
  })

  it('is not in the log, the metrics or the answers', async () => {
    const metrics = await (await fetch(`${collector.origin}/metrics`)).text()
    expect(searchText('log', collector.log(), needles)).toEqual([])
    expect(searchText('metrics', metrics, needles)).toEqual([])
    expect(searchText('answers', answers.join('\n'), needles)).toEqual([])
    expect(phonesIn(collector.log() + metrics + answers.join('\n'))).toEqual([])
  })

  it('is in no request to TikTok', async () => {
    const sent = () => tiktok.requests.reduce((sum, { body }) => sum + body.data.length, 0)
    // A withdrawal ends the event of the same person that still waits.
    await waitFor('all events at TikTok', () => sent() >= sum('accepted') - repaired)
    await waitFor('an empty queue', async () => {
      const metrics = await (await fetch(`${collector.origin}/metrics`)).text()
      return !/^tagferry_queue_depth\{.*\} [1-9]/m.test(metrics)
    })
    const bodies = tiktok.requests.map(({ body }) => JSON.stringify(body)).join('\n')
    expect(searchText('TikTok', bodies, needles)).toEqual([])
    expect(phonesIn(bodies)).toEqual([])
  })

  it('is in no file, neither while the collector runs nor after it was killed', async () => {
    files = collector.dataDir
    if (database) {
      await ask(database, 'checkpoint')
      const [row] = await ask<{ data_directory: string }>(database, 'show data_directory')
      files = row?.data_directory ?? ''
    }
    expect(searchFiles(files, needles)).toEqual([])
    expect(phonesInFiles()).toEqual([])
    await collector.kill()
    expect(searchFiles(files, needles)).toEqual([])
    expect(phonesInFiles()).toEqual([])
  })

  it('is found if it is planted', () => {
    const [person] = people
    const planted = join(files, 'planted')
    writeFileSync(planted, `${person?.email} ${person?.phone}`)
    expect(searchFiles(files, needles)).toHaveLength(2)
    expect(phonesInFiles()).toHaveLength(1)
    rmSync(planted)
  })
})
