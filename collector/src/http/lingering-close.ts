/** Sends an answer before the whole body has arrived, and discards the rest of the body within bounds. */
import type { IncomingMessage, ServerResponse } from 'node:http'

const maxDiscardedBytes = 32 * 1_024 * 1_024
const maxLingerMs = 5_000

/** Whether part of the body is still to come. */
export function isArriving({ complete, destroyed, headers }: IncomingMessage): boolean {
  if (complete || destroyed) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/**
 * Sends the answer at once, and ends the response when the request body has ended. Closing a connection with unread
 * bytes resets it: a sender that writes its whole body before it reads would then lose the answer.
 * @param end ends the response; the whole answer is written by then
 */
export function answerEarly(
  response: ServerResponse,
  text: string | Uint8Array | undefined,
  end: () => void,
): void {
  const { req: request } = response
  // The sender needs the length of the answer, as the response ends later.
  if (!response.headersSent && response.statusCode >= 400 && !response.hasHeader('Content-Length'))
    response.setHeader('Content-Length', text === undefined ? 0 : Buffer.byteLength(text))
  if (text === undefined) response.flushHeaders()
  else response.write(text)
  // Half-closed: the sender sees the end of the answer and may still send.
  if (!response.shouldKeepAlive) response.socket?.end()
  let remainingBytes = maxDiscardedBytes
  const abort = () => request.socket.destroy()
  const timer = setTimeout(abort, maxLingerMs)
  request.on('data', (chunk: Buffer) => {
    remainingBytes -= chunk.length
    if (remainingBytes < 0) abort()
  })
  const onEnd = () => {
    clearTimeout(timer)
    request.off('end', onEnd).off('close', onEnd)
    end()
  }
  request.once('end', onEnd).once('close', onEnd).resume()
}
