/** The last word of a visitor who takes back their consent, so that nothing of theirs leaves the collector. */
import type { WireEvent } from '../../collector/src/wire.js'
import { clickIds, forgetClick } from './click.js'
import { isRevoked } from './consent.js'
import { beacon, turn } from './delivery.js'
import { person } from './identity.js'
import { wasUsed } from './outbox.js'

/** By what the collector knows the person, to be called before the storage is emptied; a plain refusal says nothing. */
export const withdraw = () => {
  if (!wasUsed()) return
  // The answer to a request that is still under way may set the cookie once more.
  turn.then(() => isRevoked() && forgetClick())
  const { email, phone, external_id } = person
  beacon([
    {
      event: 'ConsentWithdrawn',
      user: { email, phone, external_id, ...clickIds() },
      privacy: { consent: 'denied' },
    } as WireEvent,
  ])
}
