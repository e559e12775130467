// Tests which user fields TikTok receives hashed, with published vectors, and which few it receives plain.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchFiles, searchText } from '../support/search.js'
import { startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

const alice = '848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f'
const phone = '9f7ec22d72092cd3c0b58726ed9c2d91b92e51a3f29837508fb2948bb22dd2fd'

// From TikTok's documentation and from the tests of published integrations.
it.each<[field: string, posted: unknown, sent: unknown]>([
  ['email', ' ALICE_abc@gmail.com ', alice],
  ['email', 'test@example.com', '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b'],
  ['email', alice, alice],
  ['email', alice.toUpperCase(), alice],
  [
    'email',
    ['A@Example.com', ' b@example.com '],
    [
      '08168cd80dfd534ab0f10af10f1303fe00af2d43ab5c1432360d137f8197e17a',
      'e8f39b3e1382367d6d41ab34dc270d4e7533f978c9e9a775dfe2185b2f96b96c',
    ],
  ],
  ['email', ['ALICE_abc@gmail.com', '', 'alice_abc@gmail.com'], alice],
  ['email', 'not-an-email', undefined],
  ['email', '   ', undefined],
  ['email', '9e107d9d372bb6826bd81d3542a419d6', undefined],
  ['phone', '(+1)2133734253', phone],
  ['phone', '213-373-4253', phone],
  ['phone', 2133734253, phone],
  ['phone', '+1234567890', '422ce82c6fc1724ac878042f7d055653ab5e983d186e616826a72d4384b68af8'],
  ['phone', '+44 (0)20 7946 0958', 'f0bf0228144d9fe2bdf1da2d8ca698f17bf1410ee688b075c27062e47b6f0b6d'],
  ['phone', '0044 20 7946 0958', 'f0bf0228144d9fe2bdf1da2d8ca698f17bf1410ee688b075c27062e47b6f0b6d'],
  ['phone', 'call me', undefined],
  ['external_id', 'user_123', '80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b'],
  ['external_id', 123, 'a665a45920422f9d417e4867efdc4fb8a04a1f3fff1fa07e998e86f7f7a27ae3'],
  ['external_id', '   ', undefined],
  ['first_name', 'Jane', '81f8f6dde88365f3928796ec7aa53f72820b06db8664f5fe76a7eb13e24546a2'],
  ['first_name', ' José ', 'd994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866'],
  ['first_name', 'Mary Jane', 'e3a62fcabda79e1b70db99ef77d0e0af36d27e3c48bce714fac085d5058d945a'],
  ['last_name', 'AI', '32e83e92d45d71f69dcf9d214688f0375542108631b45d344e5df2eb91c11566'],
  ['last_name', "O'Brien", 'b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba'],
  ['zip_code', 'M5V 3L9', '5c850751d57c5d887fe7807d3da801efe7e8faa1f105ea36cdcd913dd32a41c7'],
  ['city', 'New York', 'newyork'],
  ['city', 'Cluj-Napoca', 'clujnapoca'],
  ['state', 'CA', 'ca'],
  ['state', 'California', 'ca'],
  ['country', 'US', 'us'],
  ['country', 'Atlantis', undefined],
  ['locale', 'en-US', 'en-US'],
  ['ttp', '2F7h37YkS1j57AYSKTI7IHhJPYH', '2F7h37YkS1j57AYSKTI7IHhJPYH'],
])('%s %j', async (field, posted, sent) => {
  const { user } = await system.delivered({ user: { [field]: posted } })
  expect(user[field]).toEqual(sent)
})

it('an American zip code is cut to five digits', async () => {
  const { user } = await system.delivered({ user: { zip_code: '94107-1234', country: 'US' } })
  expect(user.zip_code).toBe('c884a209ebe08750a7d13db63bd02233b375bd79786cbe329ab11586cc35dead')
})

describe('plain personal data', () => {
  const jane = {
    email: 'jane.rowbotham@example.org',
    phone: '+1 213 373 4299',
    first_name: 'Janeczka',
    last_name: 'Rowbotham',
  }
  const needles = [jane.email, '+12133734299', '2133734299', 'Janeczka', 'Rowbotham']

  it('is neither in the files nor in the log, whether accepted, refused or skipped', async () => {
    await system.delivered({ user: jane, page: { url: `https://shop.example/?email=${jane.email}` } })
    await system.post({
      site: 'shop.example',
      events: [{ event: 'Purchase', user: { ...jane, surprise: 1 } }],
    })
    const denied = { event: 'Purchase', user: jane, privacy: { consent: 'denied' } }
    await system.post({ site: 'shop.example', events: [denied] })
    await system.post({ site: 'nobody.example', events: [{ event: 'Purchase', user: jane }] })
    await system.post(`{"site":"shop.example","events":[{"user":{"email":"${jane.email}"`)
    expect(searchFiles(system.collector.dataDir, needles)).toEqual([])
    expect(searchText('log', system.collector.log(), [...needles, 'token-of-shop.example'])).toEqual([])
  })

  it('is not quoted in the answer, whether the request is refused or the event loses fields', async () => {
    const bad = {
      event: 'Purchase',
      user: { ...jane, first_name: [jane.last_name], [jane.email]: 1 },
      properties: { value: jane.email },
      [jane.phone]: jane,
    }
    const body = { site: 'shop.example', events: [bad], [jane.email]: jane }
    for (const [post, expected] of [
      [system.postAsServer, 400],
      [system.post, 202],
    ] as const) {
      const { status, text } = await post(body)
      expect(status).toBe(expected)
      expect(text).toContain('user.first_name')
      expect(searchText('answer', text, needles)).toEqual([])
    }
  })
})
