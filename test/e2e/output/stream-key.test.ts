import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, StreamMonitor, type RTMPOutputOptions, type RxGstError } from '../../../src/index'
import { startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { TRANSPORTS } from '../lib/transports'

const test = suite('a key apart', { timeout: 60_000 })

const size = { width: 64, height: 64 }
const picture = new Uint8Array(64 * 64 * 3)
const KEY = 'planted/key?token=planted/token'
const OTHER = 'planted-other'

const serverUrl = ({ port }: RtmpServer, path = '/app/one/two'): string => `rtmp://127.0.0.1:${port}${path}`

const place = async (server: RtmpServer, index: number) => {
  const { app, stream } = await server.connection(index, ({ role }) => role !== null)
  return { app, stream }
}

function codeOf(call: () => unknown): string {
  try {
    call()
    return 'none'
  } catch (error) {
    assert.not.match(`${(error as Error).stack} ${inspect(error, { depth: 9, showHidden: true })}`, 'planted')
    return (error as RxGstError).code
  }
}

test('a capture asks for it in the application that the URL is', async () => {
  await using server = await startRtmpServer({ kind: 'reject-play' })
  const said: unknown[] = []
  const note = (...values: unknown[]): void => void said.push(...values)
  const logger = { debug: note, info: note, warn: note, error: note }
  const capture = new RTMPCapture(serverUrl(server), { streamKey: KEY, reconnect: false, transport: 'rtmp2', logger })
  note(capture)
  const error = await capture.start().then(
    () => assert.unreachable('it is refused'),
    (reason: unknown) => reason as RxGstError,
  )
  assert.is(error!.code, 'ERR_PLAY_REJECTED')
  await capture.stop()
  assert.equal(await place(server, 0), { app: 'app/one/two', stream: KEY })
  note(error, error!.message, error!.stack, capture.state)
  assert.not.match(said.map(one => inspect(one, { depth: 9, showHidden: true })).join('\n'), 'planted')
})

test('a server that quotes it is not quoted', async () => {
  await using server = await startRtmpServer({ kind: 'reject-connect', description: `no place for ${KEY}` })
  const options = { streamKey: KEY, reconnect: false } as const
  await using capture = new RTMPCapture(serverUrl(server), options)
  await using output = new RTMPOutput({ url: serverUrl(server), streamKey: KEY }, { ...size, reconnect: false })
  for (const stream of [capture, output]) {
    const error = await stream.start().then(
      () => assert.unreachable('it is refused'),
      (reason: unknown) => reason as RxGstError,
    )
    assert.match(error!.message, 'no place for ***')
    assert.not.match(`${error!.stack} ${inspect(error, { depth: 9, showHidden: true })}`, 'planted')
  }
})

test('without a path the application is empty', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(serverUrl(server, ''), { ...size, streamKey: 'cam1' })
  await output.start()
  assert.equal(await place(server, 0), { app: '', stream: 'cam1' })
})

for (const transport of TRANSPORTS) {
  test(`${transport}: an address of one name publishes with an empty stream`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    await using output = new RTMPOutput(serverUrl(server, '/planted?pass=secret'), { ...size, transport })
    await output.start()
    // librtmp's server is asked first whether it is there.
    const { app, stream } = await until(() => server.connections.find(({ role }) => role === 'publisher'))
    assert.equal({ app, stream }, { app: 'planted?pass=secret', stream: '' })
    assert.is(output.targets[0]!.url, `rtmp://127.0.0.1:${server.port}/***`)
  })
}

test('each target has its own; targets come and go by URL and key', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const said: unknown[] = []
  const note = (...values: unknown[]): void => void said.push(...values)
  const logger = { debug: note, info: note, warn: note, error: note }
  const url = serverUrl(server, '/live')
  await using output = new RTMPOutput([{ url, streamKey: KEY }, `${url}/cam1`], { ...size, logger })
  using monitor = new StreamMonitor()
  monitor.attachStream(output, 'out')
  await output.start()
  await output.writeFrame(picture)
  await until(() => output.targets.every(({ state }) => state.phase === 'live'))
  output.addTarget({ url, streamKey: OTHER })
  await until(() => output.targets.every(({ state }) => state.phase === 'live'))
  const streams = () => server.connections.filter(({ open }) => open).map(({ stream }) => stream)
  assert.equal(streams().sort(), [KEY, OTHER, 'cam1'].sort())

  assert.is(
    codeOf(() => output.addTarget(`${url}/${OTHER}`)),
    'ERR_NAME_TAKEN',
  )
  assert.is(
    codeOf(() => output.addTarget({ url: `${url}/cam1` })),
    'ERR_NAME_TAKEN',
  )
  await output.removeTarget({ url, streamKey: KEY })
  await until(() => streams().length === 2)
  assert.equal(streams().sort(), [OTHER, 'cam1'].sort())
  note(output, output.targets, JSON.stringify(output.targets), output.stats(), await monitor.prometheus())
  assert.not.match(said.map(one => inspect(one, { depth: 9, showHidden: true })).join('\n'), 'planted')
})

test('the option of an output is for one URL, and bad keys are refused unquoted', () => {
  const make = (url: unknown, options: Partial<RTMPOutputOptions> = {}): string =>
    codeOf(() => new RTMPOutput(url as string, { ...size, ...options }))
  const url = 'rtmp://127.0.0.1:1/live'
  assert.is(make([url, `${url}2`], { streamKey: KEY }), 'ERR_OPTION')
  assert.is(make({ url, streamKey: KEY }, { streamKey: OTHER }), 'ERR_OPTION')
  assert.is(make([{ url, streamKey: OTHER }, `${url}/${OTHER}`]), 'ERR_NAME_TAKEN')
  assert.is(make({ url, streamkey: KEY }), 'ERR_OPTION')
  assert.is(make({ streamKey: KEY }), 'ERR_URL')
  assert.is(make(null), 'ERR_URL')
  assert.is(make([]), 'ERR_URL')
  for (const streamKey of ['', 'planted key', 'planted%0a', 7, null] as string[]) {
    assert.is(make(url, { streamKey }), 'ERR_OPTION')
    assert.is(make({ url, streamKey }), 'ERR_OPTION')
    assert.is(
      codeOf(() => new RTMPCapture(url, { streamKey })),
      'ERR_OPTION',
    )
  }
})

test.run()
