/** Emits each event's status to the page's listeners and, in debug mode, to the console. */
import type { Tagferry } from './api.js'
import { attempt, log } from './logger.js'

type Listener = Parameters<Tagferry['on']>[1]

const subscriptions: [status: string, listener: Listener][] = []

export const on = (...subscription: [status: string, listener: Listener]) => subscriptions.push(subscription)

export const emit = (status: string, ...details: Partial<Parameters<Listener>>) => {
  log(status, ...details)
  for (const [wantedStatus, listener] of subscriptions)
    if (wantedStatus === status) attempt(() => listener(...(details as Parameters<Listener>)))
}
