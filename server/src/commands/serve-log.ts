/** The server's log: JSON lines on stderr, or lines for people where stderr is a terminal. */
import pino from 'pino'

export interface ServeLogOptions {
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean }
  /** Takes secrets out of a line. */
  mask(text: string): string
}

export function serveLog({ stream, mask }: ServeLogOptions): pino.Logger {
  const options: pino.LoggerOptions = {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: level => ({ level }) },
    serializers: { err: pino.stdSerializers.err },
  }
  const write = (line: string) => void stream.write(mask(stream.isTTY ? humanLine(line) : line))
  return pino(options, { write })
}

/** '20:15:03 warn  studio: what happened' */
function humanLine(line: string): string {
  const { level, time, channel, msg, err, remedy } = JSON.parse(line) as Record<string, unknown>
  const of = channel && !String(msg).startsWith(`${channel}:`) ? `${channel}: ` : ''
  const why = err ? `: ${(err as { message?: string }).message}` : ''
  const help = remedy ? `\n         ${remedy}` : ''
  const text = `${of}${msg}${why}${help}`.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '?')
  return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${text}\n`
}
