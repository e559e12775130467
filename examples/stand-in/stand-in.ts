/**
 * Knows how the stand-in for TikTok's Events API is put together: an independent judge with rules of its own.
 * It must never import anything from the collector or the snippet.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { type Answers, createAnswers } from './answers.js'
import { createBurst } from './burst.js'
import { createInspector } from './inspector.js'
import type { Kept } from './kept.js'
import { createLedger, type Ledger } from './ledger.js'
import { createPixel } from './pixel.js'
import { createReceived, type Received } from './received.js'
import { createSettings, type SettingsBook } from './settings.js'
import { createTokens, type Tokens } from './tokens.js'
import { createTrack, TRACK_PATH } from './track.js'
import { createKnownFaults, type KnownPeople } from './warn/known.js'

export interface StandInOptions {
  /** Token -> pixel codes it may use. */
  tokens?: Record<string, readonly string[]>
  /** Refuses plain personal data with 40062; can be changed while it runs. */
  strict?: boolean
  /** Requests a second and token before 40100; 1,000 as documented. */
  perSecond?: number
  /** How many events are kept; the newest 5,000 unless said. */
  limit?: number
  /** More people whose wrongly made hashes are recognised. */
  known?: KnownPeople
  /** Where the sender shows an event; the Journey tab links there. */
  journey?: (kept: Kept) => string | null
  now?: () => number
  random?: () => number
}

export interface StandIn {
  app: Express
  received: Received
  answers: Answers
  tokens: Tokens
  ledger: Ledger
  settings: SettingsBook
  /** Starts on a port (0: a free one) of 127.0.0.1; gives the origin, such as `http://127.0.0.1:8081`. */
  listen(port?: number): Promise<string>
  /** Ends every wait and hang, cuts all connections, frees the port. */
  close(): Promise<void>
}

/** TikTok's own limit is unknown; 1,000 full events stay far below this. */
const LARGEST_BODY = '8mb'

const readRaw = express.raw({ type: () => true, limit: LARGEST_BODY })

/** A body that cannot be unpacked is judged like one that is not JSON; too large stays HTTP 413. */
const readBody: RequestHandler = (request, response, next) =>
  readRaw(request, response, (error?: unknown) => {
    const { status, type } = (error ?? {}) as { status?: number; type?: string }
    if (!error || status === 413 || type === 'request.aborted') next(error)
    else {
      request.body = Buffer.alloc(0)
      next()
    }
  })

const listenOn = (server: Server, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })

export const createStandIn = (options: StandInOptions = {}): StandIn => {
  const { now = Date.now, random = Math.random, limit = 5000, journey = () => null } = options
  const settings = createSettings(options.strict ?? false)
  const clock = (pixel: string) => now() + settings.of(pixel).clockOffsetMs
  const ending = new AbortController()
  let origin = ''
  const judge = {
    tokens: createTokens(options.tokens),
    burst: createBurst(options.perSecond ?? 1000, now),
    settings,
    answers: createAnswers(random),
    received: createReceived(limit),
    ledger: createLedger(clock),
    knownFaults: createKnownFaults(options.known),
    now: clock,
    closing: ending.signal,
  }

  const app = express()
  app.disable('x-powered-by')
  app.enable('strict routing')
  app.enable('case sensitive routing')
  app.post(TRACK_PATH, readBody, createTrack(judge))
  app.use(createPixel(judge))
  app.use('/inspector', createInspector(judge, { limit, origin: () => origin, journey }))
  app.use((_request, response) => {
    response.status(404).type('text/plain').end('404 page not found')
  })
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    if (response.headersSent || response.destroyed) return void response.destroy()
    const status = Number(error?.status)
    response
      .status(status >= 400 && status < 500 ? status : 500)
      .type('text/plain')
      .end('The request could not be read.')
  }
  app.use(onError)

  const server = createServer(app)
  return {
    app,
    received: judge.received,
    answers: judge.answers,
    tokens: judge.tokens,
    ledger: judge.ledger,
    settings,
    listen: async (port = 0) => {
      origin = await listenOn(server, port)
      return origin
    },
    close: () => {
      ending.abort()
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
