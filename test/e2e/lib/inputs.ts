import * as assert from 'uvu/assert'
import { Capture, type CaptureInfo, type CaptureOptions, type StreamState } from '../../../src/index'
import { psnr } from '../../support/media/picture'
import { makeFile, type Source } from '../../support/peers/ffmpeg'
import { decodeFrames } from '../../support/peers/ffmpeg-read'
import { exec } from '../../support/child'
import { tempFile } from '../../support/temp'
import { concat, keep, type Seen } from './served'

/** What a capture of any address gave, up to its end or to `count` pictures. */
export interface Taken {
  readonly frames: readonly Seen[]
  readonly samples: Float32Array
  readonly info: CaptureInfo
  readonly states: readonly StreamState[]
  /** All that was logged. */
  readonly log: string
  readonly error: unknown
}

export interface Log {
  readonly logger: NonNullable<CaptureOptions['logger']>
  text(): string
}

/** A logger that keeps all that is said. */
export function keepLog(): Log {
  const said: string[] = []
  const say = (...parts: unknown[]): void => void said.push(parts.map(String).join(' '))
  return { logger: { debug: say, info: say, warn: say, error: say }, text: () => said.join('\n') }
}

/** Captures an address to its end, to `count` pictures, or to an error. */
export async function take(
  url: string,
  options: CaptureOptions = {},
  { count = Infinity }: { count?: number } = {},
): Promise<Taken> {
  const { logger, text } = keepLog()
  await using capture = new Capture(url, { connectTimeout: 20_000, logger, ...options })
  const states: StreamState[] = []
  capture.state$.subscribe(state => void states.push(state))
  const sounds: Float32Array[] = []
  capture.audio$.subscribe({ next: ({ samples }) => void sounds.push(samples), error() {} })
  const frames: Seen[] = []
  let error: unknown = null
  const ended = new Promise<void>(resolve => {
    capture.frames$.subscribe({
      next: frame => {
        if (frames.push(keep(frame)) >= count) resolve()
      },
      error: why => resolve(void (error = why)),
      complete: resolve,
    })
  })
  await capture.start()
  await ended
  const { info } = capture
  return { frames, samples: concat(sounds), info: info!, states: [...states], log: text(), error }
}

/** How many of the first pictures a live source may have sent before it was heard. */
const MOST_MISSED = 15

/**
 * The pictures are ffmpeg's of the file, each at its time. `from`: the first one is that of this number; absent: one
 * of the first `skip`, since a busy machine may hear a live source late, and lose pictures.
 */
export async function samePictures(
  file: string,
  { frames, info }: Pick<Taken, 'frames' | 'info'>,
  {
    from,
    jitterUs = 1500,
    fps = 25,
    skip = MOST_MISSED,
  }: { from?: number; jitterUs?: number; fps?: number; skip?: number } = {},
): Promise<void> {
  assert.ok(info.video)
  const expected = await decodeFrames(file, 'rgb24')
  const first = frames[0]!
  const begin = from ?? expected.slice(0, skip).findIndex(({ data }) => psnr(first.data, data) >= 40)
  assert.ok(begin >= 0, 'the first picture is none of the first of the file')
  for (const { data, timestamp } of frames) {
    const place = ((timestamp - first.timestamp) * fps) / 1e6
    const number = Math.round(place)
    // A file that is sent again and again.
    const decibel = psnr(data, expected[(begin + number) % expected.length]!.data)
    assert.ok(decibel >= 40, `picture ${begin + number}: ${decibel} dB`)
    const late = ((place - number) * 1e6) / fps
    assert.ok(Math.abs(late) <= jitterUs, `picture ${begin + number} is ${late} µs off`)
  }
}

const SMALL = { size: '320x180', fps: 25, gop: 25, pattern: 'testsrc' } as const

/** A file of two seconds, with B-frames, in the container of its name. */
export function smallFile(name: string, source: Source & { duration?: number } = {}): Promise<string> {
  return makeFile(tempFile(name), {
    ...SMALL,
    bframes: 2,
    duration: 2,
    audio: { rate: 48_000, channels: 1 },
    ...source,
  })
}

/** The file's packets in another container, or encoded anew by ffmpeg's arguments. */
export async function remade(file: string, name: string, args: readonly string[] = ['-c', 'copy']): Promise<string> {
  const made = tempFile(name)
  await exec('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', '-i', file, ...args, made], {
    timeout: 60_000,
  })
  return made
}
