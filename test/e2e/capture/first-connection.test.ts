import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, type RTMPOutputOptions, type RxGstError, type StreamState } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer, type Behaviour, type ServeFile } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { timed } from '../lib/timed'

/** `reconnect: { first: true }`: start() waits for who is not there yet, so that no program needs a loop around it. */
const test = suite('the first connection, tried again', { timeout: 60_000 })

const first = { initialDelay: 50, maxDelay: 200, first: true }
const OUTPUT: RTMPOutputOptions = { width: 160, height: 90, fps: 25, bitrate: '100k', reconnect: first }
let file: string
test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '160x90', fps: 25, gop: 5, duration: 2, bitrate: '100k' })
})
const serve = (): ServeFile => ({ kind: 'serve-file', file, loop: true })

/** What start() came to: 'live', or the code that it rejected with. */
const outcome = async (start: Promise<void>): Promise<string> =>
  start.then(
    () => 'live',
    ({ code }: RxGstError) => code,
  )

function states(of: RTMPCapture | RTMPOutput): StreamState[] {
  const seen: StreamState[] = []
  of.state$.subscribe(state => seen.push(state))
  return seen
}

const address = (port: number): string => `rtmp://127.0.0.1:${port}/app/stream`

test('a capture waits for its server, through every answer that may change', async () => {
  const port = await freePort()
  const lines: string[] = []
  const note = (text: string): void => void lines.push(text)
  const logger = { debug() {}, info: note, warn: note, error() {} }
  await using capture = new RTMPCapture(address(port), { reconnect: first, connectTimeout: 1500, logger })
  const seen = states(capture)
  const starting = outcome(capture.start())
  const planned = () => seen.filter(({ nextRetryAt }) => nextRetryAt !== null)
  await until(() => planned().length >= 2)
  const { phase, reason, attempt, nextRetryAt, since } = planned().at(-1)!
  assert.equal([phase, reason], ['reconnecting', 'ERR_CONNECTION_REFUSED'])
  assert.ok(attempt >= 2 && nextRetryAt! >= since, JSON.stringify(seen))
  // Each answer until it was heard: the attempt of a machine that stands still meets a time-out in its place.
  const heard = (code: string): boolean => seen.some(({ reason }) => reason === code)
  const answer = (): Behaviour => {
    if (!heard('ERR_CONNECT_REJECTED')) return { kind: 'reject-connect' }
    if (!heard('ERR_PLAY_REJECTED')) return { kind: 'reject-play' }
    return heard('ERR_CONNECT_TIMEOUT') ? serve() : { kind: 'play-then-nothing' }
  }
  await using server = await startRtmpServer(answer, { port })
  assert.is(await starting, 'live')
  assert.ok(server.connections.length >= 3)
  const reasons = new Set(seen.map(({ reason }) => reason))
  for (const code of ['ERR_CONNECT_REJECTED', 'ERR_PLAY_REJECTED', 'ERR_CONNECT_TIMEOUT'] as const) {
    assert.ok(reasons.has(code), [...reasons].join())
  }
  assert.is(capture.state.phase, 'live')
  assert.ok(
    lines.some(line => /ERR_CONNECTION_REFUSED.*next attempt in \d+ ms/.test(line)),
    lines.join('\n'),
  )
  const frame = await capture.getFrame()
  frame.close()
})

test('an output waits for its server; without `first`, or with the first target alone, nothing is new', async () => {
  const port = await freePort()
  const once = [
    new RTMPOutput(address(port), { ...OUTPUT, reconnect: { ...first, first: false } }),
    new RTMPCapture(address(port), { reconnect: { initialDelay: 50 } }),
  ]
  for (const stream of once) assert.is(await outcome(stream.start()), 'ERR_CONNECTION_REFUSED')
  await using output = new RTMPOutput([address(port), address(await freePort())], OUTPUT)
  const starting = outcome(output.start())
  await until(() => output.state.phase === 'reconnecting' && output.targets[0]!.state.attempt >= 2)
  assert.is(output.state.reason, 'ERR_CONNECTION_REFUSED')
  await using server = await startRtmpServer({ kind: 'accept-publish' }, { port })
  assert.is(await starting, 'live')
  await output.writeFrame(new Uint8Array(160 * 90 * 3))
  assert.is(output.targets[1]!.state.phase, 'reconnecting')
  await until(() => server.connections.some(({ tags }) => tags.length > 0))
})

test('stop(), a signal and giveUpAfter end the wait; what another attempt cannot help ends it at once', async () => {
  const port = await freePort()
  const stopped = [new RTMPCapture(address(port), { reconnect: first }), new RTMPOutput(address(port), OUTPUT)]
  for (const stream of stopped) {
    const starting = outcome(stream.start())
    await until(() => stream.state.phase === 'reconnecting')
    const took = await timed(() => stream.stop())
    assert.ok(took < 5000, `stop() took ${took} ms`)
    assert.is(await starting, 'ERR_ABORTED')
    assert.is(stream.state.phase, 'stopped')
  }
  const aborting = new AbortController()
  const { signal } = aborting
  const aborted = [
    new RTMPCapture(address(port), { reconnect: first, signal }),
    new RTMPOutput(address(port), { ...OUTPUT, signal }),
  ]
  const starting = aborted.map(stream => outcome(stream.start()))
  await until(() => aborted.every(({ state }) => state.phase === 'reconnecting'))
  aborting.abort()
  assert.equal(await Promise.all(starting), ['ERR_ABORTED', 'ERR_ABORTED'])
  await until(() => aborted.every(({ state }) => state.phase === 'stopped'))
  const short = { ...first, giveUpAfter: 2000 }
  const given = [
    new RTMPCapture(address(port), { reconnect: short }),
    new RTMPOutput(address(port), { ...OUTPUT, reconnect: short }),
  ]
  const codes = await Promise.all(given.map(stream => outcome(stream.start())))
  assert.equal(codes, ['ERR_CONNECTION_REFUSED', 'ERR_CONNECTION_REFUSED'])
  assert.equal(
    given.map(({ state }) => state.phase),
    ['failed', 'failed'],
  )
  await using playing = await startRtmpServer(serve())
  const tooLarge = new RTMPCapture(playing.url(), { reconnect: first, maxWidth: 64, maxHeight: 64 })
  await using refusing = await startRtmpServer({ kind: 'reject-publish', code: 'NetStream.Publish.Denied' })
  const refused = new RTMPOutput(refusing.url(), OUTPUT)
  const ends = await Promise.all([outcome(tooLarge.start()), outcome(refused.start())])
  assert.equal(ends, ['ERR_UNSUPPORTED_MEDIA', 'ERR_PUBLISH_REJECTED'])
  await sleep(300)
  assert.equal([tooLarge.state.phase, refused.state.phase, refusing.connections.length], ['failed', 'failed', 1])
})

test('encoders that do not start in time end a start() that waits for its server', async () => {
  // Nothing is built in a millisecond.
  await using output = new RTMPOutput(address(await freePort()), { ...OUTPUT, connectTimeout: 1 })
  const error = await output.start().then(
    () => null,
    (reason: RxGstError) => reason,
  )
  assert.is(error?.code, 'ERR_STATE_CHANGE')
  assert.match(error!.message, /the encoders did not start within 1 ms/)
  assert.is(output.state.phase, 'failed')
})

test.run()
