/** What all commands share: their exit codes, and how they say what went wrong. */
import { Problem } from '../core/problem.js'

/** 0: as it should be. */
export const EXIT = {
  ok: 0,
  /** It did not work: a stream, a machine, a server. */
  failed: 1,
  /** The command line, or a file that it names, is wrong. */
  usage: 2,
  /** It worked, and has found something of severity 'warning'. */
  warnings: 3,
  /** It worked, and has found something of severity 'error'. */
  errors: 4,
} as const

interface Told {
  readonly code: string
  readonly message: string
  readonly fault: string
  readonly retryable: boolean
  readonly remedy: string
}

/** Of a Problem, or of an error of the library; null: of neither. */
export function toldOf(error: unknown): Told | null {
  const { code, message, fault, retryable, remedy } = error as Partial<Told>
  if (typeof code !== 'string' || !code.startsWith('ERR_') || typeof fault !== 'string') return null
  return { code, message: String(message), fault, retryable: retryable === true, remedy: remedy ?? '' }
}

/** Says an error on stderr, and as JSON on stdout where that is asked for; returns the exit code. */
export function fail(error: unknown, json = false): number {
  const told = toldOf(error)
  if (json)
    process.stdout.write(`${JSON.stringify({ error: told ?? { code: 'ERR_INTERNAL', message: String(error) } })}\n`)
  if (told) process.stderr.write(`${told.code}: ${told.message}\n${told.remedy}\n`)
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  if (error instanceof Problem) {
    for (const { file, line, column, message } of error.problems) {
      const place = [file, line, column].filter(part => part !== null).join(':')
      process.stderr.write(`  ${place}: ${message}\n`)
    }
  }
  return told?.fault === 'options' ? EXIT.usage : EXIT.failed
}

/** A line that changes in place on a terminal; none where stderr is no terminal. */
export class Progress {
  readonly #out: NodeJS.WriteStream
  #shown = false

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out
  }

  say(text: string): void {
    if (!this.#out.isTTY) return
    this.#out.write(`\r\u001b[K${text}`)
    this.#shown = true
  }

  end(): void {
    if (this.#shown) this.#out.write('\r\u001b[K')
    this.#shown = false
  }
}

/** Ctrl-C once: the signal aborts; twice: the process ends now. */
export function abortOnInterrupt(): { readonly signal: AbortSignal; end(): void } {
  const abort = new AbortController()
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(130)
    abort.abort()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return { signal: abort.signal, end: () => void process.off('SIGINT', stop).off('SIGTERM', stop) }
}

/** The stream key of the environment: a command line is for everybody to read. */
export const streamKeyOf = ({ RXGST_STREAM_KEY: key }: NodeJS.ProcessEnv): { readonly streamKey?: string } =>
  key ? { streamKey: key } : {}

export const wrongOption = (message: string): Problem =>
  new Problem(400, 'ERR_OPTION', message, { remedy: 'Correct the command line; --help shows the options.' })
