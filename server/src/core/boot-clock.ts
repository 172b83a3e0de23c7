/** A clock that all processes of the machine share. */
import { uptime } from 'node:os'

/**
 * ms since the machine began, in steps of 10. Nobody sets it, and it goes on while a process is stopped and while the
 * machine sleeps: what was allowed for some seconds is over afterwards.
 */
export const bootMs = (): number => uptime() * 1000
