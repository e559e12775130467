/** Formats numbers in the texts of diagnoses. */

/** `1 event`, `3 events`. */
export const plural = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`

export const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`
