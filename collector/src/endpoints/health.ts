/** Serves what operators poll: liveness, readiness and metrics. */
import type { Express } from 'express'
import { isLocalHost } from '../http/local-host.js'
import type { Metrics } from '../metrics.js'
import type { Store } from '../store/store.js'

export interface HealthDeps {
  store: Pick<Store, 'check'>
  /** Source and age of the region data. */
  region: (now: number) => object | undefined
  /** Why the collector wants no new work, such as `draining`. */
  notReady: () => string | undefined
  /** Unix milliseconds. */
  clock: () => number
}

/** A durable commit for each probe would let anybody keep the disk busy. */
const storeCheckMs = 1_000

export function addHealthRoutes(app: Express, { store, notReady, clock, region }: HealthDeps): void {
  let lastCheck: { at: number; problem: Promise<string | undefined> } | undefined
  const storeProblem = () => {
    if (!lastCheck || clock() - lastCheck.at > storeCheckMs) {
      const problem = store.check().then(
        () => undefined,
        () => 'the store cannot commit',
      )
      lastCheck = { at: clock(), problem }
    }
    return lastCheck.problem
  }
  app.get('/livez', (_request, response) => void response.type('text').send('ok'))
  app.get('/readyz', async (_request, response) => {
    const reason = notReady() ?? (await storeProblem())
    response.set('Cache-Control', 'no-store')
    if (reason) response.status(503).json({ ready: false, reason })
    else response.json({ ready: true, region: region(clock()) })
  })
}

/** Headers that a proxy on this machine adds to the requests of others. */
const forwardingHeader = /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|.+-(client|connecting)-ip|x-envoy-.+)$/

/**
 * Adds `GET /metrics` for peers on this machine without a proxy in front; everybody else gets 404.
 * @param isAdminListener on the admin listener everybody who reaches it gets the metrics
 */
export function addMetricsRoute(app: Express, metrics: Pick<Metrics, 'text'>, isAdminListener = false): void {
  app.get('/metrics', async (request, response, next) => {
    const isForwarded = Object.keys(request.headers).some((name) => forwardingHeader.test(name))
    const isLocal = !isForwarded && isLocalHost(request.socket.remoteAddress ?? '')
    if (!isAdminListener && !isLocal) return next()
    response.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text())
  })
}
