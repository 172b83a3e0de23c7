// suite: deep
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { RTMPCapture, RxGstError } from '../../../src/index'
import { makeFile, publishFile } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { allIsRead } from '../../support/peers/ports'
import { parseFlv, startRtmpServer, type ServeFile } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { codeOf, keep, serveWhole } from '../lib/served'
import { timed } from '../lib/timed'
import { TRANSPORTS } from '../lib/transports'

const test = suite('capture: what is lost', { timeout: 60_000 })

const STALL = 1000
const options = { reconnect: false, stallTimeout: STALL } as const
const ENDED = ['ERR_STREAM_ENDED', 'ERR_CONNECTION_LOST']
let file: string

test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 10 })
})

/**
 * Waits for the loss that `cause` brings about; every surface must tell of it. Returns how long that took, ms, and how
 * long without the time for which this process stood still.
 */
async function lose(
  capture: RTMPCapture,
  cause: () => unknown,
  codes: readonly string[],
): Promise<[took: number, awake: number]> {
  const heard: unknown[] = []
  const completed: string[] = []
  const hear = (name: string) => ({
    next: (value: unknown) => (value as { close?(): void }).close?.(),
    error: (error: unknown) => void heard.push(error),
    complete: () => void completed.push(name),
  })
  capture.frames$.subscribe(hear('frames$'))
  capture.audio$.subscribe(hear('audio$'))
  capture.framesWithAudio$.subscribe({ ...hear('framesWithAudio$'), next: ({ frame }) => frame.close() })
  const iterated = codeOf(
    (async () => {
      for await (const frame of capture.aiterFrames()) frame.close()
    })(),
  )
  await until(() => capture.state.phase === 'live')
  await sleep(500)
  assert.equal(heard, [])
  const from = performance.now()
  const waiting = codeOf(capture.getAudio(10))
  let told = from
  const awake = await timed(async () => {
    cause()
    await until(() => heard.length === 3, {
      what: () => `three errors; state ${JSON.stringify(capture.state)}, completed ${completed}`,
    })
    told = performance.now()
  })
  for (const error of heard) {
    assert.instance(error, RxGstError)
    assert.ok(
      codes.includes((error as RxGstError).code),
      `${(error as RxGstError).code}: ${(error as RxGstError).message}`,
    )
    assert.is((error as RxGstError).fault, 'peer')
  }
  assert.equal(completed, [])
  assert.equal([capture.state.phase, codes.includes(capture.state.reason ?? '')], ['failed', true])
  assert.ok(codes.includes(await iterated), await iterated)
  assert.is(await waiting, 'ERR_STREAM_ENDED')
  assert.is(await codeOf(capture.getFrame()), 'ERR_STREAM_ENDED')
  assert.is(await codeOf(capture.getFrameAndAudio()), 'ERR_STREAM_ENDED')
  // Who comes too late hears it at once.
  capture.frames$.subscribe(hear('late'))
  assert.is(heard.length, 4)
  return [told - from, awake]
}

for (const transport of TRANSPORTS) {
  for (const how of ['fin', 'rst'] as const) {
    test(`${transport}: the server's ${how.toUpperCase()}`, async () => {
      await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
      await using capture = new RTMPCapture(server.url(), { ...options, transport })
      await capture.start()
      // The server takes the next connection, and librtmp would make one by itself, which nobody saw.
      await lose(capture, () => server.cut(how), ENDED)
      assert.is(server.connections.filter(({ sent }) => sent > 0).length, 1)
    })
  }

  test(`${transport}: a server that freezes is ERR_STALLED after stallTimeout`, async () => {
    await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
    await using capture = new RTMPCapture(server.url(), { ...options, transport })
    await capture.start()
    const [took, awake] = await lose(capture, () => server.cut('freeze'), ['ERR_STALLED'])
    assert.ok(took >= STALL - 200 && awake < STALL + 4000, `${took} ms, ${awake} ms of them awake`)
  })

  test(`${transport}: nginx that is killed`, async () => {
    await using nginx = await startNginx()
    await using publisher = await publishFile(nginx.url('one'), file, { loop: true })
    await nginx.published('one')
    await using capture = new RTMPCapture(nginx.url('one'), { ...options, transport })
    await capture.start()
    await lose(capture, () => nginx.kill('SIGKILL'), ENDED)
    await publisher.stop()
  })

  test(`${transport}: nginx that is frozen`, async () => {
    await using nginx = await startNginx()
    await using publisher = await publishFile(nginx.url('one'), file, { loop: true })
    await nginx.published('one')
    await using capture = new RTMPCapture(nginx.url('one'), { ...options, transport })
    await capture.start()
    await lose(capture, () => nginx.kill('SIGSTOP'), ['ERR_STALLED'])
    nginx.kill('SIGCONT')
    await publisher.stop()
  })

  test(`${transport}: a publisher that leaves nginx`, async () => {
    await using nginx = await startNginx()
    await using publisher = await publishFile(nginx.url('one'), file, { loop: true })
    await nginx.published('one')
    await using capture = new RTMPCapture(nginx.url('one'), { ...options, transport })
    await capture.start()
    // nginx keeps its player waiting for the next publisher.
    await lose(capture, () => publisher.stop(), [...ENDED, 'ERR_STALLED'])
  })
}

for (const dropPolicy of ['block', 'oldest', 'newest'] as const) {
  for (const pull of ['getFrame', 'aiterFrames'] as const) {
    test(`what waits in the queue at the end is still given (${pull}, '${dropPolicy}')`, async () => {
      const short = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 2 })
      await using server = await startRtmpServer(serveWhole(short, { then: 'silence' }))
      const patient = { dropPolicy, bufferSize: 8, stallTimeout: 20_000 } as const
      await using capture = new RTMPCapture(server.url(), { ...options, ...patient })
      await capture.start()
      const frames = [keep(await capture.getFrame())]
      const iterator = capture.aiterFrames()
      const next = pull === 'getFrame' ? () => capture.getFrame() : () => iterator.next().then(({ value }) => value)
      if (pull === 'aiterFrames') frames.push(keep(await next()))
      // Whoever begins to read after the end hears of it at once.
      const { length } = parseFlv(readFileSync(short))
      await server.connection(0, ({ sent }) => sent > length)
      server.cut('fin')
      // All has come and the server is gone, but for what 'block' holds back.
      if (dropPolicy !== 'block') await until(() => capture.state.phase === 'failed')
      const error = await (async () => {
        for (;;) {
          await sleep(10)
          frames.push(keep(await next()))
        }
      })().catch((reason: unknown) => reason)
      const code = (error as RxGstError).code
      assert.ok(pull === 'getFrame' ? code === 'ERR_STREAM_ENDED' : ENDED.includes(code), String(error))
      const last = frames.at(-1)!
      if (dropPolicy === 'block') assert.is(frames.length, 50)
      else assert.ok(frames.length >= 8, `${frames.length} frames`)
      if (dropPolicy !== 'newest') assert.is(last.timestamp, 49 * 40_000)
    })
  }
}

// rtmp2src reads no further than its task takes, so that a reset discards the rest in the socket.
test("what had come before the loss is still given to a slow reader ('block', rxrtmp)", async () => {
  const short = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 4 })
  await using server = await startRtmpServer(serveWhole(short, { then: 'silence' }))
  await using capture = new RTMPCapture(server.url(), {
    ...options,
    transport: 'rxrtmp',
    dropPolicy: 'block',
    bufferSize: 4,
  })
  await capture.start()
  const frames = [keep(await capture.getFrame())]
  // The pictures that the capture's own queue has no room for wait before the decoder. A reset discards what waits in
  // the server, and in sockets.
  const { file } = server.connections[0]!.behaviour as ServeFile
  const { length } = parseFlv(readFileSync(file))
  const connection = await server.connection(0, ({ sent, socket }) => sent > length && socket.writableLength === 0)
  await until(() => allIsRead(server.port))
  assert.ok(connection.open)
  server.cut('rst')
  const error = await (async () => {
    for (;;) {
      await sleep(10)
      frames.push(keep(await capture.getFrame()))
    }
  })().catch((reason: unknown) => reason)
  assert.is((error as RxGstError).code, 'ERR_STREAM_ENDED', String(error))
  assert.is(frames.length, 100)
})

test.run()
