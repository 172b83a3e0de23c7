// suite: deep
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { accepts, freePort } from '../../../test/support/peers/ports.js'
import { probe, publish, record } from '../../../test/support/peers/ffmpeg.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir, tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { type Config, configSchema } from '../../src/core/schema.js'
import { Ingest, ingestUrl } from '../../src/ingest/ingest.js'
import { allowedStream } from '../../src/ingest/stream-name.js'
import { StreamKeys } from '../../src/ingest/stream-keys.js'
import { PidFiles } from '../../src/supervisor/child/pid-files.js'
import { startOf } from '../../src/supervisor/child/process-info.js'
import { StartLane } from '../../src/supervisor/child/start-lane.js'
import { NO_LOG } from '../../src/supervisor/log.js'
import type { NewEvent } from '../../src/supervisor/store/event-log.js'

const test = suite('ingest', { timeout: 60_000 })

interface Server {
  readonly ingest: Ingest
  readonly config: Config
  readonly events: NewEvent[]
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
  const ingest = new Ingest({ state, runFolder, pidFiles, lane: new StartLane(2), log: NO_LOG, event })
  open.push(ingest)
  const channels = Object.fromEntries(names.map(name => [name, { inputs: [{ ingest: name }] }]))
  const config = configSchema.parse({ server: { ingest: server }, channels })
  await ingest.adopt()
  await ingest.apply(config)
  await until(() => accepts(Number(new URL(ingestUrl(config, 'x')!).port)))
  return { ingest, config, events, state, pid: () => pidFiles.read('.ingest')?.pid }
}

const told = ({ events }: Server, type: string) => events.filter(event => event.type === type)

test('a stream with its key goes through, and its channel plays it; others do not', async () => {
  const port = await freePort()
  const server = await begin({ listen: `127.0.0.1:${port}` })
  const url = ingestUrl(server.config, 'studio')!
  assert.is(url, `rtmp://127.0.0.1:${port}/live/studio`)
  const key = server.ingest.streamKeys()['studio']!
  assert.match(key, /^[0-9a-f]{32}$/)
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
