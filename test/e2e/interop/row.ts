import {
  RTMPCapture,
  RTMPOutput,
  RxGstError,
  type RTMPCaptureOptions,
  type RTMPOutputOptions,
} from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { status } from '../../support/peers/rtmp/fields'
import type { Answer, Manner } from '../../support/peers/rtmp/behaviour'
import { startRtmpServer, type Behaviour, type RtmpServer, type ServeFile } from '../../support/peers/rtmp-server'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'

/** What a player and a publisher of ours make of a server, in the words of docs/interop.md. */
export interface Row {
  /** The first cell of the table's line. */
  readonly name: string
  /** Absent: the behaviour has no meaning there. */
  readonly play?: Measure
  readonly publish?: Measure
}
export type Measure = () => Promise<string>
export type Choose = Behaviour | ((index: number) => Behaviour)

export const PLAYS = 'plays'
export const PUBLISHES = 'publishes'
/** No error, log or answer may hold it. */
export const KEY = 'verysecretkey'
/** What a refusing server says, and what becomes of it in an error. */
export const NO = `no place for ${KEY}`
const QUOTED = 'no place for ***'

/** Far beyond what an answer takes that is understood. */
const PATIENT_MS = 40_000
const LATE_MS = 35_000
const ENOUGH = 8

let made: Promise<string> | undefined
/** Two seconds with sound, for all of them. */
export function media(): Promise<string> {
  return (made ??= makeFile(tempFile('media.flv'), { size: '160x90', fps: 25, gop: 12, duration: 2 }))
}

export const served = async (more: Partial<ServeFile> = {}): Promise<ServeFile> => ({
  kind: 'serve-file',
  file: await media(),
  loop: true,
  ...more,
})

export interface Attempt<Options> {
  /** The address that is used at the server. */
  readonly url?: (server: RtmpServer) => string
  readonly options?: Options
  /** Once it runs: what is wrong with what the server has heard. */
  readonly heard?: (server: RtmpServer) => string | null
  /** Of a capture, once it has given pictures: what is wrong with it. */
  readonly seen?: (capture: RTMPCapture) => string | null
  /** Whether the server says NO. */
  readonly quoted?: boolean
  /** Where pictures arrive, if not at the server itself. */
  readonly arrived?: RtmpServer
}

const cell = (error: unknown, from: number, quoted: boolean): string => {
  if (!(error instanceof RxGstError)) return String(error)
  if (`${error.message}${JSON.stringify(error)}${error.stack}`.includes(KEY)) return `${error.code} with the key`
  const late = performance.now() - from > LATE_MS ? ', late' : ''
  const unquoted = quoted && !error.message.includes(QUOTED) ? `, unquoted: ${error.message}` : ''
  return `\`${error.code}\`${late}${unquoted}`
}

/** A capture of a server: PLAYS when pictures have come, else the code of its error. */
export async function played(behaviour: Choose, attempt: Attempt<RTMPCaptureOptions> = {}): Promise<string> {
  await using server = await startRtmpServer(behaviour)
  const from = performance.now()
  const url = attempt.url?.(server) ?? server.url(KEY)
  // Awaited here: the server is to outlive it.
  let wrong: string | null = null
  const look = (capture: RTMPCapture): void => {
    wrong = attempt.seen?.(capture) ?? null
  }
  return await playedAt(url, attempt.options, look).then(
    () => wrong ?? attempt.heard?.(server) ?? PLAYS,
    (error: unknown) => cell(error, from, attempt.quoted ?? false),
  )
}

export async function playedAt(
  url: string,
  options: RTMPCaptureOptions = {},
  look: (capture: RTMPCapture) => void = () => {},
): Promise<void> {
  await using capture = new RTMPCapture(url, { connectTimeout: PATIENT_MS, reconnect: false, ...options })
  await capture.start()
  let pictures = 0
  for await (const frame of capture.aiterFrames()) {
    frame.close()
    if (++pictures >= ENOUGH) return look(capture)
  }
  throw new Error(`it ended after ${pictures} pictures`)
}

export const SMALL = { width: 64, height: 64, fps: 25, bitrate: '200k' } as const
export const PICTURE = new Uint8Array(64 * 64 * 3)

export const pictures = (server: RtmpServer): number =>
  Math.max(0, ...server.connections.map(({ tags }) => tags.filter(({ type }) => type === 'video').length))

/** An output to a server: PUBLISHES when pictures have arrived, else the code of its error. */
export async function published(behaviour: Choose, attempt: Attempt<Partial<RTMPOutputOptions>> = {}): Promise<string> {
  await using server = await startRtmpServer(behaviour)
  const from = performance.now()
  const url = attempt.url?.(server) ?? server.url(KEY)
  return await publishedAt(url, () => pictures(attempt.arrived ?? server) >= ENOUGH, attempt.options).then(
    () => attempt.heard?.(server) ?? PUBLISHES,
    (error: unknown) => cell(error, from, attempt.quoted ?? false),
  )
}

export async function publishedAt(
  url: string,
  arrived: () => boolean | Promise<boolean>,
  options: Partial<RTMPOutputOptions> = {},
): Promise<void> {
  await using output = new RTMPOutput(url, { ...SMALL, connectTimeout: PATIENT_MS, reconnect: false, ...options })
  let failure: unknown
  output.state$.subscribe({ error: () => {} })
  await output.start()
  const writing = output.writeFrame(PICTURE)
  writing.catch((error: unknown) => (failure = error))
  await until(async () => failure || output.state.phase === 'failed' || (await arrived()), { timeout: PATIENT_MS })
  const { phase, reason } = output.targets[0]!.state
  if (phase === 'failed' && reason) throw new RxGstError(reason, 'of its state')
  if (failure) throw failure
}

/** A server whose answers are odd and mean yes, in both directions. */
export function accepting(name: string, odd: Answer, { play, publish }: { play?: Answer; publish?: Answer } = {}): Row {
  return {
    name,
    play: async () => played(await served({ ...odd, ...play })),
    publish: () => published({ kind: 'accept-publish', ...odd, ...publish }),
  }
}

/** A server that says no, or nothing, at a command of this name. */
export function refusing(name: string, manner: Manner, { quoted = true }: { quoted?: boolean } = {}): Row {
  const row: { name: string; play?: Measure; publish?: Measure } = { name }
  const of = Object.keys(manner)
  if (!of.includes('publish') && !of.includes('FCPublish'))
    row.play = async () => played(await served({ manner }), { quoted })
  else if (of.includes('play')) row.play = async () => played(await served({ manner }), { quoted })
  if (!of.includes('play') || of.includes('publish'))
    row.publish = () => published({ kind: 'accept-publish', manner }, { quoted })
  return row
}

export const no = (code: string, level: 'status' | 'error' = 'error', description = NO) =>
  status(level, code, description)

const [REJECTED, LOST] = ['`ERR_PUBLISH_REJECTED`', '`ERR_CONNECTION_LOST`']
/** An output may be live before it hears that the server has hung up. */
export const EITHER = `${REJECTED}, or ${LOST} where the output is live by then`

export const either = ({ publish, ...row }: Row): Row => ({
  ...row,
  publish: async () => {
    const said = await publish!()
    return said === REJECTED || said === LOST ? EITHER : said
  },
})
