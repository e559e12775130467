/** Types of TikTok's `POST /open_api/v1.3/event/track/` for web events, under TikTok's own names. */
import type { HashedUser } from '../../event.js'

export interface TikTokRequest {
  event_source: 'web'
  /** The Pixel Code. */
  event_source_id: string
  /** Shows the events under Test Events and excludes them from production data. */
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

/** The body of a response. A refusal has this form too, under HTTP 200. */
export interface TikTokResponse {
  code: number
  message?: string
  request_id?: string
}

/** The credentials of one site. */
export interface TikTokCredentials {
  pixelCode: string
  accessToken: string
  testEventCode?: string
}
