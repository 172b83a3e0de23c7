// However a process ends: at once, with the status it is to have, without a core, and with nothing that keeps it alive.
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { start } from '../../support/child'
import { makeFile, publishFile } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import type { BusyTask } from './ends-busy-program'
import type { EndsTask } from './ends-program'

const test = suite('the end of a process', { timeout: 60_000 })

const ENCODING = resolve(__dirname, 'ends-program.js')
/** ms; a stop takes 5 s at most. */
const DEADLINE = 15_000

let nginx: Nginx
let file: string
let publisher: Awaited<ReturnType<typeof publishFile>>
test.before(async () => {
  nginx = await startNginx()
  file = await makeFile(tempFile('in.flv'), {
    size: '320x180',
    fps: 25,
    pattern: 'flash',
    bitrate: '300k',
    duration: 5,
    audio: { frequency: 1000 },
  })
  publisher = await publishFile(nginx.url('in'), file, { loop: true })
  await nginx.published('in')
})
test.after(async () => {
  await publisher.stop()
  await nginx.stop()
})

/** Runs the program up to its moment, then lets it end; how, and what it said. */
async function ended(
  task: EndsTask,
  signal?: NodeJS.Signals,
  ready?: () => Promise<unknown>,
): Promise<{ code: number | null; signal: NodeJS.Signals | null; said: string }> {
  await using child = start(process.execPath, [ENCODING, JSON.stringify(task)])
  await until(() => child.output().includes('now\n') || !child.running, { timeout: 30_000, what: () => child.output() })
  await ready?.()
  if (ready && !signal) child.kill('SIGUSR2')
  if (signal) child.kill(signal)
  await until(() => !child.running, { timeout: DEADLINE, what: () => `the process to end; it said ${child.output()}` })
  return { ...(await child.exited), said: child.output() }
}

const live = (name: string): EndsTask => ({ url: nginx.url('in'), output: nginx.url(name), until: 'live', end: 'exit' })

test('live, with an output and a monitor: process.exit keeps its status', async () => {
  const { code, signal } = await ended(live('exit'))
  assert.equal([code, signal], [7, null])
})

test('live: an uncaught error ends it, and is what is said', async () => {
  for (const end of ['throw', 'reject'] as const) {
    const { code, signal, said } = await ended({ ...live(end), end })
    assert.equal([code, signal], [1, null], end)
    assert.match(said, /Error: mine/)
  }
})

test('live: a signal ends it', async () => {
  for (const kind of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const { code, signal } = await ended({ ...live(kind), end: 'signal' }, kind)
    assert.equal([code, signal], [null, kind])
  }
})

test('after stop() nothing keeps it alive', async () => {
  const { code, signal, said } = await ended({ ...live('stop'), end: 'stop' })
  assert.equal([code, signal], [0, null])
  assert.match(said, /stopped\n$/)
})

test('between two attempts: exit, a signal, stop()', async () => {
  await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full' })
  const waiting: EndsTask = { url: server.url(), until: 'reconnecting', end: 'exit' }
  assert.is((await ended(waiting)).code, 7)
  assert.is((await ended({ ...waiting, end: 'signal' }, 'SIGTERM')).signal, 'SIGTERM')
  const { code, said } = await ended({ ...waiting, end: 'stop' })
  assert.is(code, 0, said)
})

test('in a handshake that is never answered: exit, a signal, stop()', async () => {
  await using server = await startRtmpServer({ kind: 'half-handshake' })
  const waiting: EndsTask = { url: server.url(), until: 'connecting', end: 'exit' }
  // The client's half: a version and 1536 bytes. The phase begins before a socket is open.
  const within = (index: number) => () =>
    until(() => (server.connections[index]?.bytesIn ?? 0) >= 1537, {
      timeout: 30_000,
      what: () => `${server.connections.length} connections`,
    })
  assert.is((await ended(waiting, undefined, within(0))).code, 7)
  assert.is((await ended({ ...waiting, end: 'signal' }, 'SIGINT', within(1))).signal, 'SIGINT')
  const { code, said } = await ended({ ...waiting, end: 'stop' }, undefined, within(2))
  assert.is(code, 0, said)
})

test('in a worker that is terminated, and in another after it: the process goes on, and ends by itself', async () => {
  await using child = start(process.execPath, [
    ENCODING,
    JSON.stringify({ ...live('worker'), end: 'signal' }),
    'worker',
  ])
  await until(() => !child.running, { timeout: 40_000, what: () => `the process to end; it said ${child.output()}` })
  const { code, signal } = await child.exited
  assert.equal([code, signal], [0, null], child.output())
  const one = 'now\nworker ended with 1\nterminated\n'
  assert.is(child.output(), one + one)
})

test(
  'busy with captures, an output, a graph and a monitor: however it ends, in a worker or not, nothing aborts',
  async () => {
    const ways: [end: BusyTask['end'], code: number, said: RegExp][] = [
      ['terminate', 0, /^worker ended with 1\nterminated\n$/],
      ['worker-exit', 0, /^worker ended with 7\n$/],
      ['worker-throw', 0, /^worker: mine\nworker ended with 1\n$/],
      ['exit', 7, /^$/],
      ['throw', 1, /Error: mine/],
      ['terminate', 0, /^worker ended with 1\nterminated\n$/],
    ]
    const end = async ([how, code, said]: (typeof ways)[number], index: number): Promise<void> => {
      const task: BusyTask = {
        url: nginx.url('in'),
        output: nginx.url(`busy${index}`),
        end: how,
        after: 20 + index * 30,
      }
      await using child = start(process.execPath, [resolve(__dirname, 'ends-busy-program.js'), JSON.stringify(task)])
      await until(() => !child.running, {
        timeout: 50_000,
        what: () => `the process to end (${how}); it said ${child.output()}`,
      })
      assert.equal(await child.exited, { code, signal: null }, `${how}: ${child.output()}`)
      assert.match(child.output(), said, `${how}: ${child.output()}`)
    }
    for (const half of [0, 1])
      await Promise.all(ways.map((way, index) => (index % 2 === half ? end(way, index) : null)))
  },
  { timeout: 120_000 },
)

test.run()
