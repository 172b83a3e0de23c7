import { RTMPCapture, RTMPOutput, type RTMPOutputOptions, type Target } from '../../../src/index'
import type { Nginx } from '../../support/peers/nginx'
import { drawClock, readClock } from '../../support/media/picture-clock'
import { sleep } from '../../support/until'

export const SIZE = { width: 640, height: 360, fps: 25 }
/** bit/s. */
export const BITRATE = 3_000_000

export interface Seen {
  /** performance.now() at its arrival, and its age in ms; NaN if its number cannot be read. */
  readonly at: number
  readonly age: number
  readonly timestamp: number
}

/**
 * A stream of noise, which needs all of any bitrate, with the time of each picture as a number in it, and the pictures
 * of a viewer behind the server.
 */
export async function onAir(
  nginx: Nginx,
  url: string | readonly Target[],
  from: string,
  options: Partial<RTMPOutputOptions>,
) {
  const output = new RTMPOutput(url, {
    ...SIZE,
    bitrate: BITRATE,
    keyframeInterval: 2,
    adaptiveBitrate: true,
    ...options,
  })
  await output.start()
  let on = true
  const noises = Array.from({ length: 8 }, () =>
    Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, () => 96 + Math.random() * 64),
  )
  const writing = (async () => {
    const start = performance.now()
    for (let n = 0; on; n = Math.max(n + 1, Math.floor(((performance.now() - start) * SIZE.fps) / 1000))) {
      await sleep(Math.max(0, start + (n * 1000) / SIZE.fps - performance.now()))
      const picture = noises[n % noises.length]!
      drawClock(picture, SIZE.width, SIZE.height, Math.round(performance.now()))
      await output.writeFrame(picture).catch(() => (on = false))
    }
  })()
  await nginx.published(from)
  const capture = new RTMPCapture(nginx.url(from), { bufferSize: 100 })
  const seen: Seen[] = []
  capture.frames$.subscribe(frame => {
    const drawn = readClock(frame.data, SIZE.width, SIZE.height)
    seen.push({
      at: performance.now(),
      age: drawn === null ? NaN : performance.now() - drawn,
      timestamp: frame.timestamp,
    })
    frame.close()
  })
  await capture.start()
  return {
    output,
    capture,
    seen,
    [Symbol.asyncDispose]: async () => {
      on = false
      await writing
      await capture.stop()
      await output.stop()
    },
  }
}

/** A viewer's pictures that lie more than one and a half slots apart. */
export const holes = (seen: readonly Seen[]): number =>
  seen.filter(({ timestamp }, i) => i > 0 && timestamp - seen[i - 1]!.timestamp > 1.5e6 / SIZE.fps).length
