/** Lists the vendors that events are relayed to. */
import { tiktok } from './tiktok/kind.js'
import type { VendorKind } from './vendor.js'

export const vendors: readonly VendorKind[] = [tiktok]
