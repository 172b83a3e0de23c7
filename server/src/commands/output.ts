/** What the commands that look at streams share. */
import { Problem } from '../core/problem.js'
import { EXIT, failWith } from './exit.js'

/** Says an error; returns the exit code. */
export function fail(error: unknown, json = false): number {
  failWith(error, json)
  return Number(process.exitCode ?? EXIT.refused)
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
  new Problem(EXIT.usage, 'ERR_OPTION', message, { remedy: 'Correct the command line; --help shows the options.' })
