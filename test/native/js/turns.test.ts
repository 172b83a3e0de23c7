// A program that is slower than its stream: its event loop goes on turning.
import * as assert from 'uvu/assert'
import { gst, run, RTMPOutput, type RunningPipeline } from '../../../src/index'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { sleep } from '../../support/until'
import { running } from '../../e2e/lib/running'

const test = suite('turns of the event loop', { timeout: 60_000 })

const busy = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end; );
}

/** The most values that came in one turn, in so many turns with a value. */
async function mostInATurn(values$: { subscribe(next: () => void): unknown }, turns: number): Promise<number> {
  let [most, inThisTurn, seen] = [0, 0, 0]
  values$.subscribe(() => {
    busy(25)
    most = Math.max(most, ++inThisTurn)
  })
  for (const end = performance.now() + 30_000; seen < turns && performance.now() < end; await sleep(1)) {
    if (inThisTurn > 0) seen++
    inThisTurn = 0
  }
  assert.is(seen, turns, 'turns with a value')
  return most
}

/** 100 pictures and packets a second, of which two wait. */
const graph = gst`videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=100/1 ! tee name=t
  t. ! queue ! appsink name=pictures sync=false max-buffers=2 drop=true
  t. ! queue ! jpegenc ! appsink name=packets sync=false max-buffers=2 drop=true`

const streams: Record<string, (p: RunningPipeline) => { subscribe(next: () => void): unknown }> = {
  pictures: p => ({ subscribe: next => p.frames$('pictures').subscribe(frame => (frame.close(), next())) }),
  packets: p => p.packets$('packets'),
}

for (const [name, stream] of Object.entries(streams)) {
  test(`${name} that come faster than they are read: a turn has a few`, async () => {
    await running(graph, async p => {
      await p.start()
      const most = await mostInATurn(stream(p), 15)
      assert.ok(most <= 8, `${most} in one turn`)
    })
  })
}

test('a program that computes while its write is on its way', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), { width: 64, height: 48, fps: 25, connectTimeout: 20_000 })
  await output.start()
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  for (let i = 0; i < 30; i++) {
    const written = output.writeFrame(new Uint8Array(64 * 48 * 3))
    busy(45)
    await written
  }
  clearInterval(timer)
  assert.ok(turns >= 15, `${turns} turns`)
})

test('a program may replace the global setImmediate', async () => {
  const original = globalThis.setImmediate
  globalThis.setImmediate = (() => ({ unref() {} })) as unknown as typeof setImmediate
  try {
    const p = run(graph)
    await p.start()
    await mostInATurn(streams['pictures']!(p), 10)
    await p.stop()
  } finally {
    globalThis.setImmediate = original
  }
})

test.run()
