import type { ChildExit } from '../child/child.js'

/** Why a process ended, in words. */
export function exitText({ code, signal, killed }: ChildExit): string {
  if (killed !== null) return `killed, since ${killed}`
  if (signal !== null) return `signal ${signal}`
  return code === null ? 'unknown, since another supervisor had started it' : `exit code ${code}`
}

export function exitData({ code, signal, killed, stderr, ranMs }: ChildExit): Readonly<Record<string, unknown>> {
  return { code, signal, killed, stderr, ranMs: Math.round(ranMs) }
}
