/** Classifies SQLite's error codes: what a sender should do, and whether the file is still sound (https://sqlite.org/rescode.html). */

/** BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB: no row is at fault. */
const unavailableCodes = new Set([5, 6, 7, 8, 10, 11, 13, 14, 26])
/** CORRUPT, NOTADB, IOERR_FSYNC, IOERR_DIR_FSYNC: the last writes may be lost, and a retry would hide that. */
const breakageCodes = new Set([11, 26, 1034, 1290])

/** `errcode` is the primary code in one driver and the extended one in the other. */
const codesOf = (error: unknown) => {
  const { errcode = 0, sqliteExtendedCode = errcode } = error as {
    errcode?: number
    sqliteExtendedCode?: number
  }
  return [errcode & 0xff, sqliteExtendedCode]
}

/** The sender should try again later. */
export const isUnavailable = (error: unknown) => codesOf(error).some((code) => unavailableCodes.has(code))

/** The file must not be used any more. */
export const isBreakage = (error: unknown) => codesOf(error).some((code) => breakageCodes.has(code))
