// suite: deep
// deadline: 600
import { request } from 'node:http'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { type Child, start } from '../../../test/support/child.js'
import { probe, publish, record } from '../../../test/support/peers/ffmpeg.js'
import { startNginx } from '../../../test/support/peers/nginx.js'
import { accepts, freePort } from '../../../test/support/peers/ports.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir, tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import type { ChannelView } from '../../src/core/server-port.js'
import { startOf } from '../../src/supervisor/child/process-info.js'

const test = suite('serve', { timeout: 180_000 })
const PROGRAM = fileURLToPath(new URL('./support/run-serve.js', import.meta.url))
const FPS = 25

interface Folder {
  readonly path: string
  readonly socket: string
  write(config: object): void
  serve(args?: readonly string[], env?: Record<string, string>): Child
}

function folder(): Folder {
  const path = tempDir()
  const socket = join(path, 'rxgst.sock')
  return {
    path,
    socket,
    write: config => writeFileSync(join(path, 'rxgst.yaml'), stringify(config)),
    serve: (args = [], env = {}) =>
      start(process.execPath, [PROGRAM, 'serve', 'rxgst.yaml', ...args], { cwd: path, env }),
  }
}

/** The API by its Unix socket. */
function get<T>(socketPath: string, path: string): Promise<T | null> {
  return new Promise(resolve => {
    const asked = request({ socketPath, path }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(response.statusCode === 200 ? (JSON.parse(text) as T) : null))
    })
    asked.on('error', () => resolve(null)).end()
  })
}

const channel = ({ socket }: Folder, id = 'studio') => get<ChannelView>(socket, `/api/v1/channels/${id}`)
const isLive = async (on: Folder) => {
  const view = await channel(on)
  return view?.status.phase === 'live' && view.status.targets.every(({ phase }) => phase === 'live')
}

test('a server is replaced and no packet is missing; its channel crashes, and is back; then all ends', async () => {
  await using nginx = await startNginx()
  const on = folder()
  const port = await freePort()
  on.write({
    server: { listen: `unix:${on.socket}`, state: 'state', ingest: { listen: `127.0.0.1:${port}` } },
    channels: {
      studio: { inputs: [{ ingest: 'studio' }], fill: 'none', targets: { out: { url: nginx.url('out') } } },
    },
  })
  await using first = on.serve()
  await until(() => channel(on), { timeout: 60_000, what: () => first.output() })
  const key = (JSON.parse(readFileSync(join(on.path, 'state/ingest-keys.json'), 'utf8')) as { studio: string }).studio
  await until(() => accepts(port), { timeout: 60_000 })
  await using _ = await publish(`rtmp://127.0.0.1:${port}/live/studio?key=${key}`, {
    size: '320x180',
    fps: FPS,
    gop: FPS,
  })
  await until(() => isLive(on), { timeout: 60_000, what: () => first.output() })
  const before = await channel(on)

  const seconds = 15
  const recorded = record(nginx.url('out'), tempFile('out.flv'), seconds)
  await using second = on.serve(['--upgrade'])
  await first.exited
  await until(() => isLive(on), { timeout: 60_000, what: () => second.output() })
  const after = await channel(on)
  assert.is(after!.process.pid, before!.process.pid)
  assert.match(first.output(), 'another server takes over')
  await until(() => second.output().includes('channel taken over'), { timeout: 60_000, what: () => second.output() })
  const { packets } = await probe(await recorded, { seconds: seconds * 2 })
  const times = packets.filter(({ codec_type }) => codec_type === 'video').map(({ pts_time }) => Number(pts_time))
  assert.ok(times.length > (seconds - 2) * FPS, `${times.length} pictures`)
  const longest = Math.max(...times.slice(1).map((time, i) => time - times[i]!))
  assert.ok(longest < 1.5 / FPS, `a gap of ${longest} s`)

  const killed = after!.process.pid!
  process.kill(killed, 'SIGSEGV')
  await until(async () => ((await channel(on))?.process.pid ?? killed) !== killed && (await isLive(on)), {
    timeout: 60_000,
  })
  const last = (await channel(on))!.process.pid!
  // Its log may be read a moment after the API has answered.
  const ended = 'its process ended: unknown, since another supervisor had started it'
  await until(() => second.output().includes(ended), { timeout: 60_000, what: () => second.output() })
  assert.not.match(first.output() + second.output(), key)
  second.kill('SIGTERM')
  assert.is((await second.exited).code, 0)
  assert.is(startOf(last), null)
})

test('a server that cannot start takes no channel over, or leaves them to the next one', async () => {
  const on = folder()
  const channels = { studio: { inputs: [{ url: 'rtmp://127.0.0.1:1/live/x' }], targets: {} } }
  const listen = `unix:${on.socket}`
  on.write({ server: { listen, state: 'state' }, channels })
  await using first = on.serve()
  const pidOf = async () => (await channel(on))?.process.pid ?? null
  await until(async () => (await pidOf()) !== null, { timeout: 60_000, what: () => first.output() })
  const before = (await pidOf())!

  const refused = async (server: object, code: string) => {
    writeFileSync(join(on.path, 'other.yaml'), stringify({ server: { state: 'state', ...server }, channels }))
    await using other = start(process.execPath, [PROGRAM, 'serve', 'other.yaml', '--upgrade'], { cwd: on.path })
    assert.is((await other.exited).code, 1, other.output())
    assert.ok(other.output().includes(code), other.output())
  }
  writeFileSync(join(on.path, 'users.yaml'), 'users: [')
  await refused({ listen, users: 'users.yaml' }, 'ERR_USERS_FILE')
  await refused({ listen, tls: { cert: 'none.pem', key: 'none.pem' } }, 'ERR_TLS')
  writeFileSync(join(on.path, 'state/ingest-keys.json'), '{')
  await refused({ listen, ingest: { listen: '127.0.0.1:1935' } }, 'ERR_INGEST_KEYS')
  rmSync(join(on.path, 'state/ingest-keys.json'))
  assert.is(await pidOf(), before)
  assert.not.match(first.output(), 'another server takes over')

  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  await refused({ listen: `127.0.0.1:${(taken.address() as AddressInfo).port}` }, 'ERR_PORT_TAKEN')
  taken.close()
  await first.exited
  assert.ok(startOf(before), 'the channel goes on for the next server')
  await using next = on.serve(['--upgrade'])
  await until(async () => (await pidOf()) !== null, { timeout: 60_000, what: () => next.output() })
  assert.is(await pidOf(), before)
  next.kill('SIGTERM')
  assert.is((await next.exited).code, 0)
})

test('a server that is killed leaves no channel on air', async () => {
  const on = folder()
  on.write({
    server: { listen: `unix:${on.socket}`, state: 'state' },
    channels: { studio: { inputs: [{ url: 'rtmp://127.0.0.1:9/live/none' }] } },
  })
  await using server = on.serve()
  const pid = await until(async () => (await channel(on))?.process.pid, {
    timeout: 60_000,
    what: () => server.output(),
  })
  await until(() => server.output().includes('channel process began'))
  process.kill(server.pid, 'SIGKILL')
  await until(() => startOf(pid) === null, { timeout: 30_000 })
})

test('systemd is told when the server is ready, turns, and ends', async () => {
  const on = folder()
  on.write({ server: { listen: `unix:${on.socket}`, state: 'state' } })
  const notify = join(on.path, 'notify.sock')
  const script = `import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(${JSON.stringify(notify)})
print('bound', flush=True)
while True: print(s.recv(4096).decode(), flush=True)`
  await using service = start('python3', ['-c', script])
  await until(() => service.output().includes('bound'))
  await using server = on.serve([], { NOTIFY_SOCKET: notify, WATCHDOG_USEC: '3000000' })
  await until(() => service.output().includes('READY=1'), { timeout: 60_000, what: () => server.output() })
  assert.match(service.output(), `MAINPID=${server.pid}`)
  const said = { what: () => service.output() }
  await until(() => /STATUS=0 channels\n(MAINPID=\d+\n)?WATCHDOG=1/.test(service.output()), said)
  const spare = { enabled: false, inputs: [{ url: 'rtmp://127.0.0.1/live/x' }] }
  on.write({ server: { listen: `unix:${on.socket}`, state: 'state' }, channels: { spare } })
  await until(() => service.output().includes('STATUS=1 channels'), { timeout: 30_000, what: () => service.output() })
  server.kill('SIGTERM')
  await until(() => service.output().includes('STOPPING=1'))
  assert.is((await server.exited).code, 0)
})

test('a configuration that is invalid, and a folder in use, are refused with their reason', async () => {
  const on = folder()
  on.write({ server: { listen: `unix:${on.socket}`, state: 'state' } })
  await using server = on.serve()
  await until(() => server.output().includes('serving at'), { timeout: 60_000, what: () => server.output() })
  await using second = on.serve()
  assert.is((await second.exited).code, 1)
  assert.match(second.output(), 'ERR_STATE_IN_USE')
  assert.match(second.output(), `process ${server.pid}`)
  on.write({ server: { listen: `unix:${on.socket}`, state: 'state', surprise: 1 } })
  await using third = on.serve(['--upgrade'])
  assert.is((await third.exited).code, 1)
  assert.match(third.output(), /rxgst\.yaml:\d+:\d+: server/)
  // The file is watched: what runs goes on, and tells.
  await until(() => server.output().includes('config-invalid'), { timeout: 30_000, what: () => server.output() })
  assert.ok(server.running)
  server.kill('SIGTERM')
  assert.is((await server.exited).code, 0)
})

test.run()
