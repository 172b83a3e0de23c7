// suite: deep
import * as assert from 'uvu/assert'
import { Output, record, type OutputOptions, type RxGstError, type Target } from '../../../src/index'
import { solid } from '../../support/media/picture'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { sleep } from '../../support/until'
import { Answer, held, phase, refused, testGate, type GatedStream } from '../lib/gated'

const test = suite('output: mayConnect', { timeout: 120_000 })

const FPS = 25
const SIZE = { width: 160, height: 90, fps: FPS } as const
const PICTURE = solid(SIZE.width, SIZE.height, [90, 90, 90])

async function open(targets: readonly Target[], options: Partial<OutputOptions> = {}): Promise<GatedStream> {
  const reconnect = { first: true, initialDelay: 100, maxDelay: 200 }
  const output = new Output(targets, { ...SIZE, keyframeInterval: 1, reconnect, ...options })
  // One picture; the output repeats it at its rate.
  output.start().then(
    () => output.writeFrame(PICTURE),
    () => {},
  )
  return { targets: output.targets, [Symbol.asyncDispose]: () => output.stop() }
}

testGate(test, FPS, open)

for (const transport of ['rtmp2', 'librtmp'] as const) {
  test(`${transport}: closed, no byte reaches the server, and a yes is enough`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    const answer = new Answer(false)
    await using stream = await open([{ url: server.url(), mayConnect: answer.mayConnect }], { transport })
    await held(stream, 0)
    await refused(answer)
    assert.is(server.connections.length, 0)
    answer.value = 30_000
    await phase(stream, 0, 'live')
  })
}

test('start() without reconnect.first says what it waited for, and asks no server', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new Output(
    { url: server.url(), mayConnect: () => false },
    { ...SIZE, connectTimeout: 2000, reconnect: { initialDelay: 100 } },
  )
  const error = await output.start().catch((reason: RxGstError) => reason)
  assert.is((error as RxGstError).code, 'ERR_MAY_NOT_CONNECT')
  await sleep(300)
  assert.is(server.connections.length, 0)
})

test('reconnect: false, a no, and a server that is not there: asked until a yes, then it fails', async () => {
  const answer = new Answer(false)
  const url = `rtmp://127.0.0.1:${await freePort()}/live/a`
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const targets = [server.url(), { url, mayConnect: answer.mayConnect }]
  await using stream = await open(targets, { reconnect: false, connectTimeout: 30_000 })
  await held(stream, 1)
  await refused(answer)
  answer.value = true
  await phase(stream, 1, 'failed')
  assert.is(stream.targets[1]!.state.reason, 'ERR_CONNECTION_REFUSED')
})

test('with an encode of its own, and not with a recording', async () => {
  const answer = new Answer(false)
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using other = await startRtmpServer({ kind: 'accept-publish' })
  const own = { url: server.url(), bitrate: '300k', mayConnect: answer.mayConnect }
  await using stream = await open([other.url(), own])
  await phase(stream, 0, 'live')
  await held(stream, 1)
  assert.is(server.connections.length, 0)
  answer.value = true
  await phase(stream, 1, 'live')
  const wrong: unknown[] = [
    { record: record(tempDir()), mayConnect: answer.mayConnect },
    { url: server.url(), mayConnect: 'yes' },
  ]
  for (const target of wrong) {
    let code = 'taken'
    try {
      void new Output(target as string, SIZE)
    } catch (error) {
      ;({ code } = error as RxGstError)
    }
    assert.is(code, 'ERR_OPTION')
  }
})

test.run()
