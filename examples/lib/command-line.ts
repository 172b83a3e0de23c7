import { parseArgs } from 'node:util'
import { RelayError } from './relay-error'

export interface RelayOptions {
  /** null: the test programme. */
  readonly source: string | null
  /** Empty: the embedded server. */
  readonly targets: readonly string[]
  /** null: the source's; the test programme's own is 1280 × 720. */
  readonly size: { readonly width: number; readonly height: number } | null
  readonly fps: number | null
  readonly bitrate: string
  readonly transport: 'auto' | 'rtmp2' | 'librtmp'
  readonly port: number
  /** null: until Ctrl-C. */
  readonly seconds: number | null
}

export const HELP = `Takes an RTMP stream in, draws on every picture in JavaScript, and sends it out again.

  npm start                                    a test programme through a server of its own
  npm start -- --in rtmp://… --out rtmp://…    between servers

  --in URL          the stream to take; without it a test programme is published and taken
  --out URL         where to send; may be given again for more targets; without it to the embedded server
  --size WxH        size of the pictures, even numbers (the source's; test programme: 1280x720)
  --fps N           pictures a second, 1 to 120 (the source's; test programme: 30)
  --bitrate RATE    bit/s of the pictures sent, such as 2500k or 4M (4M)
  --transport NAME  auto, rtmp2 or librtmp (auto)
  --port N          port of the embedded server; where it is taken, a free one (1935)
  --seconds N       end by itself after this long; without it at Ctrl-C
  --help            this text

On a terminal one line tells how it goes; elsewhere standard output gets one JSON object a second.
Exit code: 0 after Ctrl-C or --seconds, 1 after an error, 2 when the command line is wrong.
`

/** What the command line asks for; 'help' where it asks for that. */
export function parseCommandLine(args: readonly string[]): RelayOptions | 'help' {
  const values = parse(args)
  if (values.help) return 'help'
  return {
    source: values.in === undefined ? null : checkUrl('--in', values.in),
    targets: (values.out ?? []).map(url => checkUrl('--out', url)),
    size: values.size === undefined ? null : parseSize(values.size),
    fps: values.fps === undefined ? null : parseNumber('--fps', values.fps, 1, 120),
    bitrate: values.bitrate,
    transport: parseTransport(values.transport),
    port: parseNumber('--port', values.port, 1, 65_535, true),
    seconds: values.seconds === undefined ? null : parseNumber('--seconds', values.seconds, 0.1, 1e6),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        in: { type: 'string' },
        out: { type: 'string', multiple: true },
        size: { type: 'string' },
        fps: { type: 'string' },
        bitrate: { type: 'string', default: '4M' },
        transport: { type: 'string', default: 'auto' },
        port: { type: 'string', default: '1935' },
        seconds: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values as {
      in?: string
      out?: string[]
      size?: string
      fps?: string
      bitrate: string
      transport: string
      port: string
      seconds?: string
      help?: boolean
    }
  } catch (error) {
    // Its first sentence says what is wrong, the others explain how to write odd arguments.
    throw wrong((error as Error).message.split(/\.\s|\n/)[0]!)
  }
}

/** What is wrong inside of a URL the library finds; here only what is no RTMP at all. The URL may hold a stream key. */
function checkUrl(option: string, url: string): string {
  if (/^rtmps?:\/\//i.test(url)) return url
  throw wrong(`${option} takes a URL that begins with rtmp:// or rtmps://`)
}

function parseSize(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{2,4})[x×](\d{2,4})$/i.exec(text) ?? []
  const size = { width: Number(width), height: Number(height) }
  const fits = (side: number): boolean => side >= 16 && side <= 4096 && side % 2 === 0
  if (fits(size.width) && fits(size.height)) return size
  throw wrong(`--size takes two even numbers from 16 to 4096 such as 1280x720, not '${text}'`)
}

function parseNumber(option: string, text: string, least: number, most: number, whole = false): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  throw wrong(`${option} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not '${text}'`)
}

function parseTransport(text: string): RelayOptions['transport'] {
  if (text === 'auto' || text === 'rtmp2' || text === 'librtmp') return text
  throw wrong(`--transport takes auto, rtmp2 or librtmp, not '${text}'`)
}

function wrong(what: string): RelayError {
  return new RelayError(`${what}; --help lists what there is`, { exitCode: 2 })
}
