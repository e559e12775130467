/** Imitates TikTok's pixel in a page: the `_ttp` cookie, page views, and events with their match keys. */
;(() => {
  const scriptUrl = new URL(document.currentScript.src)
  const pixel = scriptUrl.searchParams.get('sdkid')
  const queue = window.ttq ?? []
  let user = {}

  const cookie = (name) =>
    document.cookie
      .split('; ')
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1)

  if (!cookie('_ttp')) {
    const id = crypto.randomUUID().replaceAll('-', '')
    // biome-ignore lint/suspicious/noDocumentCookie: the script runs on plain-http hosts too, which have no cookieStore
    document.cookie = `_ttp=${id}; path=/; max-age=${390 * 86400}; samesite=lax`
  }

  const send = (event, properties, options) => {
    const ttclid = cookie('ttclid') ?? new URLSearchParams(location.search).get('ttclid')
    const body = {
      pixel,
      event,
      event_time: Math.floor(Date.now() / 1000),
      ...(options?.event_id && { event_id: options.event_id }),
      user: { ...user, ttp: cookie('_ttp'), ...(ttclid && { ttclid }) },
      page: { url: location.href, ...(document.referrer && { referrer: document.referrer }) },
      ...(properties && { properties }),
    }
    // text/plain needs no preflight, and keepalive lets the request outlive the page.
    fetch(`${scriptUrl.origin}/pixel/track`, { method: 'POST', body: JSON.stringify(body), keepalive: true })
  }

  const methods = {
    page: () => send('Pageview'),
    track: send,
    identify: (keys) => {
      user = { ...user, ...keys }
    },
  }
  for (const [method, ...values] of Array.isArray(queue) ? [...queue] : []) methods[method]?.(...values)
  Object.assign(queue, methods, { push: ([method, ...values]) => methods[method]?.(...values) })
  window.ttq = queue
})()
