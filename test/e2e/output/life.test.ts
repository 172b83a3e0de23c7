import * as assert from 'uvu/assert'
import { RTMPOutput, type RxGstError, type RTMPOutputOptions } from '../../../src/index'
import { solid } from '../../support/media/picture'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { codeOf } from '../lib/served'
import { assertConstantRate, pictures, tagsOf } from '../lib/sent'

// From new to stopped.
const test = suite('output: life', { timeout: 60_000 })

const [width, height] = [320, 180]
const OPTIONS: RTMPOutputOptions = { width, height, fps: 25, bitrate: '500k' }
const GREY = solid(width, height, [90, 90, 90])

test('the phases of a good life, in state and state$', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), OPTIONS)
  const seen: string[] = []
  output.state$.subscribe(({ phase, since }) => {
    assert.ok(Math.abs(Date.now() - since) < 5000)
    seen.push(phase)
  })
  assert.is(output.state.phase, 'idle')
  const started = output.start()
  assert.is(output.state.phase, 'connecting')
  await started
  assert.equal([output.state.phase, output.state.reason, output.state.nextRetryAt], ['live', null, null])
  const late: string[] = []
  output.state$.subscribe(({ phase }) => void late.push(phase))
  assert.equal(late, ['live'], 'one that comes late hears where it stands')
  const stopping = output.stop()
  assert.is(output.state.phase, 'stopping')
  await stopping
  assert.equal(seen, ['idle', 'connecting', 'live', 'stopping', 'stopped'])
})

test('info: null before, the encoder and the picture then', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), { ...OPTIONS, fps: 29.97 })
  assert.is(output.info, null)
  await output.start()
  const { codec, encoder, width: w, height: h, fps } = output.info!
  assert.equal([codec, encoder, w, h], ['h264', 'x264enc', width, height])
  assert.ok(Math.abs(fps - 29.97) < 0.01)
})

test('stats count', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), OPTIONS)
  const none = output.stats()
  assert.equal([none.written, none.packets, none.bytes, none.outBytes], [0, 0, 0, 0])
  await output.start()
  for (let i = 0; i < 25; i++) await output.writeFrame(GREY)
  const connection = await server.connection(0)
  await pictures(connection, 40)
  // On a busy machine the first of these pictures are black, and the written ones still wait.
  await until(() => output.stats().queued === 0 && output.stats().repeated >= 14)
  const { written, dropped, packets, bytes, outBytes, silence } = output.stats()
  assert.equal([written, dropped], [25, 0])
  const { repeated } = output.stats()
  assert.ok(packets >= 40 && packets <= written + repeated, `${packets} packets, ${repeated} repeated`)
  assert.ok(bytes > 1000 && outBytes > bytes / 2 && outBytes < bytes * 3, `${bytes} encoded, ${outBytes} sent`)
  assert.ok(silence > 44100, `${silence} samples of silence`)
  const before = output.stats()
  await output.stop()
  const after = output.stats()
  assert.equal([after.written, after.queued, after.queueMs], [25, 0, 0])
  for (const name of ['packets', 'bytes', 'repeated', 'silence', 'outBytes'] as const)
    assert.ok(after[name] >= before[name], `${name}: ${after[name]} after ${before[name]}`)
  assert.is(output.info?.encoder, 'x264enc')
})

test('close() and `await using` are stop(): goodbye is said', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const closed = new RTMPOutput(server.url(), OPTIONS)
  await closed.start()
  await closed.close()
  assert.is(closed.state.phase, 'stopped')
  let used: RTMPOutput
  {
    await using output = new RTMPOutput(server.url(), OPTIONS)
    await output.start()
    used = output
  }
  assert.is(used.state.phase, 'stopped')
  for (const index of [0, 1]) assert.is((await server.connection(index, ({ open }) => !open)).goodbye, true)
})

test('a program that throws leaves a stopped output behind', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  let used: RTMPOutput | null = null
  const run = async () => {
    await using output = new RTMPOutput(server.url(), OPTIONS)
    used = output
    await output.start()
    throw new Error('mine')
  }
  assert.is(await codeOf(run()), 'Error: mine')
  assert.is(used!.state.phase, 'stopped')
})

test('stop() many times at once is one stop()', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), OPTIONS)
  await output.start()
  const seen: string[] = []
  output.state$.subscribe(({ phase }) => void seen.push(phase))
  await Promise.all([output.stop(), output.close(), output.stop(), output[Symbol.asyncDispose]()])
  await output.stop()
  assert.equal(seen, ['live', 'stopping', 'stopped'])
})

/** A signal that counts who listens to it. */
function counted(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController()
  const { signal } = controller
  let count = 0
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
  signal.addEventListener = (...args: Parameters<typeof add>) => (count++, add(...args))
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (count--, remove(...args))
  return { controller, listeners: () => count }
}

for (const kind of ['accept-silent', 'half-handshake', 'handshake-silent'] as const) {
  test(`a signal that aborts while it connects (${kind}): ERR_ABORTED, with its reason`, async () => {
    await using server = await startRtmpServer({ kind })
    const { controller, listeners } = counted()
    const output = new RTMPOutput(server.url(), { ...OPTIONS, signal: controller.signal })
    const started = output.start().then(
      () => null,
      (error: RxGstError) => error,
    )
    await server.connection(0)
    controller.abort(new Error('enough'))
    const error = await started
    assert.is(error?.code, 'ERR_ABORTED')
    assert.is((error?.cause as Error | undefined)?.message, 'enough')
    await until(() => output.state.phase === 'stopped', { what: () => output.state.phase })
    assert.is(listeners(), 0)
    await until(() => !server.connections[0]!.open, { what: 'the connection to be closed' })
  })
}

test('a signal that aborts while live is stop()', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const { controller, listeners } = counted()
  const output = new RTMPOutput(server.url(), { ...OPTIONS, signal: controller.signal })
  await output.start()
  await output.writeFrame(GREY)
  controller.abort()
  await until(() => output.state.phase === 'stopped', { what: () => output.state.phase })
  assert.is((await server.connection(0, ({ open }) => !open)).goodbye, true)
  assert.is(await codeOf(output.writeFrame(GREY)), 'ERR_NOT_RUNNING')
  assert.is(listeners(), 0)
})

test('a signal that is aborted already: nothing connects', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), { ...OPTIONS, signal: AbortSignal.abort(new Error('before')) })
  const error = await output.start().then(
    () => null,
    (reason: RxGstError) => reason,
  )
  assert.is(error?.code, 'ERR_ABORTED')
  assert.is((error?.cause as Error | undefined)?.message, 'before')
  await output.stop()
  assert.is(server.connections.length, 0)
})

test('a signal of many outputs keeps none of them', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const { controller, listeners } = counted()
  for (let i = 0; i < 5; i++) {
    const output = new RTMPOutput(server.url(), { ...OPTIONS, signal: controller.signal })
    await output.start()
    await output.stop()
  }
  assert.is(listeners(), 0)
})

test('several outputs at once are several streams', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const outputs = ['a1', 'b2', 'c3', 'd4'].map(
    (name, i) => new RTMPOutput(server.url(name), { ...OPTIONS, fps: [25, 30, 24, 50][i]! }),
  )
  await Promise.all(outputs.map(output => output.start()))
  await Promise.all(server.connections.map(connection => pictures(connection, 30)))
  await Promise.all(outputs.map(output => output.stop()))
  await until(() => server.connections.every(({ open, goodbye }) => !open && goodbye))
  for (const connection of server.connections) {
    const rate = { a1: 25, b2: 30, c3: 24, d4: 50 }[connection.stream]!
    assertConstantRate(tagsOf(connection).video, rate, connection.stream)
  }
})

test.run()
