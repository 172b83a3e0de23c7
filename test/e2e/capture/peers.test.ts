// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, RxGstError } from '../../../src/index'
import { calmly } from '../../support/calm'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { BAD_PEERS } from '../lib/peers'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'
import { TRANSPORTS } from '../lib/transports'

const test = suite('capture: peers with nothing to see', { timeout: 40_000 })

/** ms: of servers that say nothing, and of those that do, which a busy machine hears late. */
const CONNECT_TIMEOUT = 2500
const ENOUGH = 20_000
/** What the addon, a demuxer or a decoder says of what comes over a connection. */
const OF_THE_MEDIA = ['ERR_BAD_STREAM', 'ERR_UNSUPPORTED_MEDIA', 'ERR_DECODE', 'ERR_HANDSHAKE']
let nginx: Nginx

test.before(async () => {
  nginx = await startNginx()
})
test.after(() => nginx.stop())

for (const transport of TRANSPORTS) {
  for (const { name, at, codes, silent, says } of BAD_PEERS) {
    // librtmp says no more than that it got nothing to read.
    const expected =
      transport === 'librtmp' && codes.includes('ERR_CONNECT_REJECTED') ? [...codes, 'ERR_PLAY_REJECTED'] : codes
    test(`${transport}: ${name} is ${expected.join(' or ')}`, () =>
      // Where this process stands still, the deadline comes before an answer is heard.
      calmly(async () => {
        await using place = await at(nginx, 'key')
        // rtmp2src waits for the end of a handshake that garbage never brings.
        const waits = silent || codes.includes('ERR_HANDSHAKE')
        const connectTimeout = waits ? CONNECT_TIMEOUT : ENOUGH
        await using capture = new RTMPCapture(place.url, { transport, connectTimeout, reconnect: false })
        const phases: string[] = []
        let failure: unknown
        capture.state$.subscribe(({ phase }) => phases.push(phase))
        capture.frames$.subscribe({ error: error => (failure = error) })
        const from = performance.now()
        let [error, failedAt]: [unknown, number] = [null, from]
        const start = async (): Promise<unknown> => {
          error = await capture.start().catch((reason: unknown) => reason)
          return (failedAt = performance.now())
        }
        const took = await timed(start)

        assert.instance(error, RxGstError)
        const { code, fault, message } = error as RxGstError
        assert.ok(expected.includes(code), `${code}: ${message}`)
        assert.is(fault, 'peer')
        // What a demuxer makes of it has no address.
        if (!OF_THE_MEDIA.includes(code)) assert.match(message, new URL(place.url).host, 'the address')
        if (says && transport === 'rxrtmp') assert.match(message, says)
        if (silent) assert.ok(failedAt - from >= CONNECT_TIMEOUT - 20, `gave up after ${failedAt - from} ms`)
        assert.ok(took < (waits ? CONNECT_TIMEOUT + 5000 : ENOUGH), `took ${took} ms`)
        assert.equal([capture.state.phase, capture.state.reason], ['failed', code])
        assert.is(capture.info, null)
        // Who has subscribed hears of it as well.
        assert.is((failure as RxGstError | undefined)?.code, code)
        assert.is(await codeOf(capture.getFrame()), 'ERR_STREAM_ENDED')

        const stopping = await timed(() => capture.stop())
        assert.ok(stopping < 5000, `stop() took ${stopping} ms`)
        assert.is(await codeOf(capture.getFrame()), 'ERR_NOT_RUNNING')
        assert.equal(phases, ['idle', 'connecting', 'failed', 'stopping', 'stopped'])
      }))
  }
}

test('the default connectTimeout is ten seconds', async () => {
  await using capture = new RTMPCapture(nginx.url('nobody'), { reconnect: false })
  const from = performance.now()
  let code = ''
  const took = await timed(async () => (code = await codeOf(capture.start())))
  assert.is(code, 'ERR_CONNECT_TIMEOUT')
  assert.ok(performance.now() - from >= 9900 && took < 15_000, `${took} ms`)
})

test.run()
