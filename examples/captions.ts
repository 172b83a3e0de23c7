/**
 * Live captions: an observable of text becomes a property of a running element.
 *
 *   rtmp2src ─ flvdemux ─┬ video ─ h264parse ─ avdec_h264 ─ textoverlay title ─ x264enc ─┬─▶ flvmux ─ rtmp2sink
 *                        └ audio ─ aacparse ───────────────────────▲─────────────────────┘
 *                                                                  │ set('title', { text })
 *   captions$ ─────────────────────────────────────────────────────┘
 *
 *   node dist/examples/captions.js [from] [to]
 */
import { fromEvent, map, take, takeUntil, timer } from 'rxjs'
import { gst, run } from 'rxgst'

const [from = 'rtmp://localhost/live/camera', to = 'rtmp://localhost/live/captioned'] = process.argv.slice(2)

/** In place of a speech recogniser, with a pause after each sentence. */
const SENTENCES = ['Good evening.', '', 'Here is the news.', '', 'The weather: fair.', '']
const captions$ = timer(0, 1000).pipe(map(n => SENTENCES[n % SENTENCES.length]!))

// A line for gst-launch-1.0. ${…} is always a value.
const graph = gst`
  rtmp2src location=${from} ! flvdemux name=in
  in.video ! queue ! h264parse ! avdec_h264 !
    textoverlay name=title font-desc=${'Sans Bold 24'} shaded-background=true ! videoconvert !
    x264enc tune=zerolatency speed-preset=ultrafast bitrate=2500 key-int-max=60 ! h264parse ! out.video
  in.audio ! queue ! aacparse ! out.audio
  flvmux name=out streamable=true ! rtmp2sink location=${to}`

async function main(): Promise<void> {
  await using running = run(graph)
  const interrupted$ = fromEvent(process, 'SIGINT').pipe(take(1))
  interrupted$.subscribe(() => void running.stop())
  await running.start()
  captions$.pipe(takeUntil(interrupted$)).subscribe(text => running.set('title', { text }))
  await running.bus$.forEach(() => {}) // ends when the pipeline ends
  if (running.state.reason) throw new Error(running.state.reason)
}

void main()
