/** Names settings: `trustProxy` in files and code, TAGFERRY_TRUST_PROXY in the environment. */

/** Settings that are masked when shown, and that the environment may give as a file: TAGFERRY_SECRET_FILE. */
export const secretSettings = ['sites', 'apiKeys', 'databaseUrl', 'secret', 'adminPassword'] as const

/** `trustProxy` → `TAGFERRY_TRUST_PROXY`. */
export function settingName(key: string): string {
  return `TAGFERRY_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** `TAGFERRY_TRUST_PROXY` → `trustProxy`. */
export function settingKey(name: string): string {
  return name
    .slice('TAGFERRY_'.length)
    .toLowerCase()
    .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
