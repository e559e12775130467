// A DNS server that answers every A question with one address, with an error, or not at all.
import { createSocket } from 'node:dgram'

export type DnsAnswer = { address: string } | 'NXDOMAIN' | 'SERVFAIL' | 'silence'

export interface NameServer {
  /** May be replaced at any time. */
  answer: DnsAnswer
  /** Number of questions so far. */
  questions: number
  close(): void
}

const codes = { SERVFAIL: 2, NXDOMAIN: 3 }
const typeA = 1

export async function startNameServer(host: string, port = 53): Promise<NameServer> {
  const socket = createSocket('udp4')
  const server: NameServer = { answer: 'SERVFAIL', questions: 0, close: () => socket.close() }
  socket.on('message', (question, from) => {
    server.questions++
    const reply = replyTo(question, server.answer)
    if (reply) socket.send(reply, from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(port, host, resolve))
  return server
}

/** The question with the header of an answer, and for an address one record that points to the name in the question. */
function replyTo(question: Buffer, answer: DnsAnswer): Buffer | undefined {
  if (answer === 'silence') return undefined
  // After the header follow labels, each with its length, then a zero, type and class.
  let end = 12
  while (question[end] !== 0) end += (question[end] ?? 0) + 1
  const reply = Buffer.from(question.subarray(0, end + 5))
  const isA = reply.readUInt16BE(end + 1) === typeA
  const refused = typeof answer === 'string'
  reply.writeUInt16BE(0x8180 | (refused ? codes[answer] : 0), 2)
  reply.writeUInt16BE(!refused && isA ? 1 : 0, 6)
  reply.writeUInt32BE(0, 8)
  if (refused || !isA) return reply
  const record = Buffer.from([0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4])
  return Buffer.concat([reply, record, Buffer.from(answer.address.split('.').map(Number))])
}
