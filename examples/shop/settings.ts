/** Describes how one example shop is set up. */

export interface ShopSettings {
  /** Origin that `/t/…` is proxied to, such as `http://127.0.0.1:8787`. */
  collectorOrigin: string
  /** Linked from every page. */
  inspectorUrl: string
  /** The site; pages live on `www.`, `shop.` and `checkout.` below it. */
  domain: string
  /** Simulated visitor: an IP address, or a place such as US-CA. */
  visitor: string
}
