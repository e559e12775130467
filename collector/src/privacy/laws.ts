/** Lists the states with a comprehensive privacy law, and when each takes effect. This is no legal advice. */

/** First day (UTC) of each law. docs/privacy.md names the sources. */
export const lawStartDates: Readonly<Record<string, string>> = {
  CA: '2020-01-01',
  VA: '2023-01-01',
  CO: '2023-07-01',
  CT: '2023-07-01',
  UT: '2023-12-31',
  TX: '2024-07-01',
  OR: '2024-07-01',
  FL: '2024-07-01',
  MT: '2024-10-01',
  DE: '2025-01-01',
  IA: '2025-01-01',
  NE: '2025-01-01',
  NH: '2025-01-01',
  NJ: '2025-01-15',
  TN: '2025-07-01',
  MN: '2025-07-31',
  MD: '2025-10-01',
  IN: '2026-01-01',
  KY: '2026-01-01',
  RI: '2026-01-01',
  OK: '2027-01-01',
  LA: '2027-01-01',
  AL: '2027-05-01',
  VT: '2028-01-01',
}

const startsAt = new Map(
  Object.entries(lawStartDates).map(([state, day]) => [state, Date.parse(day) / 1_000]),
)

/** Whether the state's law is in force. @param time Unix seconds */
export function lawInForce(state: string, time: number): boolean {
  const start = startsAt.get(state)
  return start !== undefined && time >= start
}
