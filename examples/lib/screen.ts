import { statusLine, type Status } from './status'

/** The relay's output: text for people on a terminal, JSON for programs elsewhere. */
export interface Screen {
  /** Prints lines for people. */
  say(text: string): void
  /** Prints an event for programs. */
  event(event: Readonly<Record<string, unknown>>): void
  status(status: Status): void
  /** Keeps the status line; the next output begins on a new line. */
  end(): void
}

/**
 * A terminal gets text, with one status line at its lower end that is printed again each time. Otherwise, standard
 * output gets one JSON object per line, and standard error gets the text.
 */
export function openScreen(latencyName: () => string): Screen {
  const { stdout, stderr } = process
  if (!stdout.isTTY) {
    const event = (fields: Readonly<Record<string, unknown>>): void => void stdout.write(`${JSON.stringify(fields)}\n`)
    return {
      say: text => void stderr.write(`${text}\n`),
      event,
      status: status => event({ event: 'status', ...status }),
      end: () => {},
    }
  }
  let shown = false
  const end = (): void => {
    if (shown) stdout.write('\n')
    shown = false
  }
  return {
    say(text) {
      if (shown) stdout.write('\r\x1b[2K')
      shown = false
      stdout.write(`${text}\n`)
    },
    event: () => {},
    status(status) {
      // A wrapped line could not be overwritten.
      const line = statusLine(status, latencyName()).slice(0, Math.max(20, stdout.columns - 1))
      stdout.write(`\r\x1b[2K${line}`)
      shown = true
    },
    end,
  }
}
