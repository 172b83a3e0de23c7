/**
 * Two RTMP inputs in one frame, mixed by GStreamer's compositor; JavaScript gets no pixels.
 *
 *   rtmp2src ─ flvdemux camera ─┬ video ─ h264parse ─ avdec_h264 ─ videoscale ─▶ compositor mix ─ x264enc ─┐
 *                               └ audio ─ aacparse ────────────────────────────────────────┼─▶ flvmux ─ rtmp2sink
 *   rtmp2src ─ flvdemux guest ─── video ─ h264parse ─ avdec_h264 ─ videoscale ─▶ compositor mix
 *
 *   node dist/examples/picture-in-picture.js [camera] [guest] [to]
 */
import { branch, caps, chain, el, pad, pipeline, queue, run, type Part } from 'rxgst'

const local = (name: string): string => `rtmp://localhost/live/${name}`
const [camera = local('camera'), guest = local('guest'), to = local('both')] = process.argv.slice(2)
const size = { width: 640, height: 360 }
const inset = { width: 160, height: 90 }

/** An RTMP input up to a pad of the mixer. A reusable piece is a function that returns parts. */
const input = (name: string, location: string, mixerPad: string, shape: typeof size): Part[] => [
  chain(el('rtmp2src', { location }), el('flvdemux', { name })),
  branch(
    `${name}.video`,
    ...[queue(), el('h264parse'), el('avdec_h264'), el('videoscale'), caps('video/x-raw', shape), pad(mixerPad)],
  ),
]

const graph = pipeline(
  ...input('camera', camera, 'mix.sink_0', size),
  ...input('guest', guest, 'mix.sink_1', inset),
  chain(
    // Properties of the mixer's request pad: bottom right, 20 pixels from the edges.
    el('compositor', { name: 'mix', 'sink_1::xpos': 640 - 160 - 20, 'sink_1::ypos': 360 - 90 - 20 }),
    caps('video/x-raw', { ...size, framerate: '30/1' }),
    el('videoconvert'),
    el('x264enc', { tune: 'zerolatency', speedPreset: 'ultrafast', bitrate: 2500, keyIntMax: 60 }),
    el('h264parse'),
    el('flvmux', { name: 'mux', streamable: true }),
    el('rtmp2sink', { location: to }),
  ),
  branch('camera.audio', queue(), el('aacparse'), pad('mux.audio')),
)

async function main(): Promise<void> {
  await using running = run(graph)
  process.once('SIGINT', () => void running.stop())
  await running.start()
  await running.bus$.forEach(() => {}) // ends when the pipeline ends
  if (running.state.reason) throw new Error(running.state.reason)
}

void main()
