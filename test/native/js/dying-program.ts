/**
 * Workers of one process that use every part of the addon without a pause, and are terminated in the middle:
 *
 *   node dying-program.js ROUNDS
 *
 * The addon alone.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { native } from '../../../src/addon/binding'
import type { ElementHandle } from '../../../src/addon/gst'
import type { Description } from '../../../src/addon/pipeline'
import { FRAME_FIELDS, AUDIO_FIELDS } from '../../../src/addon/tap'
import { pacerOptions } from './pacer-options'

const WIDTH = 64
const HEIGHT = 48

type Row = [name: string, factory: string, props?: Record<string, string | number | boolean>]

/** One chain. */
function chain(...rows: Row[]): Description {
  return {
    name: '',
    counted: true,
    live: null,
    elements: rows.map(([name, factory, props = {}]) => ({ name, factory, props: Object.entries(props) })),
    links: rows.slice(1).map(([name], i) => [rows[i]![0], null, name, null] as const),
  }
}

function build(description: Description): {
  pipeline: Exclude<ReturnType<ReturnType<typeof native>['build']>, { code: string }>
  at: (name: string) => ElementHandle
} {
  const built = native().build(description, null, () => void ('takeMessages' in built && built.takeMessages()), true)
  if ('code' in built) throw new Error(built.text)
  return { pipeline: built, at: name => built.element(name)! }
}

function work(): void {
  const addon = native()
  const caps = { caps: `video/x-raw,format=RGB,width=${WIDTH},height=${HEIGHT},framerate=25/1` }
  const sink = { sync: false, 'enable-last-sample': false }
  const video = build(
    chain(['src', 'videotestsrc', { 'is-live': false }], ['caps', 'capsfilter', caps], ['out', 'appsink', sink]),
  )
  const sound = build(
    chain(
      ['src', 'audiotestsrc'],
      ['caps', 'capsfilter', { caps: 'audio/x-raw,format=F32LE,layout=interleaved,rate=48000,channels=2' }],
      ['out', 'appsink', sink],
    ),
  )
  const data = build(chain(['in', 'appsrc', { caps: 'application/x-any' }], ['out', 'appsink', sink]))
  const i420 = { caps: `video/x-raw,format=I420,width=${WIDTH},height=${HEIGHT},framerate=25/1`, format: 'time' }
  const pictures = build(chain(['in', 'appsrc', i420], ['out', 'fakesink']))
  const samples = build(
    chain(
      ['in', 'appsrc', { caps: 'audio/x-raw,format=F32LE,layout=interleaved,rate=44100,channels=2', format: 'time' }],
      ['out', 'fakesink'],
    ),
  )
  const all = [video, sound, data, pictures, samples]
  const onWake = (): void => {}
  const changes = new addon.Changes(onWake)
  const frameFields = new Float64Array(1 + 10 * FRAME_FIELDS.length)
  const audioFields = new Float64Array(1 + 10 * AUDIO_FIELDS.length)
  const timeline = new addon.Timeline()
  const tap = new addon.VideoTap(
    video.at('out'),
    timeline,
    { format: null, width: 0, height: 0, fpsN: 0, fpsD: 1, capacity: 10, policy: 'oldest' },
    changes,
    new addon.FrameAccount(2 ** 28),
  )
  const ear = new addon.AudioTap(sound.at('out'), timeline, changes)
  const packets = new addon.PacketTap(data.at('out'), { capacity: 10, block: false }, changes)
  const source = new addon.PushSource(data.at('in'), false)
  const program = new addon.Pacer(pacerOptions({ width: WIDTH, height: HEIGHT, fill: 'repeat' }), onWake)
  program.attach(program.open('pictures', 1), pictures.at('in'))
  program.attach(program.open('audio', 1), samples.at('in'))
  const meter = new addon.Meter({ bitrate: true, fps: true, freeze: true, latency: true })
  meter.watchRaw(video.at('out'), 'sink')
  meter.watchEntry(video.at('src'), 'src')
  meter.watchTap(tap)
  meter.watchPacer(program)
  const counter = new addon.PadCounter(video.at('src'), 'src')
  for (const { pipeline } of all) pipeline.setState('PLAYING')
  program.start()

  const pixels = new Uint8Array(WIDTH * HEIGHT * 3)
  const turn = (): void => {
    const lease = (i: number): number => frameFields[1 + i * FRAME_FIELDS.length]!
    tap.read(10, frameFields).forEach((buffer, i) => addon.endLease(lease(i), buffer))
    void [
      tap.stats(),
      ear.read(audioFields),
      changes.take(),
      ear.stats(),
      packets.read(10),
      packets.stats(),
      meter.read(),
      counter.read(),
      addon.framePool(),
    ]
    source.push(new Uint8Array(100_000), { pts: 0 })
    source.push(new Uint8Array(100), { pts: 0 })
    void source.stats()
    program.write(pixels, 'RGB', 'next', 0, new Float32Array(3528), 44100, 2)
    void [program.failure(1), program.stats()]
    video.pipeline.set('src', [['pattern', 'ball']])
    void [
      video.pipeline.get('src', 'pattern'),
      video.pipeline.pads('src'),
      video.pipeline.counts('src.src'),
      video.pipeline.dot(),
    ]
    void addon.loadFactories(['videotestsrc', 'nothing'])
    build(chain(['src', 'fakesrc'], ['out', 'fakesink'])).pipeline.close()
    void new addon.Timeline()
    setImmediate(turn)
  }
  setImmediate(turn)
  setImmediate(() => parentPort?.postMessage('at work'))
}

async function main(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const worker = new Worker(__filename)
    worker.on('error', error => {
      console.log(error)
      process.exit(1)
    })
    await new Promise<unknown>(resolve => worker.once('message', resolve))
    // At a moment that no part of the addon depends on.
    await sleep(round % 20)
    await worker.terminate()
  }
  // Threads stop what a terminated worker has left; after that nothing of it is held.
  const deadline = performance.now() + 20_000
  let [held, meters] = [1, 1]
  for (; held + meters > 0 && performance.now() < deadline; await sleep(20)) {
    ;[held, meters] = [native().framePool().held, native().meterStates()]
  }
  console.log(`${rounds} terminated, ${held} bytes held, ${meters} meters`)
}

if (isMainThread) void main(Number(process.argv[2]))
else work()
