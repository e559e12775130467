/** How an answer that comes before the whole body reaches its sender: the rest is read and thrown away, within bounds. */
import type { IncomingMessage, ServerResponse } from 'node:http'

const mostBytes = 32 * 1_024 * 1_024
const mostMs = 5_000

/** Whether there is more of the body to come. */
export function isArriving({ complete, destroyed, headers }: IncomingMessage): boolean {
  if (complete || destroyed) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * Sends the answer at once and ends it when the body has ended. Who writes all before reading would else be told
 * nothing: a connection that is closed with unread bytes is reset, and the answer is lost with it.
 * @param end ends the answer, all of which is sent
 */
export function answerEarly(
  response: ServerResponse,
  text: string | Uint8Array | undefined,
  end: () => void,
): void {
  const { req: request } = response
  // The sender must know where the answer ends, as the end itself comes later.
  if (!response.headersSent && response.statusCode >= 400 && !response.hasHeader('Content-Length'))
    response.setHeader('Content-Length', text === undefined ? 0 : Buffer.byteLength(text))
  if (text === undefined) response.flushHeaders()
  else response.write(text)
  // Half closed: the sender sees that nothing more comes, and may still send.
  if (!response.shouldKeepAlive) response.socket?.end()
  let left = mostBytes
  const cut = () => request.socket.destroy()
  const timer = setTimeout(cut, mostMs)
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) cut()
  })
  const ended = () => {
    clearTimeout(timer)
    request.off('end', ended).off('close', ended)
    end()
  }
  request.once('end', ended).once('close', ended).resume()
}
