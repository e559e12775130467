/** Sends requests to a running collector. */
import type { Config } from '../config/config.js'

/** Where a collector with these settings listens. */
export function collectorUrl({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

export interface CollectorResponse {
  status: number
  /** Parsed if it is a JSON object, else the text. */
  body: unknown
}

/** Gives the response, or a sentence that says why there is none. */
export async function callCollector(
  url: string,
  path: string,
  options: RequestInit = {},
  deadlineMs = 10_000,
): Promise<CollectorResponse | string> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    return `"${url}" is no address: give one such as http://127.0.0.1:8787.`
  try {
    const signal = AbortSignal.timeout(deadlineMs)
    const response = await fetch(new URL(path, url), { redirect: 'error', ...options, signal })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } }
    const reason = cause?.code ?? cause?.message ?? message
    return `No collector answers at ${url} (${reason}). Start it, or name another one with --url.`
  }
}
