/** What SQLite's error codes mean for a sender and for the file (https://sqlite.org/rescode.html). */

/** BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB: they say nothing about the row. */
const machineTroubles = new Set([5, 6, 7, 8, 10, 11, 13, 14, 26])
/** CORRUPT, NOTADB, IOERR_FSYNC, IOERR_DIR_FSYNC: what was written last may be gone, and trying again would hide that. */
const breakages = new Set([11, 26, 1034, 1290])

/** `errcode` is the primary code in one driver and the extended one in the other. */
const codesOf = (error: unknown) => {
  const { errcode = 0, sqliteExtendedCode = errcode } = error as {
    errcode?: number
    sqliteExtendedCode?: number
  }
  return [errcode & 0xff, sqliteExtendedCode]
}

/** Try the sender later. */
export const isMachineTrouble = (error: unknown) => codesOf(error).some((code) => machineTroubles.has(code))

/** Nothing more can be trusted to this file. */
export const isBreakage = (error: unknown) => codesOf(error).some((code) => breakages.has(code))
