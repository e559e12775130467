/** Classifies the errors of PostgreSQL: whether the data, the moment or the program is at fault. */

/** The connection broke, or none could be made. */
class ConnectionTrouble extends Error {
  override name = 'ConnectionTrouble'
}

/** SQLSTATE, or `undefined` for an error that the server did not send. */
function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  return typeof code === 'string' && severity !== undefined ? code : undefined
}

/** Throws the error of a query; one that the server did not send as `ConnectionTrouble`. */
export function throwConnectionTrouble(error: unknown): never {
  if (sqlState(error) !== undefined || error instanceof TypeError) throw error
  const { message, code } = error as { message?: string; code?: string }
  // Node gives no message where it tried several addresses.
  throw new ConnectionTrouble(message || code || 'no connection', { cause: error })
}

/** A row is at fault: a value, a constraint, or an entry too large for its index. */
export const isDataError = (error: unknown) => /^(22|23|54)/.test(sqlState(error) ?? '')

/**
 * Another try may work: connection lost, server ending or starting, read-only standby, out of resources, lock or
 * statement timeout, deadlock, serialization failure, I/O error.
 */
export const isTransient = (error: unknown) =>
  error instanceof ConnectionTrouble || /^(08|25|40|53|55|57|58|XX)/.test(sqlState(error) ?? '')
