/**
 * Starts the stand-in for TikTok's Events API, which validates requests by rules of its own.
 * It imports nothing from the collector or the snippet, so that an error of the sender cannot hide in shared code.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { type Answers, createAnswers } from './answers.js'
import { createEventStore, type EventStore } from './event-store.js'
import type { InspectorOptions } from './events-api.js'
import { createInspector } from './inspector.js'
import { createLedger, type Ledger } from './ledger.js'
import { createPixel } from './pixel.js'
import { createRateLimit } from './rate-limit.js'
import type { ReceivedEvent } from './received-event.js'
import type { StandInServices } from './services.js'
import { createSettings, type PixelSettingsStore } from './settings.js'
import { createTokens, type Tokens } from './tokens.js'
import { createTrackHandler, TRACK_PATH } from './track.js'
import { createKnownBadHashes, type KnownIdentifiers } from './warn/known-hashes.js'

export interface StandInOptions {
  /** Token -> pixel codes it may use. */
  tokens?: Record<string, readonly string[]>
  /** Whether plain personal data is refused with 40062; can be changed later. Default false. */
  strict?: boolean
  /** Requests a second for each token, above which 40100 is answered. Default 1,000, as documented. */
  perSecond?: number
  /** How many events are kept. Default 5,000. */
  limit?: number
  /** Further identifiers whose wrong hashes are recognised. */
  knownIdentifiers?: KnownIdentifiers
  /** The page of an event in the sender's dashboard, for the Journey tab; null when unknown. */
  dashboardUrl?: (event: ReceivedEvent) => string | null
  now?: () => number
  random?: () => number
}

export interface StandIn {
  app: Express
  received: EventStore
  answers: Answers
  tokens: Tokens
  ledger: Ledger
  settings: PixelSettingsStore
  /** Listens on a port of 127.0.0.1 (0: any free one) and resolves with the origin, such as `http://127.0.0.1:8081`. */
  listen(port?: number): Promise<string>
  /** Ends all waits, closes all connections and frees the port. */
  close(): Promise<void>
}

export const createStandIn = (options: StandInOptions = {}): StandIn => {
  const { limit = 5000, dashboardUrl = () => null } = options
  const closing = new AbortController()
  const services = createServices(options, limit, closing.signal)
  let origin = ''
  const app = createApp(services, { limit, origin: () => origin, dashboardUrl })
  const server = createServer(app)
  return {
    app,
    received: services.events,
    answers: services.answers,
    tokens: services.tokens,
    ledger: services.ledger,
    settings: services.settings,
    listen: async (port = 0) => {
      origin = await listenOn(server, port)
      return origin
    },
    close: () => {
      closing.abort()
      return closeServer(server)
    },
  }
}

const createServices = (options: StandInOptions, limit: number, closing: AbortSignal): StandInServices => {
  const { now = Date.now, random = Math.random } = options
  const settings = createSettings(options.strict ?? false)
  const pixelClock = (pixel: string) => now() + settings.of(pixel).clockOffsetMs
  return {
    tokens: createTokens(options.tokens),
    rateLimit: createRateLimit(options.perSecond ?? 1000, now),
    settings,
    answers: createAnswers(random),
    events: createEventStore(limit),
    ledger: createLedger(pixelClock),
    knownBadHashes: createKnownBadHashes(options.knownIdentifiers),
    now: pixelClock,
    closing,
  }
}

const createApp = (services: StandInServices, inspectorOptions: InspectorOptions): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.enable('strict routing')
  app.enable('case sensitive routing')
  app.post(TRACK_PATH, readBody, createTrackHandler(services))
  app.use(createPixel(services))
  app.use('/inspector', createInspector(services, inspectorOptions))
  app.use((_request, response) => {
    response.status(404).type('text/plain').end('404 page not found')
  })
  app.use(handleError)
  return app
}

/** TikTok's limit is unknown. 1,000 events with all fields are far smaller than this. */
const MAX_BODY_SIZE = '8mb'

const readRaw = express.raw({ type: () => true, limit: MAX_BODY_SIZE })

/** A body that cannot be decompressed is treated like one that is not JSON. A body above the limit is HTTP 413. */
const readBody: RequestHandler = (request, response, next) =>
  readRaw(request, response, (error?: unknown) => {
    const { status, type } = (error ?? {}) as { status?: number; type?: string }
    if (!error || status === 413 || type === 'request.aborted') next(error)
    else {
      request.body = Buffer.alloc(0)
      next()
    }
  })

const handleError: ErrorRequestHandler = (error, _request, response, _next) => {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const status = Number(error?.status)
  response
    .status(status >= 400 && status < 500 ? status : 500)
    .type('text/plain')
    .end('The request could not be read.')
}

const listenOn = (server: Server, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
