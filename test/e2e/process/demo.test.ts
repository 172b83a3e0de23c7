// suite: deep
//
// The demo as `npm start` runs it, with its output into a pipe.
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { start, type Child } from '../../support/child'
import { decodeFrames, probe, publish } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { suite } from '../../support/suite'
import { until } from '../../support/until'

const test = suite('the demo', { timeout: 90_000 })

const script = join(__dirname, '../../../../scripts/start.mjs')
const demo = (...args: string[]): Child => start(process.execPath, [script, ...args])

interface Status {
  event: 'status'
  uptime: number
  fpsIn: number
  fpsOut: number
  kbitIn: number
  kbitOut: number
  latency: number | null
  drops: number
  stateIn: string
  stateOut: string
}
interface Start {
  event: 'start'
  port: number | null
  programme?: string
  relay?: string
}

/** What it wrote to standard output so far: an object a line. The last line may not be whole. */
function events(child: Child): (Status | Start)[] {
  const lines = child
    .output()
    .split('\n')
    .slice(0, -1)
    .filter(line => line.startsWith('{'))
  return lines.map(line => JSON.parse(line) as Status | Start)
}
const statuses = (child: Child): Status[] => events(child).filter((one): one is Status => one.event === 'status')
const flowing = (child: Child): boolean => statuses(child).some(({ fpsIn, fpsOut }) => fpsIn > 0 && fpsOut > 0)

/** Its first line, once pictures have gone the whole way. */
async function running(child: Child): Promise<Start> {
  await until(() => flowing(child) || !child.running, { timeout: 40_000, what: () => `pictures\n${child.output()}` })
  assert.ok(child.running, child.output())
  return events(child).find((one): one is Start => one.event === 'start')!
}

test('relays a programme of its own, tells how it goes, and ends by itself', async () => {
  const port = await freePort()
  await using child = demo('--seconds', '14', '--port', String(port))
  const { relay, programme } = await running(child)
  assert.equal([programme, relay], [`rtmp://127.0.0.1:${port}/live/programme`, `rtmp://127.0.0.1:${port}/live/relay`])
  const { video, audio } = await probe(relay!, { timeout: 20_000 })
  assert.equal([video?.codec_name, video?.width, video?.height, video?.r_frame_rate], ['h264', 1280, 720, '30/1'])
  assert.equal([audio?.codec_name, audio?.sample_rate, audio?.channels], ['aac', '44100', 2])

  const { code } = await child.exited
  assert.is(code, 0, child.output())
  const all = statuses(child)
  assert.ok(all.length >= 3, `${all.length} lines in 14 s`)
  const good = ({ fpsIn, fpsOut, kbitIn, kbitOut, stateIn, stateOut }: Status): boolean =>
    fpsIn > 0 && fpsOut > 0 && kbitIn > 0 && kbitOut > 0 && stateIn === 'live' && stateOut === 'live'
  // From the first pictures on, but for one in which the machine stood still.
  const later = all.slice(all.findIndex(good))
  assert.ok(later.length >= 2 && later.filter(one => !good(one)).length <= 1, child.output())
  assert.ok(
    all.some(({ latency }) => latency !== null && latency > 0 && latency < 5000),
    'the number burnt in is read',
  )
  assert.match(child.errors(), /ffplay .*rtmp:\/\/127\.0\.0\.1:\d+\/live\/relay/)
  assert.match(child.errors(), /vlc .*rtmp:\/\/127\.0\.0\.1:\d+\/live\/relay/)
})

test('draws on what it relays', async () => {
  await using child = demo('--port', String(await freePort()), '--size', '640x360')
  const { relay } = await running(child)
  const [frame] = await decodeFrames(relay!, 'rgb24', { frames: 1, timeout: 30_000 })
  // Inside the label of the banner, which is turquoise; the programme has near black there.
  const at = (300 * 640 + 24) * 3
  const [red, green, blue] = frame!.data.subarray(at, at + 3)
  assert.ok(red! < 130 && green! > 170 && blue! > 150, `${red} ${green} ${blue}`)
})

test('ends cleanly at the first SIGINT or SIGTERM', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    await using child = demo('--port', String(await freePort()), '--size', '320x180')
    await running(child)
    const from = performance.now()
    child.kill(signal)
    const { code } = await child.exited
    assert.is(code, 0, child.output())
    assert.ok(performance.now() - from < 10_000, `${signal}: ${performance.now() - from} ms`)
  }
})

test('ends at once at the second SIGINT', async () => {
  await using child = demo('--port', String(await freePort()), '--size', '320x180')
  await running(child)
  child.kill('SIGINT')
  child.kill('SIGINT')
  const { code, signal } = await child.exited
  // The two may arrive as one.
  assert.ok(code === 130 || code === 0, `${code} ${signal}`)
})

test('takes a free port where its own is taken', async () => {
  const port = await freePort()
  await using _taken = await occupy(port)
  await using child = demo('--port', String(port), '--size', '320x180')
  const started = await running(child)
  assert.is.not(started.port, port)
  assert.match(child.errors(), new RegExp(`${port} is taken`))
  assert.is((await probe(started.relay!, { timeout: 20_000 })).video?.codec_name, 'h264')
})

test('relays between servers, also without sound, to several targets', async () => {
  await using nginx = await startNginx()
  await using _camera = await publish(nginx.url('camera'), { size: '320x180', fps: 25, audio: null })
  await nginx.published('camera')
  await using child = demo('--in', nginx.url('camera'), '--out', nginx.url('one'), '--out', nginx.url('two'))
  const { port } = await running(child)
  assert.is(port, null, 'no server of its own')
  for (const name of ['one', 'two']) {
    const { video, audio } = await probe(nginx.url(name), { timeout: 20_000 })
    assert.equal([video?.width, video?.height, video?.r_frame_rate, audio?.codec_name], [320, 180, '25/1', 'aac'])
  }
  assert.not.match(child.output(), /camera|live\/one/, 'the names of streams may be keys')
  child.kill('SIGINT')
  assert.is((await child.exited).code, 0, child.output())
})

test('a server that is not there: one line, exit code 1', async () => {
  await using child = demo(
    '--in',
    `rtmp://127.0.0.1:${await freePort()}/live/secret-key`,
    '--port',
    String(await freePort()),
  )
  const { code } = await child.exited
  assert.is(code, 1)
  const last = child.errors().trim().split('\n').at(-1)!
  assert.match(last, /^ERR_CONNECTION_REFUSED: .*\. Check host and port/)
  assert.not.match(child.output(), /secret-key/)
})

const MISTAKES: [name: string, ...args: string[]][] = [
  ['an unknown option', '--colour'],
  ['an option without its value', '--size'],
  ['an odd size', '--size', '321x180'],
  ['a size that is none', '--size', 'large'],
  ['a frame rate of nothing', '--fps', '0'],
  ['a bitrate that is none', '--bitrate', 'fast'],
  ['a transport that is none', '--transport', 'tcp'],
  ['a port that is none', '--port', '70000'],
  ['a length that is none', '--seconds', 'ten'],
  ['another protocol', '--in', 'http://localhost/live/camera'],
  ['a URL without a stream', '--out', 'rtmp://localhost/'],
  ['a target twice', '--out', 'rtmp://localhost/live/a', '--out', 'rtmp://localhost/live/a'],
  ['an argument without option', 'rtmp://localhost/live/camera'],
]

for (const [name, ...args] of MISTAKES) {
  test(`${name}: one line, exit code 2`, async () => {
    await using child = demo(...args)
    const { code } = await child.exited
    assert.is(code, 2, child.output())
    assert.is(child.errors().trim().split('\n').length, 1, child.errors())
    assert.is(child.output(), child.errors(), 'nothing has begun')
  })
}

test('--help tells all options', async () => {
  await using child = demo('--help')
  assert.is((await child.exited).code, 0)
  for (const option of ['--in', '--out', '--size', '--fps', '--bitrate', '--transport', '--port', '--seconds']) {
    assert.ok(child.output().includes(option), option)
  }
})

test.run()

async function occupy(port: number): Promise<AsyncDisposable> {
  const server: Server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return { [Symbol.asyncDispose]: () => new Promise<void>(resolve => server.close(() => resolve())) }
}
