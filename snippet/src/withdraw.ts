/** Reports withdrawn consent to the collector, which then sends no more events of the visitor. */
import type { WireEvent } from '../../collector/src/wire.js'
import { getClickIds, removeClickCookie } from './click.js'
import { isRevoked } from './consent.js'
import { lastFlush, sendBeacon } from './delivery.js'
import { identity } from './identity.js'
import { wasOutboxUsed } from './outbox.js'

/**
 * Sends the ids by which the collector knows the visitor. Must run before the storage is emptied. Sends nothing
 * for a visitor who refuses without having consented before.
 */
export const reportWithdrawal = () => {
  if (!wasOutboxUsed()) return
  // The response to a request in flight may set the cookie again.
  lastFlush.then(() => isRevoked() && removeClickCookie())
  const { email, phone, external_id } = identity
  sendBeacon([
    {
      event: 'ConsentWithdrawn',
      user: { email, phone, external_id, ...getClickIds() },
      privacy: { consent: 'denied' },
    } as WireEvent,
  ])
}
