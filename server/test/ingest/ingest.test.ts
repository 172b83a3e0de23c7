// suite: deep
import { mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { accepts, freePort } from '../../../test/support/peers/ports.js'
import { probe, publish, record } from '../../../test/support/peers/ffmpeg.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir, tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { type Config, configSchema } from '../../src/core/schema.js'
import { Ingest, ingestUrl } from '../../src/ingest/ingest.js'
import { Refusals } from '../../src/core/refusals.js'
import { allowedStream } from '../../src/ingest/stream-name.js'
import { StreamKeys } from '../../src/ingest/stream-keys.js'
import { PidFiles } from '../../src/supervisor/child/pid-files.js'
import { startOf } from '../../src/supervisor/child/process-info.js'
import { StartLane } from '../../src/supervisor/child/start-lane.js'
import { NO_LOG } from '../../src/supervisor/log.js'
import type { NewEvent } from '../../src/supervisor/store/event-log.js'

const test = suite('ingest', { timeout: 240_000 })

interface Server {
  readonly ingest: Ingest
  readonly config: Config
  readonly events: NewEvent[]
  readonly raised: readonly string[]
  readonly pid: () => number | undefined
  readonly state: string
}
let open: Ingest[] = []
test.after.each(async () => {
  await Promise.all(open.map(ingest => ingest.stop()))
  open = []
})

async function begin(server: object, state = tempDir(), names = ['studio', 'field-1']): Promise<Server> {
  const runFolder = join(state, 'run')
  mkdirSync(runFolder, { recursive: true })
  const pidFiles = new PidFiles(runFolder, () => {})
  const events: NewEvent[] = []
  const event = (told: NewEvent) => void events.push(told)
  const raised: string[] = []
  const alerts = { raiseOwn: (_: string, rule: string) => void raised.push(rule), clearOwn: () => {} }
  const ingest = new Ingest({ state, runFolder, pidFiles, lane: new StartLane(2), log: NO_LOG, alerts, event })
  open.push(ingest)
  const channels = Object.fromEntries(names.map(name => [name, { inputs: [{ ingest: name }] }]))
  const config = configSchema.parse({ server: { ingest: server }, channels })
  await ingest.adopt()
  await ingest.apply(config)
  await until(() => accepts(Number(new URL(ingestUrl(config, 'x')!).port)), { timeout: 60_000 })
  return { ingest, config, events, raised, state, pid: () => pidFiles.read('.ingest')?.pid }
}

const told = ({ events }: Server, type: string) => events.filter(event => event.type === type)

test('a stream with its key goes through, and its channel plays it; others do not', async () => {
  const port = await freePort()
  const server = await begin({ listen: `127.0.0.1:${port}` })
  const url = ingestUrl(server.config, 'studio')!
  assert.is(url, `rtmp://127.0.0.1:${port}/live/studio`)
  const key = server.ingest.streamKeys()['studio']!
  assert.match(key, /^[0-9a-f]{32}$/)
  const { host } = new URL(url)
  assert.equal(
    server.ingest.streams().find(({ name }) => name === 'studio'),
    { name: 'studio', url: `rtmp://${host}/live`, key: `studio-${key}` },
  )
  await using _ = await publish(`${url}?key=${key}`)
  await until(() => told(server, 'ingest-started').length === 1)
  assert.is(told(server, 'ingest-started')[0]!.data!['stream'], 'studio')
  const { streams } = await probe(await record(url, tempFile('out.flv'), 2))
  assert.equal(streams.map(({ codec_name }) => codec_name).sort(), ['aac', 'h264'])

  await using other = await publish(`${ingestUrl(server.config, 'field-1')}-${server.ingest.streamKeys()['field-1']}`)
  await until(() => told(server, 'ingest-started').length === 2)
  assert.is(told(server, 'ingest-started')[1]!.data!['stream'], 'field-1')
  await other.kill()
  await until(() => told(server, 'ingest-ended').length === 1)

  for (const wrong of ['?key=00000000000000000000000000000000', '', `x?key=${key}`, '-', `?key=${key}&key=${key}`]) {
    const before = told(server, 'ingest-refused').length
    const refused = await publish(`${ingestUrl(server.config, 'field-1')}${wrong}`).catch(() => null)
    await until(() => told(server, 'ingest-refused').length > before, { what: `the refusal of ${wrong}` })
    await refused?.kill()
  }
  assert.is(told(server, 'ingest-started').length, 2)
  assert.not.match(JSON.stringify(server.events), key)
})

const amfText = (text: string) => Buffer.concat([Buffer.from([2, 0, text.length]), Buffer.from(text)])
const AMF_NUMBER = Buffer.from([0, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0])
const AMF_NULL = Buffer.from([5])
/** {app: 'live'} */
const AMF_APP = Buffer.concat([Buffer.from([3, 0, 3]), Buffer.from('app'), amfText('live'), Buffer.from([0, 0, 9])])

/** A message in one chunk. @param length what its header says */
function rtmpMessage(parts: readonly Uint8Array[], channel = 3, length?: number): Buffer {
  const payload = Buffer.concat(parts)
  const header = Buffer.from([channel, 0, 0, 0, 0, 0, 0, 0x14, 1, 0, 0, 0])
  header.writeUIntBE(length ?? payload.length, 4, 3)
  return Buffer.concat([header, payload])
}

/** Sends bytes behind the handshake. */
async function sendRaw(port: number, ...pieces: readonly Uint8Array[]): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  let received = 0
  socket.on('data', data => (received += data.length))
  socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(1536)]))
  await until(() => received >= 1 + 2 * 1536, { what: 'the handshake' })
  socket.write(Buffer.alloc(1536))
  for (const piece of pieces) socket.write(piece)
  return socket
}

test('bytes that are no RTMP end their own connection, and no other', async () => {
  const port = await freePort()
  const server = await begin({ listen: `127.0.0.1:${port}` })
  const url = ingestUrl(server.config, 'studio')!
  const key = server.ingest.streamKeys()['studio']!
  await using _ = await publish(`${url}?key=${key}`)
  await until(() => told(server, 'ingest-started').length === 1)
  const before = server.pid()
  const connectWithoutObject = rtmpMessage([amfText('connect'), AMF_NUMBER])
  const unknownType = rtmpMessage([amfText('connect'), AMF_NUMBER, Buffer.from([0x7f])])
  const noCommand = rtmpMessage([Buffer.from([0x7f, 1, 2, 3])])
  const large = [4, 5, 6].map(channel => rtmpMessage([Buffer.alloc(128)], channel, 0xfffff0))
  for (const bytes of [connectWithoutObject, unknownType, noCommand, Buffer.concat(large)]) {
    const count = told(server, 'ingest-malformed').length
    const socket = await sendRaw(port, bytes)
    await until(() => socket.closed, { what: 'the end of the connection' })
    await until(() => told(server, 'ingest-malformed').length > count)
  }
  let seed = 1
  const garbage = Buffer.alloc(65_536).map(() => (seed = (seed * 16_807) % 2_147_483_647) & 255)
  for (let from = 0; from < garbage.length; from += 4096) {
    const socket = await sendRaw(port, garbage.subarray(from))
    socket.end()
    await until(() => socket.closed)
  }
  assert.ok(statSync(await record(url, tempFile('out.flv'), 1)).size > 1000)
  assert.is(server.pid(), before)
  assert.equal(told(server, 'ingest-exit'), [])
  assert.equal(told(server, 'ingest-ended'), [])
})

test('a player gets what comes in one piece, and what comes after it', async () => {
  const port = await freePort()
  const server = await begin({ listen: `127.0.0.1:${port}` })
  const key = server.ingest.streamKeys()['studio']!
  const command = (name: string, ...parts: Buffer[]) => rtmpMessage([amfText(name), AMF_NUMBER, AMF_NULL, ...parts])
  const begun = [rtmpMessage([amfText('connect'), AMF_NUMBER, AMF_APP]), command('createStream')]
  const onStream = (message: Buffer) => (message.writeUInt32LE(1, 8), message)
  const publisher = await sendRaw(port, ...begun, onStream(command('publish', amfText(`studio?key=${key}`))))
  await until(() => told(server, 'ingest-started').length === 1)
  const player = await sendRaw(port, ...begun, onStream(command('play', amfText('studio'))))
  let received = Buffer.alloc(0)
  player.on('data', data => (received = Buffer.concat([received, data])))
  await until(() => received.includes('NetStream.Play.Start'))
  /** MP3: no header of its own. */
  const sound = (text: string) => {
    const message = onStream(rtmpMessage([Buffer.from([0x2f]), Buffer.from(text)], 4))
    message[7] = 8
    return message
  }
  publisher.write(Buffer.concat(Array.from({ length: 25 }, (_, i) => sound(`sound ${i}.`))))
  await until(() => received.includes('sound 24.'), { what: () => `the last sound, after ${received.length} bytes` })
  publisher.write(sound('the last one'))
  await until(() => received.includes('the last one'))
  for (let i = 0; i < 25; i++) assert.ok(received.includes(`sound ${i}.`), `${i}`)
  publisher.destroy()
  player.destroy()
})

test('of many refusals some are told, with the number of the others', async () => {
  const port = await freePort()
  const server = await begin({ listen: `127.0.0.1:${port}` })
  const hello = rtmpMessage([amfText('connect'), AMF_NUMBER, AMF_APP])
  const wrong = rtmpMessage([amfText('publish'), AMF_NUMBER, AMF_NULL, amfText('studio?key=guess'), amfText('live')])
  const begun = performance.now()
  for (let i = 0; i < 40; i += 1) {
    const socket = await sendRaw(port, hello, wrong)
    await until(() => socket.closed, { what: 'the refusal' })
  }
  const most = 10 + Math.ceil((performance.now() - begun) / 60_000)
  const refused = () => told(server, 'ingest-refused').length
  await until(() => refused() >= 10)
  assert.ok(refused() <= most, `${refused()} of 40 were told`)
  assert.not.match(JSON.stringify(server.events), 'guess')

  let nowMs = 0
  const refusals = new Refusals(() => nowMs)
  assert.equal(
    [...Array(12)].map(() => refusals.take()),
    [...Array(10).fill(0), null, null],
  )
  nowMs = 60_000
  assert.equal([refusals.take(), refusals.take()], [2, null])
})

test('its process is started again when it dies, and goes on over a hand-over', async () => {
  const listen = `127.0.0.1:${await freePort()}`
  const first = await begin({ listen, streamKeys: false })
  const url = ingestUrl(first.config, 'studio')!
  const arrives = async () => {
    await using _ = await publish(url)
    return statSync(await record(url, tempFile('out.flv'), 1)).size > 1000
  }
  assert.ok(await arrives())
  const killed = first.pid()!
  process.kill(killed, 'SIGKILL')
  await until(() => first.pid() !== undefined && first.pid() !== killed)
  assert.match(told(first, 'ingest-exit')[0]!.message, 'SIGKILL')
  assert.equal(first.raised, ['process-exits'])
  await until(() => accepts(Number(new URL(url).port)))
  assert.ok(await arrives())

  const before = first.pid()!
  await first.ingest.handOver(30_000)
  open = []
  assert.ok(startOf(before))
  const second = await begin({ listen, streamKeys: false }, first.state)
  assert.is(second.pid(), before)
  assert.ok(await arrives())
  await second.ingest.apply(configSchema.parse({}))
  await until(() => startOf(before) === null)
})

test('one that is taken over with another address in the configuration moves there', async () => {
  const [from, to] = [await freePort(), await freePort()]
  const first = await begin({ listen: `127.0.0.1:${from}`, streamKeys: false })
  const before = first.pid()!
  await first.ingest.handOver(60_000)
  open = []
  const second = await begin({ listen: `127.0.0.1:${to}`, streamKeys: false }, first.state)
  await until(() => startOf(before) === null, { timeout: 60_000, what: 'the end of the old one' })
  assert.is(await accepts(from), false)
  assert.equal([told(second, 'ingest-exit'), second.raised], [[], []])
})

test('an address that is taken is tried again, and the event says so', async () => {
  const listen = `127.0.0.1:${await freePort()}`
  await begin({ listen, streamKeys: false })
  const second = await begin({ listen, streamKeys: false })
  await until(() => told(second, 'ingest-exit').length > 0)
  assert.match(told(second, 'ingest-exit')[0]!.message, 'EADDRINUSE')
})

test('keys are made once and kept for their owner alone', () => {
  const state = tempDir()
  const first = new StreamKeys(state).of(['a', 'b'])
  assert.is.not(first['a'], first['b'])
  assert.equal(new StreamKeys(state).of(['b']), { b: first['b'] })
  assert.is(statSync(join(state, 'ingest-keys.json')).mode & 0o777, 0o600)
  assert.match(readFileSync(join(state, 'ingest-keys.json'), 'utf8'), first['a']!)
})

test('a key that the disk does not keep is not given out, and is kept later', () => {
  const state = tempDir()
  const keys = new StreamKeys(state)
  mkdirSync(join(state, 'ingest-keys.json.new'))
  for (const _ of [1, 2]) assert.throws(() => keys.of(['a']), /EISDIR/)
  rmdirSync(join(state, 'ingest-keys.json.new'))
  const given = keys.of(['a'])
  assert.equal(new StreamKeys(state).of(['a']), given)

  writeFileSync(join(state, 'ingest-keys.json'), '{')
  assert.throws(
    () => StreamKeys.check(state),
    (error: Error & { code?: string }) => error.code === 'ERR_INGEST_KEYS',
  )
})

test('names: the key of the stream, in the query or behind the name', () => {
  const streams = { a: 'k1', 'a-b': 'k2', open: null }
  const name = (path: string, key?: unknown) => allowedStream(streams, path, key)
  assert.is(name('/live/a', 'k1'), 'a')
  assert.is(name('/live/a-k1'), 'a')
  assert.is(name('/live/a-b-k2'), 'a-b')
  assert.is(name('/live/open'), 'open')
  for (const [path, key] of [
    ['/live/a', 'k2'],
    ['/live/a', undefined],
    ['/live/a', ['k1', 'k1']],
    ['/live/a-k2', 'k1'],
    ['/live/a-b', 'k1'],
    ['/live/open-k1', 'k1'],
    ['/other/a', 'k1'],
    ['/live/__proto__', 'k1'],
    ['/live/', 'k1'],
  ] as const) {
    assert.is(name(path, key), null, path)
  }
})

test.run()
