// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, type RTMPCaptureOptions } from '../../../src/index'
import { makeFile, publishFile, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep } from '../../support/until'
import { BAD_PEERS } from '../lib/peers'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'
import { TRANSPORTS } from '../lib/transports'

const test = suite('capture: stop()', { timeout: 40_000 })

let nginx: Nginx
let publisher: Publisher

test.before(async () => {
  nginx = await startNginx()
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 10 })
  publisher = await publishFile(nginx.url('live'), file, { loop: true })
  await nginx.published('live')
})
test.after(async () => {
  await publisher.stop()
  await nginx.stop()
})

async function stopped(capture: RTMPCapture): Promise<void> {
  const took = await timed(() => capture.stop())
  assert.ok(took < 5000, `stop() took ${took} ms`)
  assert.is(capture.state.phase, 'stopped')
  assert.is(await codeOf(capture.getFrame()), 'ERR_NOT_RUNNING')
}

for (const transport of TRANSPORTS) {
  for (const { name, at } of BAD_PEERS) {
    test(`${transport}: while connecting to ${name}`, async () => {
      await using place = await at(nginx, 'key')
      // Reconnecting is on, so that stop() also comes between two tries.
      await using capture = new RTMPCapture(place.url, { transport, connectTimeout: 20_000 })
      const started = codeOf(capture.start())
      await sleep(300)
      await stopped(capture)
      assert.match(await started, /^ERR_/)
    })
  }

  test(`${transport}: in the same turn as start()`, async () => {
    await using capture = new RTMPCapture(nginx.url('live'), { transport })
    const started = codeOf(capture.start())
    await stopped(capture)
    assert.is(await started, 'ERR_ABORTED')
  })

  test(`${transport}: right after live`, async () => {
    await using capture = new RTMPCapture(nginx.url('live'), { transport })
    await capture.start()
    await stopped(capture)
  })

  test(`${transport}: at any moment of the start`, async () => {
    for (let ms = 0; ms < 400; ms += 23) {
      await using capture = new RTMPCapture(nginx.url('live'), { transport })
      const started = codeOf(capture.start())
      await sleep(ms)
      await stopped(capture)
      assert.match(await started, /^(resolved|ERR_ABORTED)$/, `after ${ms} ms`)
    }
  })
}

test('before start()', async () => {
  await using capture = new RTMPCapture(nginx.url('live'))
  await stopped(capture)
  assert.match(await codeOf(capture.start()), /^ERR_/)
})

test('twice, one after the other and at the same time', async () => {
  await using capture = new RTMPCapture(nginx.url('live'))
  await capture.start()
  const phases: string[] = []
  capture.state$.subscribe(({ phase }) => phases.push(phase))
  const both = [capture.stop(), capture.stop()]
  await Promise.all(both)
  assert.is(capture.state.phase, 'stopped')
  await capture.stop()
  assert.equal(phases, ['live', 'stopping', 'stopped'])
})

test('whoever waits for a frame hears of it', async () => {
  await using capture = new RTMPCapture(nginx.url('live'))
  await capture.start()
  const waiting = [codeOf(capture.getAudio(8)), codeOf(readAll(capture))]
  await sleep(200)
  await capture.stop()
  assert.equal(await Promise.all(waiting), ['ERR_NOT_RUNNING', 'resolved'])
})

test('observables complete', async () => {
  await using capture = new RTMPCapture(nginx.url('live'))
  const ended: string[] = []
  const watch = (name: string) => ({
    next: (value: unknown) => (value as { close?(): void }).close?.(),
    error: (error: Error) => ended.push(`${name} ${error}`),
    complete: () => ended.push(name),
  })
  capture.frames$.subscribe(watch('frames'))
  capture.audio$.subscribe(watch('audio'))
  capture.framesWithAudio$.subscribe({ ...watch('both'), next: ({ frame }) => frame.close() })
  await capture.start()
  await sleep(300)
  await capture.stop()
  assert.equal(ended.sort(), ['audio', 'both', 'frames'])
  // And for who comes later.
  capture.frames$.subscribe(watch('late'))
  assert.ok(ended.includes('late'))
})

test('await using stops it', async () => {
  let outside: RTMPCapture
  {
    await using capture = new RTMPCapture(nginx.url('live'))
    await capture.start()
    outside = capture
  }
  assert.is(outside.state.phase, 'stopped')
})

for (const options of [
  { dropPolicy: 'block', bufferSize: 1 },
  { dropPolicy: 'oldest' },
] satisfies RTMPCaptureOptions[]) {
  test(`while nobody takes anything (${JSON.stringify(options)})`, async () => {
    await using capture = new RTMPCapture(nginx.url('live'), options)
    await capture.start()
    await sleep(500)
    await stopped(capture)
  })
}

async function readAll(capture: RTMPCapture): Promise<void> {
  for await (const frame of capture.aiterFrames()) frame.close()
}

test.run()
