import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { Relay, type RelayOptions, type RxGstError } from '../../../src/index'
import { makeFile, publish } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { encoded, fileOf, HEVC } from '../lib/encoded'
import { timed } from '../lib/timed'

const test = suite('relay: refusals', { timeout: 60_000 })

const OPTIONS: RelayOptions = { connectTimeout: 10_000, reconnect: { initialDelay: 100, maxDelay: 200 } }

const refusal = (relay: Relay): Promise<string> =>
  relay.start().then(
    () => 'none',
    (error: RxGstError) => error.code,
  )

test('wrong addresses and options are refused before anything connects', () => {
  const code = (make: () => unknown): string => {
    try {
      make()
      return 'none'
    } catch (error) {
      return (error as RxGstError).code
    }
  }
  const [a, b] = ['rtmp://localhost/live/a', 'rtmp://localhost/live/b']
  assert.is(
    code(() => new Relay(a, 'http://localhost/b')),
    'ERR_URL',
  )
  assert.is(
    code(() => new Relay(a, [])),
    'ERR_URL',
  )
  assert.is(
    code(() => new Relay(a, [b, 'rtmp://localhost:1935/live/b'])),
    'ERR_NAME_TAKEN',
  )
  assert.is(
    code(() => new Relay([a, a], b)),
    'ERR_NAME_TAKEN',
  )
  assert.is(
    code(() => new Relay(a, b, { width: 3 } as never)),
    'ERR_OPTION',
  )
  assert.is(
    code(() => new Relay(a, b, { holdBack: 3 })),
    'ERR_OPTION',
  )
  assert.is(
    code(() => new Relay([a, b], 'rtmp://localhost/live/c', { holdBack: -1 })),
    'ERR_OPTION',
  )
})

test('the first answer of servers is the reason of start(), and no key is in it', async () => {
  const secret = 'planted-key'
  await using nginx = await startNginx()
  await using source = await publish(nginx.url('in'), { size: '160x90', gop: 10 })
  await nginx.published('in')
  const closed = `rtmp://127.0.0.1:${await freePort()}/live/${secret}`
  for (const [input, target, code] of [
    [nginx.url('in'), nginx.url(secret, 'deny_publish'), 'ERR_PUBLISH_REJECTED'],
    [nginx.url(secret, 'deny_play'), nginx.url('out'), 'ERR_PLAY_REJECTED'],
    [nginx.url('in'), closed, 'ERR_CONNECTION_REFUSED'],
    [closed, nginx.url('out'), 'ERR_CONNECTION_REFUSED'],
    [nginx.url('in'), nginx.url('in'), 'ERR_NAME_IN_USE'],
  ] as const) {
    const said: unknown[] = []
    const note = (...words: unknown[]): void => void said.push(...words)
    await using relay = new Relay(input, target, {
      ...OPTIONS,
      logger: { debug: note, info: note, warn: note, error: note },
    })
    relay.state$.subscribe(note)
    const error: unknown = await relay.start().catch((reason: unknown) => reason)
    assert.is((error as RxGstError).code, code)
    assert.is(relay.state.phase, 'failed')
    note(error, (error as Error).stack, relay.toJSON(), relay.info, relay.targets, relay.inputs)
    assert.not.match(inspect(said, { depth: 9, showHidden: true }), secret)
  }
  assert.ok(source.running)
})

test('one target with a wrong key fails alone; targets are added and removed on air', async () => {
  await using nginx = await startNginx()
  await using source = await publish(nginx.url('in'), { size: '160x90', gop: 10 })
  await nginx.published('in')
  await using relay = new Relay(nginx.url('in'), [nginx.url('bad', 'deny_publish'), nginx.url('good')], OPTIONS)
  await relay.start()
  await nginx.published('good')
  const [bad, good] = relay.targets
  await until(() => bad!.state.phase === 'failed')
  assert.equal([bad!.state.reason, good!.state.phase, relay.onAir], ['ERR_PUBLISH_REJECTED', 'live', true])
  relay.addTarget({ url: `rtmp://127.0.0.1:${nginx.port}/live`, streamKey: 'more' })
  await nginx.published('more')
  await relay.removeTarget(nginx.url('bad', 'deny_publish'))
  await relay.removeTarget(nginx.url('more'))
  assert.equal([relay.targets.length, relay.state.phase], [1, 'live'])
  const streams = async (): Promise<string[]> => (await nginx.stat()).filter(one => one.publishing).map(one => one.name)
  await until(async () => !(await streams()).includes('more'), { what: 'its end at the server' })
  await relay.removeTarget(nginx.url('none')).then(
    () => assert.unreachable(),
    (error: RxGstError) => assert.is(error.code, 'ERR_UNKNOWN_STREAM'),
  )
  assert.throws(
    () => relay.addTarget(nginx.url('good')),
    (error: RxGstError) => error.code === 'ERR_NAME_TAKEN',
  )
  assert.ok(source.running)
})

test('a server that names other codecs is told of; one that is lost at once is told why, perhaps', async () => {
  const { tags } = await encoded(HEVC, { pictures: 60 })
  await using input = await startRtmpServer({ kind: 'serve-file', file: fileOf(tags), loop: true })
  await using output = await startRtmpServer({
    kind: 'accept-publish',
    says: { fourCcList: ['av01'] },
    after: 1,
    then: 'fin',
  })
  const warnings: string[] = []
  const ignore = (): void => {}
  const warn = (text: string): void => void warnings.push(text)
  await using relay = new Relay(input.url(), output.url(), {
    ...OPTIONS,
    logger: { debug: ignore, info: ignore, warn, error: ignore },
  })
  await relay.start()
  await until(
    () => warnings.some(text => /not hvc1/.test(text)) && warnings.some(text => /does not take HEVC/.test(text)),
    {
      what: () => warnings.join('\n'),
    },
  )
  assert.is(relay.info?.video?.codec, 'hevc')
})

test('an input that does not come back ends the relay, with a goodbye to its targets', async () => {
  const file = await makeFile(tempFile('short.flv'), { size: '160x90', gop: 10, duration: 1 })
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  for (const reconnect of [false, { initialDelay: 100, maxDelay: 100, giveUpAfter: 700 }] as const) {
    await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
    await using relay = new Relay(input.url(), output.url(), { connectTimeout: 10_000, reconnect })
    await relay.start()
    await input.stop()
    await until(() => relay.state.phase === 'failed', { what: () => JSON.stringify(relay) })
    assert.is(relay.targets[0]!.state.phase, 'failed')
    await until(() => output.connections.at(-1)!.goodbye, { what: 'the goodbye' })
    assert.throws(
      () => relay.addTarget('rtmp://localhost/live/more'),
      (error: RxGstError) => error.code === 'ERR_NOT_RUNNING',
    )
  }
})

test('a relay starts once; stop() and a signal end a start that waits', async () => {
  await using silent = await startRtmpServer({ kind: 'handshake-silent' })
  const file = await makeFile(tempFile('short.flv'), { size: '160x90', duration: 1 })
  await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  const controller = new AbortController()
  for (const [relay, end] of [
    [new Relay(silent.url(), input.url('out'), { ...OPTIONS, signal: controller.signal }), () => controller.abort()],
    [new Relay(input.url(), silent.url(), OPTIONS), null],
  ] as const) {
    const started = refusal(relay)
    assert.is(await refusal(relay), 'ERR_ALREADY_STARTED')
    await until(() => silent.connections.length > 0)
    const took = await timed(async () => {
      if (end) end()
      else void relay.stop()
      assert.is(await started, 'ERR_ABORTED')
      await relay.stop()
    })
    assert.is(relay.state.phase, 'stopped')
    assert.ok(took < 5000, `${took} ms`)
  }
})

test.run()
