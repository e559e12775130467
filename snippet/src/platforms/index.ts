/** Which platforms are listened to, and when they are looked for. */
import { attempt, listen } from '../logger.js'
import { withdraw } from '../withdraw.js'
import { readGoogle } from './google.js'
import { readTcf } from './tcf.js'
import { readGpp, readUsp } from './usa.js'
import { readWordpress, watchWordpress } from './wordpress.js'

const probe = () => {
  for (const read of [readTcf, readGpp, readUsp, readGoogle, readWordpress]) attempt(read)
}

/** To be called once. Platforms and their stubs may come with the page, or be loaded late by a tag manager. */
export const watchPlatforms = () => {
  listen('revoked', withdraw)
  probe()
  watchWordpress()
  addEventListener('DOMContentLoaded', probe)
  addEventListener('load', probe)
  setTimeout(probe, 3e3)
}
