/** Defines the contract between the relay and a vendor such as TikTok. Each vendor has a folder of its own. */
import type { z } from 'zod'
import type { HashedEvent, PhoneForm } from '../event.js'

/** One field of a vendor's credentials, as the dashboard shows it. */
export interface CredentialField {
  /** Key in `credentials`. */
  key: string
  /** The vendor's own name of the field. */
  label: string
  /** A sentence on where to find the value. */
  hint: string
  /** Encrypted at rest, never shown again. */
  secret?: boolean
  optional?: boolean
}

/** Labels of the match keys that vendors have in common. `visitor` is the address together with the user agent. */
export const commonMatchKeys = {
  email: 'E-mail',
  phone: 'Phone',
  external_id: 'External id',
  visitor: 'IP + user agent',
}

/** A kind of vendor before it is configured; `vendors/index.ts` lists them. */
export interface VendorKind {
  /** Stored in delivery rows; never renamed. */
  name: string
  /** Name shown in the dashboard. */
  label: string
  /** What the vendor matches persons by, with labels, most useful first: `commonMatchKeys` and keys of click-ids.ts. */
  matchKeys: Readonly<Record<string, string>>
  /** The form of a phone number that the vendor hashes. */
  phoneForm: PhoneForm
  fields: readonly CredentialField[]
  /** Steps to find the credentials in the vendor's own user interface. */
  steps: readonly string[]
  /** Settings of the whole process, in camel case: `tiktokUrl` is TAGFERRY_TIKTOK_URL. */
  settings: z.ZodRawShape
  /** Keys of a site in TAGFERRY_SITES that belong to this vendor; all optional. */
  credentials: z.ZodRawShape
  /** Sentences on valid credentials that are likely wrong, by key. */
  warnings(site: Record<string, unknown>): Record<string, string>
  /** @param clock Unix milliseconds */
  create(settings: Record<string, unknown>, clock: () => number): Vendor
}

/** Credentials of one site; only their vendor knows the type. */
export type Credentials = unknown
/** An event in the vendor's format; the relay writes it as JSON. */
export type Mapped = object

/** The size of a request: its events, and the bytes of its body. */
export interface RequestSize {
  events: number
  bytes: number
}

export interface Vendor {
  name: string
  /** The largest request. An event whose body alone has more bytes is sent alone. */
  limits: RequestSize
  /** The longest time that `send` takes, in milliseconds. */
  maxRequestMs: number
  /** The vendor's part of a site's settings, or `undefined` while it is incomplete. */
  credentials(site: Record<string, unknown>): Credentials | undefined
  /** Pure; `undefined` where the vendor has no format for this event. */
  map(event: HashedEvent): Mapped | undefined
  /**
   * The body of a request. Pure.
   * @param events the JSON of each mapped event; one byte separates two of them in the body
   * @param testEventCode the code that the events carry; used in place of the one in the credentials
   */
  body(events: readonly string[], credentials: Credentials, testEventCode?: string): string
  /** Sends one request; never throws. @param stop aborts it; the outcome says what is known by then */
  send(credentials: Credentials, body: string, stop: AbortSignal): Promise<Outcome>
  /** Sends one test event that the vendor does not count; never throws. */
  test(credentials: Credentials): Promise<Outcome>
  close(): Promise<void>
}

/** The result of one request, the same for each of its events. */
export type Outcome = {
  /** The vendor's own code, where the response has one. */
  code?: number
  /** The vendor's own message, or the network error. May quote an event: store and show it, never log it. */
  message?: string
  requestId?: string
} & (
  | { kind: 'delivered' }
  /** The vendor cannot have received any event. */
  | { kind: 'not_sent' }
  /** The vendor may have counted the events: only a retry under the same event ids is safe. */
  | {
      kind: 'ambiguous'
      /** The request broke or timed out before the answer was there: a smaller one may pass. */
      isUnanswered?: boolean
    }
  | { kind: 'throttled'; retryAfterMs?: number }
  /** The content is refused: the same request fails again, a part of it may succeed. */
  | {
      kind: 'refused'
      /** Positions in the request of the invalid events, where the vendor reports them. */
      invalidIndexes?: number[]
    }
  /** The credentials are refused: no event is at fault. */
  | { kind: 'credentials_refused' }
)
