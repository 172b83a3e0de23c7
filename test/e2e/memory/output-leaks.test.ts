// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput } from '../../../src/index'
import { startNginx } from '../../support/peers/nginx'
import { solid } from '../../support/media/picture'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { openFiles, usage } from '../../support/usage'

// Nothing is left of a stream that was stopped. The long form of this runs for hours.
const test = suite('output: leaks', { timeout: 150_000 })

const [width, height] = [320, 180]
// A capture begins with a keyframe: it is not to wait for one.
const OPTIONS = { width, height, bitrate: '500k', keyframeInterval: 0.2, connectTimeout: 20_000 } as const
const GREY = solid(width, height, [90, 90, 90])
const WARM = 5
const CYCLES = 25
/** Threads of pools come and go; a leak of one a cycle would be 25. */
const SLACK = 4
const RSS_SLACK = 40e6

/** Runs it again and again; what it holds afterwards is what it held when warm. */
async function steady(cycle: (i: number) => Promise<void>): Promise<void> {
  for (let i = 0; i < WARM; i++) await cycle(i)
  // What is given back late, by idle threads and the garbage collector, has time to go.
  await sleep(3000)
  const warm = usage()
  for (let i = 0; i < CYCLES; i++) await cycle(WARM + i)
  const back = () => {
    const { threads, fds } = usage()
    return threads <= warm.threads + SLACK && fds <= warm.fds + SLACK
  }
  const what = () => `${JSON.stringify(warm)} again; it is ${JSON.stringify(usage())}\n${openFiles().join('\n')}`
  await until(back, { timeout: 30_000, interval: 200, what })
  const grown = usage().rss - warm.rss
  assert.ok(grown < RSS_SLACK, `${Math.round(grown / 1e6)} MB more than before ${CYCLES} cycles`)
}

test('start, write, capture, stop', async () => {
  await using nginx = await startNginx()
  await steady(async i => {
    const output = new RTMPOutput(nginx.url(`s${i}`), OPTIONS)
    await output.start()
    let over = false
    const writing = (async () => {
      while (!over) await output.writeFrameWithAudio(GREY, new Int16Array(2 * 1470))
    })()
    const capture = new RTMPCapture(nginx.url(`s${i}`), { connectTimeout: 20_000 })
    await capture.start()
    for (let k = 0; k < 5; k++) (await capture.getFrame()).close()
    await capture.stop()
    over = true
    await writing
    await output.stop()
  })
})

test('starts that fail', async () => {
  const url = `rtmp://127.0.0.1:${await freePort()}/live/key1`
  await steady(async () => {
    const output = new RTMPOutput([url, `${url}2`], { ...OPTIONS, reconnect: false })
    await output.start().catch(() => {})
    await output.stop()
  })
})

test('one output whose target is made anew again and again', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), { ...OPTIONS, reconnect: { initialDelay: 1, maxDelay: 5 } })
  await output.start()
  await steady(async i => {
    await until(() => output.state.phase === 'live')
    const before = server.connections.length
    server.cut(i % 2 ? 'rst' : 'fin')
    await server.connection(before)
  })
  assert.ok(output.stats().reconnects >= CYCLES)
})

test('servers that take the handshake and say no more', async () => {
  await using server = await startRtmpServer({ kind: 'handshake-silent' })
  await steady(async i => {
    const output = new RTMPOutput(server.url(), OPTIONS)
    const started = output.start().catch(() => {})
    await server.connection(i, ({ bytesIn }) => bytesIn > 3073)
    await output.stop()
    await started
  })
  // Their sockets are closed too.
  await until(() => server.connections.every(({ open }) => !open))
})

test('outputs that are made and never started', async () => {
  await steady(async () => {
    for (let i = 0; i < 20; i++) new RTMPOutput('rtmp://127.0.0.1:1/live/key1', OPTIONS)
  })
})

test.run()
