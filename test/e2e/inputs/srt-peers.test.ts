// suite: deep
import * as assert from 'uvu/assert'
import { Capture } from '../../../src/index'
import { toneLevel } from '../../support/media/audio'
import { bindsUdp, freeUdpPort } from '../../support/peers/ports'
import { sendSrt, sendUdp, srtLiveTransmit } from '../../support/peers/srt'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { remade, smallFile } from '../lib/inputs'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'

const test = suite('inputs: SRT peers', { timeout: 90_000 })

async function showsTone(capture: Capture): Promise<void> {
  await capture.start()
  const frame = await capture.getFrame()
  frame.close()
  const { samples, sampleRate } = await capture.getAudio(1)
  assert.ok(toneLevel(samples, sampleRate, 440) > 0.1)
}

test('as a listener that waits for ffmpeg; and again, when it calls again', async () => {
  const file = await smallFile('in.ts')
  const port = await freeUdpPort()
  await using capture = new Capture(`srt://:${port}?mode=listener`, {
    connectTimeout: 20_000,
    stallTimeout: 1000,
    reconnect: { initialDelay: 100, maxDelay: 300, first: true },
  })
  const started = capture.start()
  await until(() => bindsUdp(port))
  const first = sendSrt(`srt://127.0.0.1:${port}`, file, { loop: true })
  await started
  await first.stop()
  await until(() => capture.state.phase !== 'live', { timeout: 15_000 })
  await using second = sendSrt(`srt://127.0.0.1:${port}?conntimeo=15000000`, file, { loop: true })
  await until(() => capture.state.phase === 'live', { timeout: 30_000, what: () => second.errors() })
})

test('srt-live-transmit, with HEVC and AC-3; its statistics', async () => {
  const args = ['-c:v', 'libx265', '-x265-params', 'log-level=error:repeat-headers=1:keyint=25', '-c:a', 'ac3']
  const file = await remade(await smallFile('in.ts'), 'h.ts', args)
  const [udp, port] = [await freeUdpPort(), await freeUdpPort()]
  await using relay = srtLiveTransmit(`udp://127.0.0.1:${udp}`, `srt://:${port}?mode=listener`)
  await using source = sendUdp(`udp://127.0.0.1:${udp}`, file)
  await until(async () => (await bindsUdp(udp)) && (await bindsUdp(port)), { what: () => relay.errors() })
  assert.ok(relay.running && source.running, relay.errors() + source.errors())
  await using capture = new Capture(`srt://127.0.0.1:${port}?latency=80000`, { connectTimeout: 20_000 })
  await showsTone(capture)
  assert.equal([capture.info?.video?.codec, capture.info?.audio?.codec], ['hevc', 'ac3'])
  const { srt } = capture.stats()
  assert.ok(srt && srt.received > 0 && srt.latencyMs >= 80 && srt.rttMs >= 0, JSON.stringify(srt))
})

test('rendezvous: both sides call, each on an address of its own', async () => {
  const file = await smallFile('in.ts')
  const [udp, port] = [await freeUdpPort(), await freeUdpPort()]
  const theirs = `srt://127.0.0.1:${port}?mode=rendezvous&adapter=127.0.0.2`
  await using relay = srtLiveTransmit(`udp://127.0.0.1:${udp}`, theirs)
  await using source = sendUdp(`udp://127.0.0.1:${udp}`, file)
  await using capture = new Capture(`srt://127.0.0.2:${port}?mode=rendezvous&adapter=127.0.0.1`, {
    connectTimeout: 20_000,
    reconnect: { first: true, initialDelay: 100, maxDelay: 300 },
  })
  await capture.start()
  assert.ok(source.running, source.errors() + relay.errors())
})

test('nobody there, no such host, and a frozen peer', async () => {
  const port = await freeUdpPort()
  for (const [url, expected] of [
    [`srt://127.0.0.1:${port}`, 'ERR_CONNECT_TIMEOUT'],
    [`srt://nowhere.invalid:${port}`, 'ERR_HOST_NOT_FOUND'],
  ] as const) {
    await using capture = new Capture(url, { connectTimeout: 8000, reconnect: false })
    assert.is(await codeOf(capture.start()), expected)
  }
  const file = await smallFile('in.ts')
  await using peer = sendSrt(`srt://127.0.0.1:${port}?mode=listener`, file, { loop: true })
  await until(() => bindsUdp(port), { what: () => peer.errors() })
  const capture = new Capture(`srt://127.0.0.1:${port}`, { stallTimeout: 1000, reconnect: { initialDelay: 5000 } })
  await capture.start()
  peer.kill('SIGSTOP')
  await until(() => capture.state.phase !== 'live', { timeout: 15_000 })
  const took = await timed(() => capture.stop())
  assert.ok(took < 5000, `${took} ms`)
  peer.kill('SIGCONT')
})

for (const [what, url] of [
  ['no port', 'srt://127.0.0.1'],
  ['an unknown option', 'srt://127.0.0.1:9000?passphrase=abc&defghijk=1'],
  ['a short passphrase', 'srt://127.0.0.1:9000?passphrase=short'],
  ['a mode that is none', 'srt://127.0.0.1:9000?mode=server'],
  ['a path', 'srt://127.0.0.1:9000/stream'],
  ['no host for a caller', 'srt://:9000?mode=caller'],
] as const) {
  test(`an address with ${what} is ERR_URL, and not quoted`, () => {
    try {
      void new Capture(url)
      assert.unreachable()
    } catch (error) {
      assert.is((error as { code: string }).code, 'ERR_URL')
      assert.not.match((error as Error).message, /abc|defghijk|short\b/)
    }
  })
}

test.run()
