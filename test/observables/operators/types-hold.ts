// Compiled, never run: what stands in a pipe needs no type arguments, and the results have the right types.
import { filter, map, type Observable } from 'rxjs'
import {
  closeDropped,
  closing,
  keepAlive,
  latest,
  mapAsync,
  pairByTimestamp,
  sampleFps,
  writeTo,
} from '../../../src/index'
import type { AudioChunk, FrameWithAudio, RTMPCapture, RTMPOutput, VideoFrame } from '../../../src/index'

export function pipes({ frames$, audio$, framesWithAudio$ }: RTMPCapture, output: RTMPOutput, slate: VideoFrame) {
  const a: Observable<number> = frames$.pipe(
    sampleFps(2),
    latest(async ({ data }) => data.length),
  )
  const b: Observable<string> = framesWithAudio$.pipe(
    sampleFps(2),
    mapAsync(({ frame }, { signal }) => `${frame.width}${signal.aborted}`),
  )
  const c: Observable<VideoFrame | null> = frames$.pipe(keepAlive({ each: 100, with: () => null }))
  const d: Observable<VideoFrame> = frames$.pipe(keepAlive({ each: 100, with: () => slate.clone() }))
  const e: Observable<AudioChunk> = audio$.pipe(keepAlive({ each: 100 }))
  const f: Observable<VideoFrame> = frames$.pipe(closeDropped(filter(({ sequence }) => sequence % 10 === 0)))
  const g: Observable<[VideoFrame, AudioChunk]> = frames$.pipe(pairByTimestamp(audio$))
  const h: Observable<number> = g.pipe(map(closing(([picture, chunk]) => picture.timestamp - chunk.timestamp)))
  const i: Observable<[VideoFrame, VideoFrame]> = frames$.pipe(
    pairByTimestamp(frames$, { timestampOf: frame => frame.arrivalTime * 1000 }),
  )
  const j: Observable<FrameWithAudio> = framesWithAudio$.pipe(sampleFps(2), keepAlive({ each: 100 }))
  const k: Observable<{ dropped: boolean }> = j.pipe(writeTo(output))
  // @ts-expect-error: numbers have no time
  a.pipe(sampleFps(2))
  // @ts-expect-error: there is no such option
  d.pipe(mapAsync(async frame => frame, { concurency: 2 }))
  return [a, b, c, d, e, f, g, h, i, j, k]
}
