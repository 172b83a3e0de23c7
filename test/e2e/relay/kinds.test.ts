import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { Capture, record, Relay } from '../../../src/index'
import { start } from '../../support/child'
import { startNginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { smallFile } from '../lib/inputs'
import { codeOf } from '../lib/served'
import { assertPlays, hashes } from '../record/judge'
import { assertCopy, packetsOf, view } from './packets'

const test = suite('relay: inputs and targets of every kind', { timeout: 60_000 })

const OPTIONS = { connectTimeout: 20_000 } as const

test('a capture goes to a server of RTMP, a peer of SRT and a folder, and lives on', async () => {
  const file = await smallFile('in.mp4', { duration: 60 })
  await using nginx = await startNginx()
  const port = await freePort()
  const received = tempFile('received.ts')
  await using capture = new Capture(pathToFileURL(file).href, { decode: false })
  await capture.start()
  const targets = [nginx.url('out'), `srt://:${port}`, record(tempDir())]
  await using relay = new Relay(capture, targets, OPTIONS)
  const segments: string[] = []
  relay.recording$.subscribe(({ path }) => void segments.push(path))
  await relay.start()
  await nginx.published('out')
  await until(() => relay.targets.every(({ state }) => state.phase === 'live'), {
    what: () => JSON.stringify(relay.targets),
  })
  const caller = ['-analyzeduration', '1000000', '-i', `srt://127.0.0.1:${port}`, '-t', '2', '-c', 'copy', received]
  await using peer = start('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...caller])
  await using viewer = view(nginx.url('out'))
  await until(() => viewer.packets().length > 60 && !peer.running, { what: () => viewer.errors() + peer.errors() })
  const { video, audio } = assertCopy(await packetsOf(file), viewer.packets(), { tolerance: 1 })
  assert.ok(video > 15 && audio > 25, `${video} pictures, ${audio} packets of sound`)
  assert.equal([relay.info?.video?.width, relay.info?.audio?.codec, relay.info?.audio?.madeOf], [320, 'aac', null])
  await relay.stop()
  assert.equal([capture.state.phase, relay.stats().droppedNetwork], ['live', 0])
  const [all, sent] = [await hashes(file, 'pictures'), await hashes(received, 'pictures')]
  assert.is(all.join().includes(sent.slice(0, -5).join()), true)
  assert.ok(sent.length > 15)
  assert.is(segments.length, 1)
  await assertPlays(segments[0]!)
  assert.is((await hashes(file, 'packets')).join().includes((await hashes(segments[0]!, 'packets')).join()), true)
})

test('what is no address, and what comes twice, is refused', async () => {
  const code = (make: () => unknown): Promise<string> => codeOf((async () => make())())
  assert.is(await code(() => new Relay('gopher://host/a', 'rtmp://host/live/a')), 'ERR_URL')
  assert.is(await code(() => new Relay('srt://host:9000?mode=never', 'rtmp://host/live/a')), 'ERR_URL')
  assert.is(await code(() => new Relay('srt://host:9000', 'rtsp://host/a')), 'ERR_URL')
  assert.is(await code(() => new Relay('srt://host:9000', 'srt://host:9000?adapter=127.0.0.1')), 'ERR_URL')
  const capture = new Capture('srt://host:9000', { decode: false })
  assert.is(await code(() => new Relay([capture, capture], 'rtmp://host/live/a')), 'ERR_NAME_TAKEN')
  const folder = tempDir()
  assert.is(await code(() => new Relay(capture, [record(folder), record(folder)])), 'ERR_NAME_TAKEN')
  assert.is(
    await code(() => new Relay(capture, ['srt://host:1?streamid=a', 'srt://host:1?streamid=a'])),
    'ERR_NAME_TAKEN',
  )
})

test.run()
