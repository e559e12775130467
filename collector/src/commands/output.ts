/** Formats text for a terminal. */

/** Replaces control characters: names come from anybody, and must not control the terminal. */
export const printable = (line: string) => line.replace(/\p{Cc}/gu, ' ')

/** `1 event`, `3 events`. */
export const plural = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
