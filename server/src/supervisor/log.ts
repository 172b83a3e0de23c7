/** Where the supervisor writes its log: pino is one, a test's array another. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const NO_LOG: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
