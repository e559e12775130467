/**
 * Pasted before an `async` script tag, so that calls may be made at once: they wait in `q`.
 * A call kept from before (`const { track } = tagferry`) finds the real one later.
 */
{
  type Stub = { q?: unknown[] } & Record<string, unknown>
  const page = window as unknown as { tagferry: Stub }
  page.tagferry ||= { q: [] }
  for (const method of ['track', 'identify', 'page', 'consent', 'on']) {
    page.tagferry[method] ||= (...args: unknown[]) => {
      const { tagferry } = page
      if (tagferry.q) tagferry.q.push([method, args])
      else (tagferry[method] as (...args: unknown[]) => void)(...args)
    }
  }
}
