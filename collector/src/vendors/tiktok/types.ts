/** The body of TikTok's `POST /open_api/v1.3/event/track/` for web events, in TikTok's own names. */
import type { HashedUser } from '../../event.js'

export interface TikTokRequest {
  event_source: 'web'
  /** The Pixel Code. */
  event_source_id: string
  /** Shows the events under Test Events and keeps them out of production data. */
  test_event_code?: string
  /** 1 to 1,000. */
  data: TikTokEvent[]
}

export interface TikTokEvent {
  event: string
  /** Unix seconds. */
  event_time: number
  event_id: string
  limited_data_use: boolean
  user: TikTokUser
  page?: { url: string; referrer?: string }
  properties?: Record<string, unknown>
}

export type TikTokUser = HashedUser & { ip?: string; user_agent?: string }

/** TikTok's envelope; refusals come in it too, as HTTP 200. */
export interface TikTokAnswer {
  code: number
  message?: string
  request_id?: string
}

/** What a site needs to send. */
export interface TikTokCredentials {
  pixelCode: string
  accessToken: string
  testEventCode?: string
}
