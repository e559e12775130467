/** Lists the vendors. */
import { tiktok } from './tiktok/kind.js'
import type { VendorKind } from './vendor.js'

export const vendors: readonly VendorKind[] = [tiktok]
