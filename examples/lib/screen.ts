import { statusLine, type Status } from './status'

/** What the relay tells about itself, for people on a terminal and for programs elsewhere. */
export interface Screen {
  /** Lines for people. */
  say(text: string): void
  /** What runs, for programs. */
  event(event: Readonly<Record<string, unknown>>): void
  status(status: Status): void
  /** Leaves the status line as it is; the next output begins on a line of its own. */
  end(): void
}

/**
 * A terminal gets text, and one line at its lower end that is written anew each time. Anything else gets JSON on
 * standard output, an object a line, and the text on standard error.
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
      // A line that wraps could not be written over.
      const line = statusLine(status, latencyName()).slice(0, Math.max(20, stdout.columns - 1))
      stdout.write(`\r\x1b[2K${line}`)
      shown = true
    },
    end,
  }
}
