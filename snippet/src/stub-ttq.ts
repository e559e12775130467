/** Stub for `data-ttq="replace"`, pasted in place of TikTok's own code. Queues calls until the script has loaded. */
{
  type Stub = unknown[][] & Record<string, unknown>
  const page = window as unknown as { ttq: Stub }
  page.ttq ||= [] as unknown as Stub
  const { ttq } = page
  for (const method of 'track page identify instances debug on off once ready alias group enableCookie disableCookie holdConsent grantConsent revokeConsent load instance'.split(
    ' ',
  ))
    ttq[method] ||= (...args: unknown[]) => {
      const { ttq: current } = page
      if (current === ttq) ttq.push([method, ...args])
      else (current[method] as (...args: unknown[]) => void)(...args)
      return ttq
    }
}
