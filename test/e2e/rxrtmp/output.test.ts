// suite: deep
import * as assert from 'uvu/assert'
import { RTMPOutput, RxGstError, type RTMPOutputOptions } from '../../../src/index'
import { solid } from '../../support/media/picture'
import { startNginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer, tagInfo, type Behaviour, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { assertTargetReturns } from '../lib/comes-back'
import { assertConstantRate, assertGapless, tagsOf } from '../lib/sent'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'

const test = suite("outputs over 'rxrtmp'", { timeout: 60_000 })

const [width, height, fps] = [320, 180, 25]
const KEY = 'verysecretkey'
const GREY = solid(width, height, [90, 90, 90])
const OPTIONS: RTMPOutputOptions = {
  width,
  height,
  fps,
  bitrate: '800k',
  transport: 'rxrtmp',
  connectTimeout: 20_000,
  reconnect: false,
}

const REFUSALS: [Behaviour, code: string][] = [
  [{ kind: 'accept-silent' }, 'ERR_CONNECT_TIMEOUT'],
  [{ kind: 'half-handshake' }, 'ERR_CONNECT_TIMEOUT'],
  [{ kind: 'handshake-silent' }, 'ERR_CONNECT_TIMEOUT'],
  [{ kind: 'garbage' }, 'ERR_HANDSHAKE'],
  [{ kind: 'reject-connect' }, 'ERR_CONNECT_REJECTED'],
  [{ kind: 'reject-publish', code: 'NetStream.Publish.BadName' }, 'ERR_NAME_IN_USE'],
  [{ kind: 'reject-publish', code: 'NetStream.Publish.Denied' }, 'ERR_PUBLISH_REJECTED'],
]

async function refusal(url: string, options: Partial<RTMPOutputOptions> = {}): Promise<RxGstError> {
  await using output = new RTMPOutput(url, { ...OPTIONS, ...options })
  const error = await output.start().then(
    () => null,
    (reason: unknown) => reason,
  )
  assert.instance(error, RxGstError, 'start() resolved')
  assert.equal([output.state.phase, output.state.reason], ['failed', (error as RxGstError).code])
  assert.not.match((error as RxGstError).message + JSON.stringify((error as RxGstError).gst), KEY)
  return error as RxGstError
}

test('a server that does not take the stream: a code for each way', async () => {
  for (const [behaviour, code] of REFUSALS) {
    await using server = await startRtmpServer(behaviour)
    const error = await refusal(server.url(KEY), code === 'ERR_CONNECT_TIMEOUT' ? { connectTimeout: 1500 } : {})
    assert.equal([error.code, error.fault], [code, 'peer'], `${JSON.stringify(behaviour)}: ${error.message}`)
  }
  assert.is((await refusal(`rtmp://127.0.0.1:${await freePort()}/live/${KEY}`)).code, 'ERR_CONNECTION_REFUSED')
  const nowhere = await refusal(`rtmp://no-such-host.invalid/live/${KEY}`)
  assert.is(nowhere.code, 'ERR_HOST_NOT_FOUND')
})

test('nginx refuses without a word, or has the name already', async () => {
  await using nginx = await startNginx()
  assert.is((await refusal(nginx.url(KEY, 'deny_publish'))).code, 'ERR_PUBLISH_REJECTED')
  await using first = new RTMPOutput(nginx.url(KEY), OPTIONS)
  await first.start()
  await nginx.published(KEY)
  assert.is((await refusal(nginx.url(KEY))).code, 'ERR_NAME_IN_USE')
  assert.is(first.state.phase, 'live')
})

for (const answer of [{ statusStream: 0 }, { statusStream: 3 }, { first: 'NetStream.Data.Start' }] as const) {
  test(`a server that says Publish.Start in its own way: ${JSON.stringify(answer)}`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish', ...answer })
    await using output = new RTMPOutput(server.url(KEY), OPTIONS)
    await output.start()
    await output.writeFrame(GREY)
    await until(() => server.connections.some(({ tags }) => tags.length > 5))
    assert.is(server.connections.length, 1)
  })
}

test('picture and sound leave without a hole, at a constant rate', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(KEY), OPTIONS)
  await output.start()
  for (let i = 0; i < 50; i++) await output.writeFrame(GREY)
  await output.stop()
  await allHasCome(server)
  const { video, audio } = tagsOf(server.connections[0]!)
  assert.ok(video.length >= 50, `${video.length} pictures`)
  assertConstantRate(video, fps)
  assertGapless(audio, 44_100)
})

/** What an output has sent may still be on its way when it has stopped. */
const allHasCome = (server: RtmpServer): Promise<unknown> =>
  until(() => !server.connections[0]!.open, { timeout: 10_000, what: 'the end of the connection' })

/** A share of the pictures of two seconds: those that come before the sound beside them. */
async function beforeTheirSound(): Promise<number> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(KEY), OPTIONS)
  await output.start()
  const samples = new Float32Array((44_100 / fps) * 2)
  for (let i = 0; i < 50; i++) await output.writeFrameWithAudio(GREY, samples)
  await output.stop()
  await allHasCome(server)
  // Its encoder gives a sound two blocks later: in one order of time the picture would come behind it.
  let [sound, before, all] = [-1, 0, 0]
  for (const tag of server.connections[0]!.tags) {
    if (tag.type === 'audio' && !tagInfo(tag).header) sound = tag.timestamp
    if (tag.type !== 'video' || tagInfo(tag).header) continue
    all++
    if (sound < tag.timestamp - 25) before++
  }
  assert.ok(all >= 50, `${all} pictures`)
  const { video, audio } = tagsOf(server.connections[0]!)
  assertConstantRate(video, fps)
  assertGapless(audio, 44_100)
  return before / all
}

test('no picture waits for the sound beside it', async () => {
  let share = await beforeTheirSound()
  // On a busy machine the encoder of pictures is the later one now and then.
  for (let more = 0; more < 4 && share < 0.5; more++) share = await beforeTheirSound()
  assert.ok(share > 0.5, `${share} of the pictures before their sound`)
})

for (const then of ['fin', 'rst'] as const) {
  test(`${then}: the target comes back`, () => assertTargetReturns(OPTIONS, GREY, then))
}

test('stop() while it connects ends start() with ERR_ABORTED', async () => {
  for (const kind of ['accept-silent', 'half-handshake', 'handshake-silent'] as const) {
    await using server = await startRtmpServer({ kind })
    const output = new RTMPOutput(server.url(KEY), OPTIONS)
    const started = codeOf(output.start())
    await until(() => server.connections.length > 0, { what: 'a connection' })
    const took = await timed(() => output.stop())
    assert.ok(took < 2500, `${kind}: ${took} ms`)
    assert.is(await started, 'ERR_ABORTED', kind)
  }
})

test.run()
