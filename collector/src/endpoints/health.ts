/** What operators ask: whether the process lives, whether it can do its work, and what it has counted. */
import type { Express } from 'express'
import { isLoopback } from '../http/client-ip.js'
import type { Metrics } from '../metrics.js'
import type { Store } from '../store/store.js'

export interface HealthDeps {
  store: Pick<Store, 'check'>
  /** What the region data are. */
  region: (now: number) => object | undefined
  /** Why no new work should come, such as draining. */
  notReady: () => string | undefined
  clock: () => number
}

/** A durable commit for each probe would let anybody keep the disk busy. */
const rememberedMs = 1_000

export function addHealthRoutes(app: Express, { store, notReady, clock, region }: HealthDeps): void {
  let last: { at: number; reason: Promise<string | undefined> } | undefined
  const storeTrouble = () => {
    if (!last || clock() - last.at > rememberedMs) {
      const reason = store.check().then(
        () => undefined,
        () => 'the store cannot commit',
      )
      last = { at: clock(), reason }
    }
    return last.reason
  }
  app.get('/livez', (_request, response) => void response.type('text').send('ok'))
  app.get('/readyz', async (_request, response) => {
    const reason = notReady() ?? (await storeTrouble())
    response.set('Cache-Control', 'no-store')
    if (reason) response.status(503).json({ ready: false, reason })
    else response.json({ ready: true, region: region(clock()) })
  })
}

/** Headers by which a proxy on this machine tells for whom it asks. */
const forwarding = /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|.+-(client|connecting)-ip|x-envoy-.+)$/

/**
 * Only for a peer on this machine that no proxy stands in front of; for anybody else there is nothing here.
 * @param alone on the owner's own listener: for whoever reaches that
 */
export function addMetricsRoute(app: Express, metrics: Pick<Metrics, 'text'>, alone = false): void {
  app.get('/metrics', async (request, response, next) => {
    const forwarded = Object.keys(request.headers).some((name) => forwarding.test(name))
    const local = !forwarded && isLoopback(request.socket.remoteAddress ?? '')
    if (!alone && !local) return next()
    response.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text())
  })
}
