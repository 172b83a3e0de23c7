/** What nobody caught: it must not end all channels, unless nothing is certain any more. */
import type { EventEmitter } from 'node:events'
import type { Log } from '../supervisor/log.js'

const EXIT_FAULT = 1

export interface FaultOptions {
  readonly process: EventEmitter
  readonly log: Log
  exit(code: number): void
}

/**
 * A promise that nobody awaits broke off one task: it is told, and the server goes on. An exception that nobody caught
 * may have left anything half done: the server ends, its channels end with it, and the service manager starts it anew.
 */
export function watchFaults({ process, log, exit }: FaultOptions): void {
  process.on('unhandledRejection', (error: unknown) => {
    log.error({ err: error }, 'a fault: a task ended, and the server goes on')
  })
  process.on('uncaughtException', (error: unknown) => {
    log.error({ err: error }, 'a fault: the server ends')
    exit(EXIT_FAULT)
  })
}
