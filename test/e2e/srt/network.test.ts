// suite: deep
import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { Capture, Output, StreamMonitor, type SrtStats } from '../../../src/index'
import { start } from '../../support/child'
import { bindsUdp, freeUdpPort } from '../../support/peers/ports'
import { sendSrt, srtLiveTransmit } from '../../support/peers/srt'
import { startUdpProxy } from '../../support/peers/udp-proxy'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { smallFile } from '../lib/inputs'
import { pattern } from '../lib/pattern'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'
import { assertPlays, hashes } from '../record/judge'

// SRT over a network that loses packets and takes its time; and two that call each other.
const test = suite('srt: networks', { timeout: 90_000 })

const [width, height, fps] = [320, 180, 25]
const OPTIONS = { width, height, fps, bitrate: '800k', keyframeInterval: 1, connectTimeout: 20_000 } as const
const LIE = { loseEach: 15, delayMs: 20 } as const

async function writing(output: Output): Promise<{ stop(): Promise<void> }> {
  let over = false
  const done = (async () => {
    for (let i = 0; !over; i++) await output.writeFrame(pattern(width, height, i))
  })()
  done.catch(() => {})
  return {
    stop: async () => {
      over = true
      await done
    },
  }
}

/** The value of one series; null: there is none. */
function series(text: string, name: string, kind = ''): number | null {
  const line = text.split('\n').find(one => one.startsWith(`${name}{`) && one.includes(kind && `kind="${kind}"`))
  return line === undefined ? null : Number(line.split(' ').at(-1))
}

/** Half of the time goes to a proxy each way, so the round trip takes at least this. */
const isRoundTrip = ({ rttMs }: SrtStats): boolean => rttMs >= 2 * LIE.delayMs - 5 && rttMs < 5000

test('a target: what is lost is sent again, and told; the peer has every picture', async () => {
  const port = await freeUdpPort()
  const file = tempFile('srt.ts')
  const address = `srt://127.0.0.1:${port}?mode=listener&latency=2000000`
  await using peer = start('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', address, '-c', 'copy', file])
  await until(() => bindsUdp(port), { what: () => peer.errors() })
  await using network = await startUdpProxy(port, LIE)
  await using output = new Output(`srt://127.0.0.1:${network.port}?latency=2000`, OPTIONS)
  using monitor = new StreamMonitor(['queueMs'], { interval: 200 })
  monitor.attachStream(output, 'out')
  await output.start()
  const writer = await writing(output)
  const told = (): SrtStats | null => output.targets[0]!.stats().srt
  await until(() => (told()?.retransmitted ?? 0) >= 5, { timeout: 40_000, what: () => JSON.stringify(told()) })
  const srt = told()!
  assert.ok(isRoundTrip(srt), JSON.stringify(srt))
  assert.ok(srt.sent >= network.lost * 10 && srt.lost >= 5 && srt.received === 0, JSON.stringify(srt))
  assert.is(srt.latencyMs, 2000)
  assert.ok(srt.bitrate > 10_000 && srt.bitrate < 1e8, `${srt.bitrate}`)
  await until(async () => (series(await monitor.prometheus(), 'rxgst_srt_packets_total', 'retransmitted') ?? 0) >= 5)
  const text = await monitor.prometheus()
  assert.ok(series(text, 'rxgst_srt_rtt_seconds')! >= (2 * LIE.delayMs - 5) / 1000, text)
  assert.is(series(text, 'rxgst_srt_latency_seconds'), 2)
  assert.ok(series(text, 'rxgst_srt_bitrate_bits_per_second')! > 10_000)
  assert.ok(series(text, 'rxgst_srt_packets_total', 'sent')! > 0)
  assert.is(series(text, 'rxgst_srt_packets_total', 'received'), null)
  await writer.stop()
  await output.stop()
  await peer.exited
  await assertPlays(file)
  const after = output.targets[0]!.stats().srt!
  assert.ok(after.sent >= srt.sent && after.retransmitted! >= srt.retransmitted!, JSON.stringify(after))
})

test('a capture: what is lost comes again, and is told', async () => {
  const file = await smallFile('in.ts')
  const port = await freeUdpPort()
  await using peer = sendSrt(`srt://127.0.0.1:${port}?mode=listener`, file, { loop: true })
  await until(() => bindsUdp(port), { what: () => peer.errors() })
  await using network = await startUdpProxy(port, LIE)
  using monitor = new StreamMonitor(['queueMs'], { interval: 200 })
  await using capture = new Capture(`srt://127.0.0.1:${network.port}?latency=400`, OPTIONS_IN)
  monitor.attachStream(capture, 'in')
  await capture.start()
  const told = (): SrtStats | null => capture.stats().srt
  await until(() => (told()?.lost ?? 0) >= 5, { timeout: 40_000, what: () => JSON.stringify(told()) })
  const srt = told()!
  assert.ok(isRoundTrip(srt) && srt.received > 50 && srt.sent === 0 && srt.latencyMs >= 400, JSON.stringify(srt))
  await until(async () => (series(await monitor.prometheus(), 'rxgst_srt_packets_total', 'lost') ?? 0) >= 5)
  const text = await monitor.prometheus()
  assert.ok(series(text, 'rxgst_srt_packets_total', 'received')! > 50, text)
  assert.ok(series(text, 'rxgst_srt_rtt_seconds')! > 0.02 && series(text, 'rxgst_srt_latency_seconds')! >= 0.4, text)
})

const OPTIONS_IN = { connectTimeout: 20_000, stallTimeout: 20_000 } as const

if (spawnSync('srt-live-transmit', ['-version']).error === undefined) {
  test('rendezvous: output and srt-live-transmit call each other, each on an address of its own', async () => {
    const [port, udp] = [await freeUdpPort(), await freeUdpPort()]
    const file = tempFile('met.ts')
    const receives = ['-i', `udp://127.0.0.1:${udp}?timeout=30000000`, '-t', '2', '-c', 'copy', file]
    await using peer = start('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...receives])
    await using relay = srtLiveTransmit(
      `srt://127.0.0.1:${port}?mode=rendezvous&adapter=127.0.0.2&passphrase=abcdefghijkl`,
      `udp://127.0.0.1:${udp}`,
    )
    await using output = new Output(
      `srt://127.0.0.2:${port}?mode=rendezvous&adapter=127.0.0.1&passphrase=abcdefghijkl`,
      { ...OPTIONS, reconnect: { first: true, initialDelay: 100, maxDelay: 300 } },
    )
    await output.start()
    const writer = await writing(output)
    await until(() => !peer.running, { timeout: 60_000, what: () => peer.errors() + relay.errors() })
    assert.ok((output.targets[0]!.stats().srt?.sent ?? 0) > 0)
    await writer.stop()
    assert.ok((await hashes(file, 'pictures')).length > fps)
  })
}

test('rendezvous: where nobody comes, that is told in time, and stop() is quick', async () => {
  const port = await freeUdpPort()
  const output = new Output(`srt://127.0.0.2:${port}?mode=rendezvous&adapter=127.0.0.1`, {
    ...OPTIONS,
    connectTimeout: 4000,
    reconnect: false,
  })
  assert.is(await codeOf(output.start()), 'ERR_CONNECT_TIMEOUT')
  const took = await timed(() => output.stop())
  assert.ok(took < 5500, `${took} ms`)
})

test.run()
