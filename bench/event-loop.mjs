// The gaps of the event loop while streams start, run, stop and fail, as a web server in the same process has them.
//
//   node bench/event-loop.mjs [--quick] [--seconds 10] [--times 5] [--json]
import { RTMPCapture, RTMPOutput } from '../dist/src/index.js'
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { freePort } from '../dist/test/support/peers/ports.js'
import { LoopWatch } from './lib/gaps.mjs'
import { calm } from './lib/calm.mjs'
import { describeMachine } from './lib/machine.mjs'
import { makeClip } from './lib/media.mjs'
import { ownThreadSeconds, startHelper } from './lib/processes.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { round } from './lib/statistics.mjs'

const GOAL_MAX = 20
const GOAL_P99 = 5
const OUTPUT = { width: 1280, height: 720, fps: 30, bitrate: '2M', keyframeInterval: 0.5 }
/** ms. Long enough for a peer's silence to be noticed; short enough for a bench. */
const PATIENCE = { connectTimeout: 1500, stallTimeout: 1000, reconnect: false }

const options = readOptions({ seconds: [10, 4], times: [5, 2] })
const machine = describeMachine()
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const clip = await makeClip({ width: 1920, height: 1080, fps: 60, seconds: 10, bitrate: '8M', zerolatency: true })
const server = await startHelper('./rtmp-server.mjs')
const port60 = await server.ask('start', { kind: 'serve-file', file: clip, pace: 'real', loop: true })
const url60 = `rtmp://127.0.0.1:${port60}/live/clip60`
const silent = await startHelper('./rtmp-server.mjs')
const silentUrl = `rtmp://127.0.0.1:${await silent.ask('start', { kind: 'accept-silent' })}/live/nothing`
const deadUrl = `rtmp://127.0.0.1:${await freePort()}/live/nothing`
const nginx = await startNginx()

const rows = []
let serial = 0

/** Measures the event loop during `run`, `times` times; the worst of them counts. */
async function phase(name, run, { times = options.times } = {}) {
  await calm()
  const found = []
  for (let i = 0; i < times; i++) {
    const cleanUps = []
    const watch = new LoopWatch()
    await sleep(50)
    watch.start()
    await run(
      cleanUp => cleanUps.push(cleanUp),
      () => watch.start(),
    )
    found.push(watch.stop())
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  }
  const worst = key => Math.max(...found.map(one => one[key]))
  const row = {
    phase: name,
    times,
    'delay p99 ms': worst('p99'),
    'delay max ms': worst('max'),
    'longest gap ms': worst('maxGap'),
    'own p99 ms': worst('ownP99'),
    'own longest gap ms': worst('ownMax'),
  }
  rows.push(row)
  tell(
    `${name}: p99 ${row['delay p99 ms']} ms, max ${row['delay max ms']} ms, longest gap ` +
      `${row['longest gap ms']} ms, ours ${row['own longest gap ms']} ms`,
  )
  return row
}

const expectFailure = promise =>
  promise.then(
    () => Promise.reject(new Error('it should have failed')),
    () => {},
  )

/** An output with a writer at its pace. */
async function onAir(url) {
  const output = new RTMPOutput(url, { ...OUTPUT, ...PATIENCE })
  const picture = new Uint8Array(OUTPUT.width * OUTPUT.height * 3).fill(90)
  let on = true
  const written = output.start().then(async () => {
    while (on) {
      await output.writeFrame(picture).catch(() => (on = false))
      await sleep(1000 / OUTPUT.fps)
    }
  })
  const stop = async () => {
    on = false
    await written.catch(() => {})
    await output.stop()
  }
  return { output, stop }
}

function take(url, extra = {}) {
  const capture = new RTMPCapture(url, { ...PATIENCE, ...extra })
  capture.frames$.subscribe({ next: frame => frame.close(), error: () => {} })
  return capture
}

await phase('idle', () => sleep(options.seconds * 1000), { times: 1 })
// What is loaded at the first stream is not loaded again: GStreamer begins with the first constructor, plugins are
// loaded by start(), both in workers.
let first = null
await phase(
  'first capture of the process: made',
  async () => {
    first = take(url60)
    await sleep(5)
  },
  { times: 1 },
)
await phase(
  'first capture of the process: start',
  async later => {
    later(() => first.stop())
    await first.start()
  },
  { times: 1 },
)
await phase('capture: start', async later => {
  const capture = take(url60)
  later(() => capture.stop())
  await capture.start()
})
await phase('capture: stop', async (_later, restart) => {
  const capture = take(url60)
  await capture.start()
  await sleep(200)
  restart()
  await capture.stop()
})
await phase(
  'first output of the process: start',
  async later => {
    const { output, stop } = await onAir(nginx.url(`loop${serial++}`))
    later(stop)
    while (!output.info || output.state.phase !== 'live') await sleep(5)
  },
  { times: 1 },
)
await phase('output: start', async later => {
  const { output, stop } = await onAir(nginx.url(`loop${serial++}`))
  later(stop)
  while (!output.info || output.state.phase !== 'live') await sleep(5)
})
await phase('output: stop', async (_later, restart) => {
  const { output, stop } = await onAir(nginx.url(`loop${serial++}`))
  while (output.state.phase !== 'live') await sleep(5)
  await sleep(300)
  restart()
  await stop()
})
await phase('capture: nothing listens', later => {
  const capture = take(deadUrl)
  later(() => capture.stop())
  return expectFailure(capture.start())
})
await phase('capture: the peer says nothing', later => {
  const capture = take(silentUrl)
  later(() => capture.stop())
  return expectFailure(capture.start())
})
await phase('output: nothing listens', later => {
  const output = new RTMPOutput(deadUrl, { ...OUTPUT, ...PATIENCE })
  later(() => output.stop())
  return expectFailure(output.start())
})
await phase('output: the peer says nothing', later => {
  const output = new RTMPOutput(silentUrl, { ...OUTPUT, ...PATIENCE })
  later(() => output.stop())
  return expectFailure(output.start())
})
await phase(
  'both: the peer freezes',
  async (later, restart) => {
    const url = nginx.url(`loop${serial++}`)
    const { stop } = await onAir(url)
    await nginx.published(new URL(url).pathname.split('/').at(-1))
    const capture = take(url)
    await capture.start()
    nginx.kill('SIGSTOP')
    later(() => nginx.kill('SIGCONT'))
    restart()
    // Longer than both notice it, then both stops, which must not wait for it.
    await sleep(PATIENCE.stallTimeout + 1500)
    await Promise.all([capture.stop(), stop()])
  },
  { times: Math.min(options.times, 2) },
)
await phase(
  'both: start against a frozen peer',
  async later => {
    nginx.kill('SIGSTOP')
    later(() => nginx.kill('SIGCONT'))
    const capture = take(nginx.url('frozen'))
    const output = new RTMPOutput(nginx.url('frozen2'), { ...OUTPUT, ...PATIENCE })
    await Promise.all([expectFailure(capture.start()), expectFailure(output.start())])
    await Promise.all([capture.stop(), output.stop()])
  },
  { times: Math.min(options.times, 2) },
)
const running = await phase(
  'capture of 1080p60 runs',
  async (later, restart) => {
    const capture = take(url60)
    later(() => capture.stop())
    await capture.start()
    await sleep(500)
    restart()
    await sleep(options.seconds * 1000)
  },
  { times: 1 },
)

/** µs of this thread's processor time for each picture that a program takes and closes; no watch beside it. */
async function costPerFrame() {
  await calm()
  const thread = async run => {
    const [seconds, from] = [ownThreadSeconds(), performance.now()]
    await run()
    return (ownThreadSeconds() - seconds) / (performance.now() - from)
  }
  const rest = await thread(() => sleep(options.seconds * 1000))
  let pictures = 0
  const capture = new RTMPCapture(url60, PATIENCE)
  capture.frames$.subscribe({ next: frame => (pictures++, frame.close()), error: () => {} })
  await capture.start()
  await sleep(1000)
  pictures = 0
  const from = performance.now()
  const busy = await thread(() => sleep(options.seconds * 1000))
  const [perMs, took] = [busy - rest, performance.now() - from]
  await capture.stop()
  return { cost: (perMs * took * 1e6) / pictures, pictures, share: busy * 1000 }
}
const frames = await costPerFrame()
tell(`JS thread: ${round(frames.cost)} µs a picture`)

await Promise.all([server.stop(), silent.stop(), nginx.stop()])

const idle = rows[0]
const streams = rows.slice(1)
const ours = Math.max(...streams.map(row => row['own longest gap ms']))
const slowest = streams.filter(row => row['own longest gap ms'] >= GOAL_MAX).map(row => row.phase)
report('event-loop', options, {
  title: `Event loop delay while streams start, run, stop and fail; the worst of ${options.times} times each`,
  rows,
  tables: [
    {
      name: 'cost',
      title: 'The JS thread while 1080p60 is taken: frames$, each frame closed',
      rows: [
        {
          what: 'RTMPCapture of 1080p60',
          'µs of the JS thread per picture': round(frames.cost),
          '% of the JS thread': round(frames.share * 100, 2),
          pictures: frames.pictures,
        },
      ],
    },
  ],
  goals: [
    {
      goal: `never over ${GOAL_MAX} ms by our doing (idle: ${idle['own longest gap ms']} ms)`,
      value: `${ours} ms${slowest.length ? `: ${slowest.join('; ')}` : ''}`,
      met: slowest.length === 0,
    },
    {
      goal: `p99 < ${GOAL_P99} ms while taking 1080p60 (idle: ${idle['delay p99 ms']} ms)`,
      value: `${running['delay p99 ms']} ms`,
      met: running['delay p99 ms'] < GOAL_P99,
    },
  ],
  machine,
  notes: [
    "Delay: Node's monitorEventLoopDelay, resolution 1 ms (so about 1 ms is rest). Own: less the time " +
      'that the thread was ready to run and the kernel ran somebody else.',
  ],
})
