import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, RxGstError, StreamMonitor, type RTMPOutputOptions } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type Behaviour, type Connection } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'

// Servers that take a stream and close the connection: what the program is told of it.
const test = suite('short-lived', { timeout: 60_000 })

const KEY = 'sk-4711-0815'
const OPTIONS: RTMPOutputOptions = {
  width: 64,
  height: 64,
  connectTimeout: 10_000,
  reconnect: { initialDelay: 1000, maxDelay: 1000 },
}
const START = 'NetStream.Publish.Start'

/** Takes the stream, and after 300 ms does this. */
const takes = (then: (it: Connection) => void): Behaviour => ({
  kind: 'accept-publish',
  manner: {
    publish: it => {
      it.onStatus('status', START)
      setTimeout(() => then(it), 300).unref()
    },
  },
})

const denied = (it: Connection): void => {
  it.onStatus('error', 'NetStream.Publish.Denied', `no such key: ${it.stream}`)
  it.end('fin')
}

function lines() {
  const lines: string[] = []
  const put = (...text: unknown[]): void => void lines.push(text.join(' '))
  return { lines, logger: { debug: put, info: put, warn: put, error: put } }
}

for (const transport of ['auto', 'rtmp2', 'librtmp'] as const) {
  test(`${transport}: closed after Publish.Start: the key is likely wrong; an alert at the third`, async () => {
    await using server = await startRtmpServer(takes(it => it.end('fin')))
    const { lines: log, logger } = lines()
    await using output = new RTMPOutput(server.url(KEY), { ...OPTIONS, transport, logger })
    using monitor = new StreamMonitor(['reconnects'], { interval: 100, grace: 0 })
    const alerts: string[] = []
    monitor.alerts$.subscribe(({ rule, message }) => void alerts.push(`${rule}: ${message}`))
    await output.start()
    monitor.attachStream(output, 'programme')
    const { hint, reason } = await until(() => (output.state.phase === 'reconnecting' ? output.state : null))
    assert.equal([reason, hint], ['ERR_CONNECTION_LOST', 'likelyKey'])
    const short = () => alerts.find(alert => alert.startsWith('short-lived-warning'))
    await until(short, { what: () => `an alert; ${JSON.stringify([alerts, log, output.state])}` })
    assert.is(short(), 'short-lived-warning: programme: shortLives 3 (above 2)')
    const told = log.filter(line => /perhaps the stream key is wrong: the server took the stream/.test(line))
    assert.ok(told.length >= 3, log.join('\n'))
    assert.match(told[2]!, /closed the connection after \d\.\d s \(3 in a row\)/)
    assert.not.match(log.join('\n'), KEY)
  })
}

test('denied in words after Publish.Start: the words are told, and no key', async () => {
  await using server = await startRtmpServer(takes(denied))
  const { lines: log, logger } = lines()
  await using output = new RTMPOutput(server.url(KEY), { ...OPTIONS, reconnect: false, logger })
  await output.start()
  await until(() => output.state.phase === 'failed')
  assert.equal([output.state.reason, output.state.hint], ['ERR_PUBLISH_REJECTED', 'likelyKey'])
  const error = await output.writeFrame(new Uint8Array(64 * 64 * 3)).catch((reason: unknown) => reason)
  assert.instance(error, RxGstError)
  assert.match((error as RxGstError).message, /Denied.*no such key: .*; perhaps the stream key is wrong$/)
  assert.is((error as RxGstError).hint, 'likelyKey')
  assert.not.match(log.join('\n') + JSON.stringify(error), KEY)
})

test('refused at the start: the error of start() says so', async () => {
  await using server = await startRtmpServer({ kind: 'reject-publish', code: 'NetStream.Publish.Denied' })
  await using output = new RTMPOutput(server.url(KEY), OPTIONS)
  const error = (await output.start().catch((reason: unknown) => reason)) as RxGstError
  assert.equal([error.code, error.hint, output.state.hint], ['ERR_PUBLISH_REJECTED', 'likelyKey', 'likelyKey'])
  assert.match(error.message, /; perhaps the stream key is wrong$/)
})

test('a server that acknowledges what it closes knows the key, and does not like the stream', async () => {
  const acknowledge = (it: Connection): void => {
    it.send(2, 3, 0, Buffer.from([0, 0, 16, 0]))
    setTimeout(() => it.end('fin'), 200).unref()
  }
  await using server = await startRtmpServer(takes(acknowledge))
  await using output = new RTMPOutput(server.url(KEY), OPTIONS)
  await output.start()
  await until(() => output.state.phase === 'reconnecting')
  assert.is(output.state.hint, 'short-lived')
})

test('a capture whose server closes again and again', async () => {
  const file = await makeFile(tempFile('short-lived.flv'), { size: '64x64', fps: 25, gop: 12, duration: 1 })
  await using server = await startRtmpServer({ kind: 'serve-file', file, until: 500 })
  const { lines: log, logger } = lines()
  const reconnect = { initialDelay: 500, maxDelay: 500 }
  await using capture = new RTMPCapture(server.url(), { reconnect, logger })
  using monitor = new StreamMonitor(['reconnects'], { interval: 100, grace: 0 })
  const alerts: string[] = []
  monitor.alerts$.subscribe(({ rule }) => void alerts.push(rule))
  monitor.attachStream(capture)
  await capture.start()
  const { reason, hint } = await until(() => (capture.state.phase === 'reconnecting' ? capture.state : null))
  assert.equal([reason, hint], ['ERR_CONNECTION_LOST', 'short-lived'])
  await until(() => alerts.includes('short-lived-warning'), { what: () => JSON.stringify([alerts, log]) })
  assert.ok(
    log.some(line => /short-lived: live for \d\.\d s \(3 in a row\)/.test(line)),
    log.join('\n'),
  )
})

test.run()
