/**
 * Stub pasted before an `async` script tag. Queues calls in `q` until the script has loaded.
 * A method taken from the stub (`const { track } = tagferry`) calls the real one afterwards.
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
