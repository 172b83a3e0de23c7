// suite: deep
import { createSocket } from 'node:dgram'
import * as assert from 'uvu/assert'
import { record, Relay, type RxGstError, type RelayDestination } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { Answer, held, refused, testGate, type GatedStream } from '../lib/gated'

const test = suite('relay: mayConnect', { timeout: 120_000 })

const FPS = 25
const source = makeFile(tempFile('source.flv'), { size: '160x90', fps: FPS, gop: FPS, duration: 60 })

async function open(targets: readonly RelayDestination[]): Promise<GatedStream> {
  const input = await startRtmpServer({ kind: 'serve-file', file: await source })
  const relay = new Relay(input.url(), targets, { reconnect: { first: true, initialDelay: 100, maxDelay: 200 } })
  // It has begun when one of them has.
  relay.start().catch(() => {})
  return {
    targets: relay.targets,
    async [Symbol.asyncDispose]() {
      await relay.stop()
      await input.stop()
    },
  }
}

testGate(test, FPS, open)

test('a peer of SRT hears nothing before a yes', async () => {
  const port = await freePort()
  const peer = createSocket('udp4')
  let heard = 0
  peer.on('message', () => heard++)
  await new Promise<void>(resolve => peer.bind(port, '127.0.0.1', resolve))
  try {
    const answer = new Answer(false)
    await using stream = await open([{ url: `srt://127.0.0.1:${port}`, mayConnect: answer.mayConnect }])
    await held(stream, 0)
    await refused(answer)
    assert.is(heard, 0)
    answer.value = true
    await until(() => heard > 0, { what: 'a greeting' })
  } finally {
    peer.close()
  }
})

test('start() without reconnect.first says what it waited for, and asks no server', async () => {
  await using input = await startRtmpServer({ kind: 'serve-file', file: await source })
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using relay = new Relay(
    input.url(),
    { url: server.url(), mayConnect: () => false },
    { connectTimeout: 2000, stallTimeout: 5000 },
  )
  const error = await relay.start().catch((reason: RxGstError) => reason)
  assert.is((error as RxGstError).code, 'ERR_MAY_NOT_CONNECT')
  await sleep(300)
  assert.is(server.connections.length, 0)
})

test('a target is the same with and without it; other values, inputs and recordings are refused', async () => {
  const url = 'rtmp://127.0.0.1:9/live/a'
  const mayConnect = (): boolean => false
  const code = (make: () => unknown): string => {
    try {
      make()
    } catch (error) {
      return (error as RxGstError).code
    }
    return 'taken'
  }
  const input = 'rtmp://127.0.0.1:9/live/in'
  const relay = new Relay(input, [
    { url, mayConnect },
    { url: 'srt://127.0.0.1:9', mayConnect },
  ])
  assert.is(
    code(() => relay.addTarget(url)),
    'ERR_NAME_TAKEN',
  )
  await relay.removeTarget(url)
  await relay.removeTarget('srt://127.0.0.1:9')
  assert.is(relay.targets.length, 0)
  const wrong: unknown[] = [
    { url, mayConnect: true },
    { url, mayConnect: null },
    { record: record(tempDir()), mayConnect },
    { url, mayConnekt: mayConnect },
  ]
  for (const target of wrong)
    assert.is(
      code(() => new Relay(input, target as string)),
      'ERR_OPTION',
    )
  assert.is(
    code(() => new Relay({ url: input, mayConnect } as never, url)),
    'ERR_OPTION',
  )
})

test.run()
