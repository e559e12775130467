/** Calls the JSON API of the stand-in. */

/** The sandbox answers much faster; a slower server is another one, or is stuck. */
const REQUEST_TIMEOUT_MS = 10_000

export interface Api {
  /** Requests a path below `/inspector/api/`. Throws when there is no sandbox, or when it answers with an error. */
  call<Result>(method: string, path: string, body?: unknown): Promise<Result>
}

/** `url` is the origin of the stand-in. */
export const createApi = (url: string): Api => ({
  call: async <Result>(method: string, path: string, body?: unknown): Promise<Result> => {
    const response = await fetch(`${url}/inspector/api/${path}`, {
      method,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    }).catch((cause: Error) => {
      throw unreachable(url, cause)
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Result
  },
})

const unreachable = (url: string, cause: Error): Error => {
  const detail = cause.name === 'TimeoutError' ? ` that answers within ${REQUEST_TIMEOUT_MS / 1000} s` : ''
  return new Error(`No sandbox at ${url}${detail}. Start it with npm run sandbox, or set TAGFERRY_SANDBOX.`, {
    cause,
  })
}
