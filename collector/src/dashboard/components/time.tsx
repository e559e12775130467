/** Renders an instant for people and machines; the client script turns it into local time. */

export interface TimeProps {
  /** Unix milliseconds. */
  at: number
  /** Leaves the seconds out: the instant is a whole hour. */
  hour?: boolean
}

export function Time({ at, hour = false }: TimeProps) {
  const iso = new Date(at).toISOString()
  return (
    <time datetime={iso} data-hour={hour || undefined}>
      {`${iso.slice(0, 10)} ${iso.slice(11, hour ? 16 : 19)} UTC`}
    </time>
  )
}
