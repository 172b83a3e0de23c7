// suite: deep
// The default rules about how a stream comes, on streams made bad and good again, over RTMP. Their times are shorter; a
// few streams go bad in several ways at once, all at the same time. The server lies on request: it leaves out, holds
// back and shifts what it sends. A machine that stands still makes a stream bad, too.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { RTMPCapture, StreamMonitor, type RTMPCaptureOptions } from '../../../src/index'
import { calmly } from '../../support/calm'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, tagInfo, type FlvTag, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { sleep } from '../../support/until'
import { Heard, hurried } from './rules'

const test = suite('monitor, transport', { timeout: 120_000 })

let file: string
test.before(async () => {
  // A keyframe every 0.2 s, since that is 2 s in a hurry.
  file = await makeFile(join(tempDir(), 'stream.flv'), { duration: 10, size: '320x180', fps: 25, gop: 5 })
  for (const { run, settle } of scenarios) calmly(run).then(() => settle(null), settle)
})

const scenarios: { run: () => Promise<void>; settle: (error: unknown) => void }[] = []

/** Most of a scenario is waiting: all of them run at the same time, and each test waits for its own. */
function scenario(name: string, run: () => Promise<void>): void {
  const done = new Promise<unknown>(settle => scenarios.push({ run, settle }))
  test(name, async () => {
    const error = await done
    if (error) throw error
  })
}

type Edit = (tag: FlvTag) => FlvTag[]

/** Serves the file for ever, through what `edit` holds when a tag is due. */
async function serving(state: { edit: Edit }): Promise<RtmpServer> {
  return startRtmpServer({
    kind: 'serve-file',
    file,
    loop: true,
    edit: tag => (isMedia(tag) ? state.edit(tag) : [tag]),
  })
}

const isMedia = (tag: FlvTag): boolean => tag.type !== 'script' && !tagInfo(tag).header
const good: Edit = tag => [tag]

/** Nothing is decoded but where pictures are taken. */
const watched = (server: RtmpServer, options: RTMPCaptureOptions = {}) =>
  new RTMPCapture(server.url(), {
    decode: false,
    stallTimeout: 60_000,
    reconnect: { initialDelay: 20, maxDelay: 20 },
    ...options,
  })

const levels = (...names: string[]) => names.flatMap(name => [`${name}-warning`, `${name}-critical`])

/** A keyframe, and 1.2 s later a picture that is none; they come together, every 2.4 s: few, and at the wrong times. */
function sparse(): Edit {
  let next = 0
  let held: FlvTag | null = null
  return tag => {
    if (tag.type === 'audio') return [tag]
    if (tag.timestamp < next || tagInfo(tag).keyframe !== (held === null)) return []
    next = tag.timestamp + 1200
    const both = held ? [held, tag] : []
    held = held ? null : tag
    return both
  }
}

scenario('few pictures that come at the wrong times: bitrate, fps, dropped frames, jitter, keyframes', async () => {
  const state = { edit: good }
  await using server = await serving(state)
  const rules = hurried(10, ['bitrate', 'fps', 'droppedFrames', 'jitter', 'keyframeInterval'])
  using monitor = new StreamMonitor([], { rules, interval: 100, grace: 1000 })
  const heard = new Heard(monitor)
  await using capture = watched(server)
  monitor.attachStream(capture, 'camera', { targets: { bitrate: 1_100_000, fps: 25 } })
  await capture.start()
  await sleep(3500)
  assert.equal(heard.of('camera'), [], 'a good stream')

  const all = [
    'bitrate-warning',
    ...levels('fps', 'dropped-frames', 'jitter', 'keyframe-age'),
    'keyframe-interval-warning',
  ]
  state.edit = sparse()
  await heard.until('camera', '+', all)
  state.edit = good
  await heard.until('camera', '-', all)
  assert.equal(heard.of('camera').sort(), all.flatMap(rule => [`${rule} +`, `${rule} -`]).sort(), 'once each')
})

scenario('a stream, its picture and its sound that stop: no data', async () => {
  const state = { edit: good }
  await using server = await serving(state)
  const rules = hurried(3, ['noData', 'fps'])
  using monitor = new StreamMonitor([], { rules, interval: 100, grace: 1000 })
  const heard = new Heard(monitor)
  await using capture = watched(server)
  monitor.attachStream(capture, 'camera')
  await capture.start()
  await sleep(1500)
  const ways: [string, Edit][] = [
    ['no-data', () => []],
    ['no-video', tag => (tag.type === 'audio' ? [tag] : [])],
    ['no-audio', tag => (tag.type === 'video' ? [tag] : [])],
  ]
  for (const [name, edit] of ways) {
    const before = heard.of('camera').length
    state.edit = edit
    await heard.until('camera', '+', levels(name))
    state.edit = good
    await heard.until('camera', '-', levels(name))
    assert.equal(
      heard.of('camera').slice(before),
      [`${name}-warning +`, `${name}-critical +`, `${name}-warning -`, `${name}-critical -`],
      'and nothing that follows from it',
    )
  }
})

scenario('sound that comes late against the picture, and a stream that comes late: drift, lateness', async () => {
  const state = { edit: good }
  await using server = await serving(state)
  const rules = hurried(10, ['avDrift', 'lateness'])
  using monitor = new StreamMonitor([], { rules, interval: 100, grace: 1000 })
  const heard = new Heard(monitor)
  await using capture = watched(server)
  monitor.attachStream(capture, 'camera')
  await capture.start()
  // The drift's baseline is that of the first 10 s.
  await sleep(11_000)
  assert.equal(heard.of('camera'), [])

  // Timestamps fall behind by 0.8 ms a ms, the sound's by half a second, the picture's by a quarter; later they catch
  // up.
  const from = performance.now()
  let turned: number | null = null
  const behind = (most: number): number => {
    const since = (time: number) => 0.4 * (performance.now() - time)
    return Math.round(turned === null ? Math.min(most, since(from)) : Math.max(0, most - since(turned)))
  }
  state.edit = tag => [{ ...tag, timestamp: tag.timestamp - behind(tag.type === 'audio' ? 700 : 400) }]
  await heard.until('camera', '+', levels('av-drift', 'lateness'))
  turned = performance.now()
  await heard.until('camera', '-', levels('av-drift', 'lateness'))
  assert.equal(
    heard.of('camera').sort(),
    levels('av-drift', 'lateness')
      .flatMap(rule => [`${rule} +`, `${rule} -`])
      .sort(),
    'once each',
  )
})

scenario('a consumer that is slow: latency, queue', async () => {
  await using server = await serving({ edit: good })
  const rules = hurried(10, ['latency', 'queueMs'])
  using monitor = new StreamMonitor([], { rules, interval: 100, grace: 1000 })
  const heard = new Heard(monitor)
  await using capture = watched(server, { decode: true, bufferSize: 40 })
  monitor.attachStream(capture, 'camera', { targets: { latency: 100 } })
  await capture.start()
  let pause = 0
  let taking = true
  const taken = (async () => {
    while (taking) {
      ;(await capture.getFrame()).close()
      if (pause > 0) await sleep(pause)
    }
  })()
  await sleep(2000)
  pause = 150
  const all = ['latency-warning', 'queue-warning']
  await heard.until('camera', '+', all)
  pause = 0
  await heard.until('camera', '-', all)
  taking = false
  await taken
  assert.equal(heard.of('camera').sort(), all.flatMap(rule => [`${rule} +`, `${rule} -`]).sort(), 'once each')
})

scenario('a stream that is lost again and again: reconnects; counters go on', async () => {
  await using server = await serving({ edit: good })
  const rules = hurried(50, ['reconnects'])
  using monitor = new StreamMonitor(['bitrate', 'reconnects'], { rules, interval: 100, grace: 200 })
  const heard = new Heard(monitor)
  await using capture = watched(server)
  monitor.attachStream(capture, 'camera')
  await capture.start()
  const bytes: number[] = []
  for (let count = 0; count < 4; count++) {
    await sleep(300)
    bytes.push(Number(/stream_bytes_total\{.*"video"\} (\d+)/.exec(await monitor.prometheus())?.[1]))
    const { length } = server.connections
    server.cut('rst')
    await server.connection(length, ({ sent }) => sent > 20)
  }
  await heard.until('camera', '+', ['reconnects-warning', 'short-lived-warning'])
  assert.ok(
    bytes.every((count, i) => i === 0 || count > bytes[i - 1]!),
    `bytes only grow: ${bytes}`,
  )
  await heard.until('camera', '-', ['reconnects-warning'])
  // That the connections live shortly holds until one lives for minutes.
  const all = ['reconnects-warning +', 'reconnects-warning -', 'short-lived-warning +']
  assert.equal(heard.of('camera').sort(), all)
  assert.is(monitor.getMetric('reconnects', 'camera'), 4)
})

test.run()
