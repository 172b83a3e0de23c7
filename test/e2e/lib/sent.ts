import { writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { startRtmpServer, tagInfo, writeFlv, type Connection, type TagInfo } from '../../support/peers/rtmp-server'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'

/** The stream of an output, as its server received it; independent of clocks and buffers. */
export interface Sent {
  /** The stream as an FLV file, for ffmpeg and ffprobe. */
  file: string
  /** The pictures and the sound, without their headers. */
  video: TagInfo[]
  audio: TagInfo[]
  metadata: Record<string, unknown>
  connection: Connection
}

/** Options with which the writer waits for the server, so that a slow machine loses nothing. */
export async function breathe(output: RTMPOutput): Promise<void> {
  while (output.stats().queueMs > 400) await sleep(5)
}

/** Options with which only written pictures leave, as fast as possible. */
export const UNPACED = { fill: 'none', connectTimeout: 20_000 } as const

/** Runs an output against a server of its own, which accepts everything; returns the stream that it got. */
export async function sent(options: RTMPOutputOptions, write: (output: RTMPOutput) => Promise<unknown>): Promise<Sent> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), { ...UNPACED, ...options })
  await output.start()
  await write(output)
  // stop() gives the encoders a second, which is little where this process stands still.
  for (let looks = 0; output.stats().queued > 0 && looks < 2000; looks++) await sleep(5)
  await output.stop()
  return received(await server.connection(0, ({ open }) => !open))
}

/** The stream that a connection has got so far. */
export function received(connection: Connection): Sent {
  const file = tempFile('sent.flv')
  writeFileSync(file, writeFlv(connection.tags))
  return { file, connection, ...tagsOf(connection) }
}

export function tagsOf({ tags }: Connection): Pick<Sent, 'video' | 'audio' | 'metadata'> {
  const infos = (type: string) => tags.filter(tag => tag.type === type).map(tagInfo)
  const media = (type: string) => infos(type).filter(({ header, end }) => !header && !end)
  return {
    video: media('video'),
    audio: media('audio'),
    metadata: (infos('script')[0]?.metadata ?? {}) as Record<string, unknown>,
  }
}

/** Resolves when a connection has got so many pictures, or as many as fulfil the condition. */
export function pictures(connection: Connection, enough: number | ((video: TagInfo[]) => boolean)): Promise<TagInfo[]> {
  const met = typeof enough === 'number' ? ({ length }: TagInfo[]) => length >= enough : enough
  const look = () => {
    const { video } = tagsOf(connection)
    return met(video) ? video : null
  }
  return until(look, { timeout: 40_000, what: () => `pictures; ${tagsOf(connection).video.length} have come` })
}

/** Checks that pictures have a constant rate from the first on; FLV counts in ms. */
export function assertConstantRate(video: readonly TagInfo[], fps: number, name = ''): void {
  const first = video[0]?.dts ?? 0
  assert.ok(first <= 100, `${name} the first picture comes at ${first} ms`)
  video.forEach(({ dts }, i) =>
    assert.ok(Math.abs(dts - first - (i * 1000) / fps) <= 1, `${name} picture ${i} at ${dts} ms`),
  )
}

/** Checks that AAC packets follow each other without a gap. */
export function assertGapless(audio: readonly TagInfo[], rate: number): void {
  const first = audio[0]?.dts ?? 0
  audio.forEach(({ dts }, i) =>
    assert.ok(Math.abs(dts - first - (i * 1024_000) / rate) <= 1.5, `sound ${i} at ${dts} ms`),
  )
}
