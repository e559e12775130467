import { now, page, rejected, report, sample, tag } from '../../../../tests/support/diagnose/fixtures.js'
import { testRules } from '../../../../tests/support/diagnose/test-rules.js'
import { dayMs } from '../../time.js'
import { install } from './install.js'

const good = { page: page(tag) }

testRules(install, {
  snippet_missing: {
    site: [{ raises: { events: [] }, passes: { events: [], ...report({}) } }],
    page: [
      {
        raises: { page: page(`<!-- ${tag} --><script src="/other.js"></script>`) },
        detail: 'no tag of ours in https://www.shop.example/',
        passes: good,
      },
      { raises: { page: { ...page(''), html: `<!-- ${tag}` } }, passes: good },
    ],
  },
  snippet_in_body: {
    site: [{ raises: report({ tag_in: 'body' }), passes: report({ tag_in: 'head' }) }],
    page: [{ raises: { page: page('', { body: tag }) }, passes: good }],
  },
  snippet_twice: {
    site: [
      {
        raises: report({ copies: 2 }),
        detail: '2 copies on https://shop.example',
        passes: report({ copies: 1 }),
      },
    ],
    page: [
      { raises: { page: page(tag + tag.replace('t.js', 't.core.js')) }, detail: '2 copies', passes: good },
    ],
  },
  snippet_altered: {
    page: [
      {
        raises: { page: page(tag.replace('sha384-1', 'sha384-2')) },
        detail: 'sha384-2',
        passes: { page: page(tag.replace('integrity="sha384-1"', '')) },
      },
    ],
  },
  site_key_mismatch: {
    site: [
      {
        raises: report({ site: 'other.example' }),
        detail: 'other.example',
        passes: report({ site: 'shop.example.net' }),
      },
      {
        raises: rejected('origin_not_allowed', 'shop.example'),
        detail: 'Purchase',
        passes: rejected('origin_not_allowed', 'a.example'),
      },
      {
        raises: rejected('origin_not_allowed', 'shop.example.net'),
        passes: rejected('origin_not_allowed', 'shop.example', now - 2 * dayMs),
      },
    ],
    page: [
      {
        raises: { page: page(tag.replace('"shop.example"', "'other.example'")) },
        detail: 'the tag says other.example',
        passes: { page: page(tag.replace('"shop.example"', "'shop.example.net'")) },
      },
    ],
  },
  domain_not_registered: {
    instance: [
      {
        raises: rejected('unknown_site', 'new.example'),
        detail: 'new.example',
        passes: rejected('unknown_site', 'shop.example'),
      },
      {
        raises: rejected('unknown_site', 'new.example'),
        passes: rejected('unknown_site', 'new.example', now - 2 * dayMs),
      },
    ],
    page: [
      {
        raises: { page: page(tag, { url: 'https://shop.example.evil.example/' }) },
        detail: 'shop.example.evil.example',
        passes: { page: page(tag, { url: 'https://checkout.shop.example/' }) },
      },
    ],
  },
  csp_blocks_script: {
    site: [
      {
        raises: report({ violations: 'script-src-elem https://t.example' }),
        detail: 'https://t.example',
        passes: report({ violations: '' }),
      },
    ],
    page: [
      {
        raises: { page: page(tag, { policy: "script-src 'self'; connect-src *" }) },
        detail: 'add https://t.shop.example',
        passes: { page: page(tag, { policy: 'script-src *.shop.example' }) },
      },
    ],
  },
  csp_blocks_connect: {
    site: [
      {
        raises: report({ violations: 'connect-src https://t.example' }),
        detail: 'connect-src',
        passes: report({ violations: 'img-src x' }),
      },
    ],
    page: [
      {
        raises: { page: page(tag, { policy: "connect-src 'self'" }) },
        detail: 'add https://t.shop.example',
        passes: { page: page(tag, { policy: 'connect-src https:' }) },
      },
      {
        raises: {
          page: page(`<meta http-equiv=content-security-policy content="connect-src 'none'">${tag}`),
        },
        passes: {
          page: page(
            `<meta http-equiv=content-security-policy content="connect-src 'self'">
            ${tag.replace('src=', 'data-endpoint="https://www.shop.example/e" src=')}`,
          ),
        },
      },
      {
        raises: { page: page(tag, { policy: "connect-src 'none'" }) },
        passes: {
          page: page(tag.replace('src=', 'data-endpoint="https://[" src='), { policy: "connect-src 'none'" }),
        },
      },
    ],
  },
  cache_stale: {
    site: [
      {
        raises: report({ version: '0.9.0' }),
        detail: '0.9.0, this is 1.0.0',
        passes: report({ version: '1.0.0' }),
      },
    ],
    page: [
      {
        raises: { page: page(''), fresh: page(tag) },
        detail: 'a cache still has the page with snippet_missing',
        passes: { page: page(tag), fresh: page(tag) },
      },
    ],
  },
  http_site_no_subtle_crypto: {
    site: [
      {
        raises: report({ origin: 'http://shop.example' }),
        detail: 'http://shop.example',
        passes: report({ origin: 'http://shop.localhost' }),
      },
      {
        raises: sample({ content_ids: ['1'] }, 'http://shop.example/a?b'),
        detail: 'http://shop.example',
        passes: sample({ content_ids: ['1'] }),
      },
    ],
    page: [
      {
        raises: { page: page(tag, { url: 'http://shop.example/' }) },
        detail: 'http://shop.example',
        passes: { page: page(tag, { url: 'http://shop.example.localhost:8080/' }) },
      },
    ],
  },
})
