import { writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { startRtmpServer, tagInfo, writeFlv, type Connection, type TagInfo } from '../../support/peers/rtmp-server'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'

/** What left an output, as its server received it: decided by nobody's clock and nobody's buffers. */
export interface Sent {
  /** As an FLV file, for ffmpeg and ffprobe. */
  file: string
  /** The pictures and the sound, without their headers. */
  video: TagInfo[]
  audio: TagInfo[]
  metadata: Record<string, unknown>
  connection: Connection
}

/** Waits where the writer is faster than the server reads, so that a slow machine loses nothing. */
export async function breathe(output: RTMPOutput): Promise<void> {
  while (output.stats().queueMs > 400) await sleep(5)
}

/** Nothing but what is written leaves, as fast as it goes. */
export const UNPACED = { fill: 'none', connectTimeout: 20_000 } as const

/** Runs an output against a server of its own, which takes everything; returns what it got. */
export async function sent(options: RTMPOutputOptions, write: (output: RTMPOutput) => Promise<unknown>): Promise<Sent> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), { ...UNPACED, ...options })
  await output.start()
  await write(output)
  await output.stop()
  return received(await server.connection(0, ({ open }) => !open))
}

/** What a connection has got so far. */
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

/** Pictures at a constant rate from the first on, which is there at once; FLV counts in ms. */
export function assertConstantRate(video: readonly TagInfo[], fps: number, name = ''): void {
  const first = video[0]?.dts ?? 0
  assert.ok(first <= 100, `${name} the first picture comes at ${first} ms`)
  video.forEach(({ dts }, i) =>
    assert.ok(Math.abs(dts - first - (i * 1000) / fps) <= 1, `${name} picture ${i} at ${dts} ms`),
  )
}

/** AAC packets stand end to end from the first on. */
export function assertGapless(audio: readonly TagInfo[], rate: number): void {
  const first = audio[0]?.dts ?? 0
  audio.forEach(({ dts }, i) =>
    assert.ok(Math.abs(dts - first - (i * 1024_000) / rate) <= 1.5, `sound ${i} at ${dts} ms`),
  )
}
