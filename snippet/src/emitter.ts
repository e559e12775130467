/** Emits each event's status to the page's listeners and, in debug mode, to the console. */
import { attempt, log } from './logger.js'

type Listener = (...details: never[]) => void

const subscriptions: [status: string, listener: Listener][] = []

export const on = (...subscription: [status: string, listener: Listener]) => subscriptions.push(subscription)

export const emit = (status: string, ...details: unknown[]) => {
  log(status, ...details)
  for (const [wantedStatus, listener] of subscriptions)
    if (wantedStatus === status) attempt(() => listener(...(details as never[])))
}
