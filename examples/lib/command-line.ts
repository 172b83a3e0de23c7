import { parseArgs } from 'node:util'
import { RelayError } from './relay-error'

const TRANSPORTS = ['auto', 'rxrtmp', 'rtmp2', 'librtmp'] as const

export interface RelayOptions {
  /** null: the test programme. */
  readonly source: string | null
  /** Empty: the embedded server. */
  readonly targets: readonly string[]
  /** null: the source's size; the test programme has 1280 × 720. */
  readonly size: { readonly width: number; readonly height: number } | null
  readonly fps: number | null
  readonly bitrate: string
  readonly transport: (typeof TRANSPORTS)[number]
  readonly port: number
  /** null: until Ctrl-C. */
  readonly seconds: number | null
}

export const HELP = `Receives an RTMP stream, draws on every frame in JavaScript, and sends it out again.

  npm start                                    a test programme through an embedded server
  npm start -- --in rtmp://… --out rtmp://…    between servers

  --in URL          source stream; default: a test programme
  --out URL         target; repeat it for more targets; default: the embedded server
  --size WxH        size of the frames, even numbers (default: the source's; test programme: 1280x720)
  --fps N           frames per second, 1 to 120 (default: the source's; test programme: 30)
  --bitrate RATE    bitrate of the video, such as 2500k or 4M (default: 4M)
  --transport NAME  auto, rxrtmp, rtmp2 or librtmp (default: auto)
  --port N          port of the embedded server; if it is in use, a free one (default: 1935)
  --seconds N       stop after N seconds; default: at Ctrl-C
  --help            this text

The embedded server is rxgst serve: its page shows both streams, and a link to it is printed.
A terminal gets a status line; otherwise, standard output gets one JSON object per second.
Exit code: 0 after Ctrl-C or --seconds, 1 after an error, 2 for a wrong command line.
`

/** The options of the command line, or 'help'. */
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
    // The first sentence is the problem; the others explain how to write unusual arguments.
    throw wrong((error as Error).message.split(/\.\s|\n/)[0]!)
  }
}

/** Refuses a text that is not an RTMP URL; the library checks the rest. The URL can contain a stream key. */
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
  const transport = TRANSPORTS.find(name => name === text)
  if (transport !== undefined) return transport
  throw wrong(`--transport takes auto, rxrtmp, rtmp2 or librtmp, not '${text}'`)
}

function wrong(what: string): RelayError {
  return new RelayError(`${what}; --help lists what there is`, { exitCode: 2 })
}
