// suite: deep
import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { Output, record, RTMPOutput, type RxGstError } from '../../../src/index'
import { start, type Child } from '../../support/child'
import { bindsUdp, freePort } from '../../support/peers/ports'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { pattern } from '../lib/pattern'
import { received } from '../lib/sent'
import { codeOf } from '../lib/served'
import { assertPlays, hashes } from '../record/judge'

// SRT beside RTMP and a recording, with real peers.
const test = suite('output: srt', { timeout: 90_000 })

const [width, height, fps] = [320, 180, 25]
const OPTIONS = { width, height, fps, bitrate: '400k', keyframeInterval: 1, connectTimeout: 20_000 } as const

/** ffmpeg writes what it receives, as it is. */
const receiver = (url: string, file: string): Child =>
  start('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', url, '-c', 'copy', file])

const transmits = spawnSync('srt-live-transmit', ['-version']).error === undefined

async function write(output: Output, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await output.writeFrame(pattern(width, height, i))
}

/** What both have is the same pictures, and most of the stream. */
async function assertSame(file: string, source: string): Promise<void> {
  const [mine, sent] = await Promise.all([hashes(file, 'pictures'), hashes(source, 'pictures')])
  const last = sent.lastIndexOf(mine.at(-10)!)
  assert.ok(last >= 0, 'the end of the one is in the other')
  const shared = Math.min(mine.length - 9, last + 1)
  assert.ok(shared > 2 * fps, `${shared} pictures`)
  assert.equal(mine.slice(mine.length - 9 - shared, mine.length - 9), sent.slice(last + 1 - shared, last + 1))
}

test('ffmpeg, a server of RTMP and a folder get the same pictures; a dead target disturbs nobody', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const [port, dead] = [await freePort(), await freePort()]
  const file = tempFile('srt.ts')
  await using peer = receiver(`srt://127.0.0.1:${port}?mode=listener&passphrase=abcdefghijkl`, file)
  await until(() => bindsUdp(port), { what: () => peer.errors() })
  const recording = record(tempDir())
  const output = new Output(
    [
      server.url(),
      `srt://127.0.0.1:${port}?passphrase=abcdefghijkl&latency=2000`,
      recording,
      `srt://127.0.0.1:${dead}`,
    ],
    OPTIONS,
  )
  const segments: string[] = []
  output.recording$.subscribe(({ path }) => segments.push(path))
  await output.start()
  const phases = () => output.targets.map(({ state }) => state.phase)
  await until(
    () =>
      phases()
        .slice(0, 3)
        .every(phase => phase === 'live'),
    { what: () => phases().join() },
  )
  await write(output, 5 * fps)
  const [, srt, , gone] = output.targets
  await until(() => gone!.state.phase === 'reconnecting', { what: () => phases().join() })
  assert.is(srt!.stats().dropped, 0)
  assert.ok(srt!.stats().outBytes > 50_000)
  await output.stop()
  await peer.exited
  const source = received(await server.connection(0, ({ open }) => !open)).file
  await assertPlays(file)
  await assertSame(file, source)
  assert.is(segments.length, 1)
  await assertSame(segments[0]!, source)
})

test('a listener serves callers that come and go', async () => {
  const port = await freePort()
  const output = new Output(`srt://127.0.0.1:${port}?mode=listener`, OPTIONS)
  await output.start()
  assert.is(output.targets[0]!.url, `srt://127.0.0.1:${port}?***`)
  const files = [tempFile('first.ts'), tempFile('second.ts')]
  let over = false
  const writer = (async () => {
    while (!over) await write(output, fps)
  })()
  for (const file of files) {
    const args = ['-y', '-i', `srt://127.0.0.1:${port}`, '-t', '2', '-c', 'copy', file]
    await using caller = start('ffmpeg', ['-nostdin', '-v', 'error', ...args])
    await caller.exited
  }
  over = true
  await writer
  await output.stop()
  for (const file of files) assert.ok((await hashes(file, 'pictures')).length >= fps, file)
})

if (transmits) {
  test('srt-live-transmit takes it by passphrase and streamid', async () => {
    const [port, udp] = [await freePort(), await freePort()]
    const file = tempFile('relayed.ts')
    const receives = ['-i', `udp://127.0.0.1:${udp}?timeout=30000000`, '-t', '4', '-c', 'copy', file]
    await using peer = start('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...receives])
    const from = `srt://127.0.0.1:${port}?mode=listener&passphrase=abcdefghijkl`
    await using relay = start('srt-live-transmit', [from, `udp://127.0.0.1:${udp}`])
    await until(() => bindsUdp(port), { what: () => relay.errors() })
    const output = new Output(`srt://127.0.0.1:${port}?passphrase=abcdefghijkl&streamid=live/one`, OPTIONS)
    await output.start()
    // Until the peer has its four seconds, which a busy machine starts late.
    let over = false
    const writer = (async () => {
      while (!over) await write(output, fps)
    })()
    await until(() => !peer.running, { timeout: 60_000, what: () => peer.errors() + relay.errors() })
    over = true
    await writer
    await output.stop()
    assert.ok((await hashes(file, 'pictures')).length > 2 * fps)
  })
}

test('a wrong passphrase and nobody there: an error with a code, and no secret in it', async () => {
  const port = await freePort()
  await using peer = receiver(`srt://127.0.0.1:${port}?mode=listener&passphrase=abcdefghijkl`, tempFile('none.ts'))
  await until(() => bindsUdp(port), { what: () => peer.errors() })
  const lines: string[] = []
  const log = (text: string): void => void lines.push(text)
  const logger = { debug: log, info: log, warn: log, error: log }
  for (const url of [
    `srt://127.0.0.1:${port}?passphrase=wrongwrongwrong&streamid=secretid`,
    `srt://127.0.0.1:${await freePort()}?passphrase=wrongwrongwrong&streamid=secretid`,
  ]) {
    const output = new Output(url, { ...OPTIONS, reconnect: false, logger })
    const error = await output.start().then(
      () => null,
      (reason: unknown) => reason as RxGstError,
    )
    assert.ok(['ERR_CONNECT_TIMEOUT', 'ERR_AUTHENTICATION', 'ERR_CONNECT_REJECTED'].includes(error?.code ?? ''))
    const told = [error!.message, JSON.stringify(error), JSON.stringify(output), ...lines].join('\n')
    assert.not.match(told, /wrongwrong|secretid/)
    await output.stop()
  }
  assert.ok(peer.running, 'the peer waits for the right one')
})

test('an RTMPOutput takes no other address; a URL that is none is refused before anything begins', async () => {
  const make = (url: string, more: object = {}) => codeOf((async () => new Output(url, { ...OPTIONS, ...more }))())
  const rtmp = async (url: string) => codeOf((async () => new RTMPOutput(url, OPTIONS))())
  assert.is(await rtmp('srt://host:9000'), 'ERR_URL')
  for (const url of [
    'srt://host',
    'srt://:9000?mode=caller',
    'srt://host:0',
    'srt://host:9000?passphrase=short',
    'srt://host:9000?what=1',
    'srt://host:9000?latency=-1',
    'srt://host:9000?adapter=127.0.0.1',
    'udp://host:9000',
  ])
    assert.is(await make(url), 'ERR_URL', url)
  assert.is(await make('srt://host:9000', { vcodec: 'libaom-av1' }), 'ERR_OPTION')
})

test.run()
