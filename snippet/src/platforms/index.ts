/** Lists the supported consent platforms, and detects them. */
import { on } from '../emitter.js'
import { attempt } from '../logger.js'
import { reportWithdrawal } from '../withdraw.js'
import { readGoogle } from './google.js'
import { readTcf } from './tcf.js'
import { readGpp, readUsp } from './usa.js'
import { observeWordpress, readWordpress } from './wordpress.js'

const detectPlatforms = () => {
  for (const read of [readTcf, readGpp, readUsp, readGoogle, readWordpress]) attempt(read)
}

/** Must be called once. Detection is repeated, because a tag manager may load a platform or its stub late. */
export const connectPlatforms = () => {
  on('revoked', reportWithdrawal)
  detectPlatforms()
  observeWordpress()
  addEventListener('DOMContentLoaded', detectPlatforms)
  addEventListener('load', detectPlatforms)
  setTimeout(detectPlatforms, 3e3)
}
