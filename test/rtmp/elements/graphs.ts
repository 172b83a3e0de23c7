import { lastValueFrom, toArray } from 'rxjs'
import { gst, run, type Graph, type RunningPipeline, type RxGstError } from '../../../src/index'

/** A player whose appsink `video` gives I420, and whose appsink `audio` gives AAC. */
export const playing = (
  url: string,
  timeout = 10,
): Graph => gst`rxrtmpsrc name=source location=${url} timeout=${timeout}
  source.video ! h264parse ! avdec_h264 thread-type=slice ! appsink name=video caps=video/x-raw,format=I420
  source.audio ! aacparse ! appsink name=audio`

/** A publisher of test pictures and sound: 320 × 180 at 30 fps, a keyframe a second. */
export const publishing = (url: string, timeout = 10): Graph => gst`videotestsrc is-live=true !
    video/x-raw,format=I420,width=320,height=180,framerate=30/1 ! x264enc tune=zerolatency speed-preset=ultrafast
    key-int-max=30 ! h264parse ! queue ! mux.video
  audiotestsrc is-live=true ! avenc_aac ! aacparse ! queue ! mux.audio
  flvmux name=mux streamable=true ! rxrtmpsink name=sink location=${url} timeout=${timeout} sync=false`

/** What the pipeline ends with, before or after it has started; any other end is an error of the test. */
export async function refusal(graph: Graph, startTimeout = 20_000): Promise<{ code: string; message: string }> {
  const pipeline = run(graph, { startTimeout })
  try {
    const messages = lastValueFrom(pipeline.bus$.pipe(toArray()))
    const failed = await pipeline.start().then(
      () => null,
      (error: RxGstError) => error,
    )
    if (failed) return failed
    const error = (await messages).find(({ type }) => type === 'error')
    const { reason } = pipeline.state
    if (reason === null || !error) throw new Error(`it ended without an error: ${pipeline.state.phase}`)
    return { code: reason, message: String(error.detail.text) }
  } finally {
    await pipeline.stop()
  }
}

/** A counter of an element's `stats`. */
export function counter(pipeline: RunningPipeline, element: string, name: string): number {
  const stats = pipeline.get(element, 'stats') as string
  return Number(new RegExp(`\\b${name}=\\(guint64\\)(\\d+)`).exec(stats)?.[1] ?? NaN)
}
