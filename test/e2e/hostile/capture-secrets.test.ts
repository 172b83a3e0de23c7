// suite: deep
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { el, pipeline, run, RTMPCapture, type RTMPCaptureOptions } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { inTurn, startRtmpServer, type Behaviour } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { BAD_PEERS } from '../lib/peers'
import { TRANSPORTS } from '../lib/transports'

const test = suite('capture: no secret ever shows', { timeout: 40_000 })

const STREAM = 'planted-key?token=planted-token&user=planted%2Fvalue'
const PLANTED = /planted/i
let nginx: Nginx
let file: string

test.before(async () => {
  nginx = await startNginx()
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 5 })
})
test.after(() => nginx.stop())

const withPassword = (url: string) => url.replace('rtmp://', 'rtmp://somebody:planted-password@')

/** Everything that a capture lets out, as text; stderr of this process too. */
async function everything(
  url: string,
  options: RTMPCaptureOptions,
  use: (capture: RTMPCapture) => Promise<void>,
): Promise<string> {
  const said: unknown[] = []
  const note = (...values: unknown[]) => void said.push(values)
  const write = process.stderr.write
  process.stderr.write = ((chunk: unknown) => (note(String(chunk)), true)) as typeof write
  try {
    const capture = new RTMPCapture(url, {
      connectTimeout: 1500,
      stallTimeout: 1000,
      reconnect: false,
      logger: { debug: note, info: note, warn: note, error: note },
      ...options,
    })
    note(capture)
    capture.state$.subscribe(note)
    capture.frames$.subscribe({ next: frame => (note(frame), frame.close()), error: note })
    await capture.start().catch(note)
    await use(capture)
    await capture.getFrame({ signal: AbortSignal.timeout(2000) }).catch(note)
    await capture.stop()
    await capture.getFrame().catch(note)
    await capture.start().catch(note)
    note(capture, capture.state, capture.info)
  } finally {
    process.stderr.write = write
  }
  const show = (value: unknown) => inspect(value, { depth: 12, showHidden: true, getters: true })
  const stacks = (value: unknown): string =>
    value instanceof Error
      ? `${value.stack} ${JSON.stringify(value)} ${show(value)} ${stacks(value.cause)}`
      : show(value)
  return said.flat().map(stacks).join('\n')
}

function clean(text: string): void {
  const at = text.search(PLANTED)
  assert.is(at, -1, `… ${text.slice(Math.max(0, at - 300), at + 100)} …`)
}

for (const transport of TRANSPORTS) {
  for (const { name, at } of BAD_PEERS) {
    test(`${transport}: ${name}`, async () => {
      await using place = await at(nginx, STREAM)
      const text = await everything(withPassword(place.url), { transport }, async () => {})
      assert.match(text, 'ERR_')
      clean(text)
    })
  }

  for (const how of ['fin', 'rst', 'freeze'] as const) {
    test(`${transport}: live, then ${how}`, async () => {
      await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
      const text = await everything(
        how === 'fin' ? withPassword(server.url(STREAM)) : server.url(STREAM),
        { transport, connectTimeout: 20_000 },
        async capture => {
          await sleep(300)
          server.behave({ kind: 'reject-play' })
          server.cut(how)
          await until(() => capture.state.phase === 'failed')
        },
      )
      assert.match(text, 'is live over')
      clean(text)
    })
  }
}

/** What a server may do to a capture that comes again, each once. It knows the key, and quotes it. */
const TURNS = (): Behaviour[] => [
  { kind: 'serve-file', file, until: 1500, then: 'rst' },
  { kind: 'reject-connect', description: 'no planted-key here, nor planted-token' },
  { kind: 'reject-play' },
  { kind: 'garbage', after: 'handshake' },
  { kind: 'half-handshake' },
  { kind: 'play-garbage-media', what: 'avc-header' },
  { kind: 'serve-file', file, until: 500, then: 'freeze' },
  { kind: 'serve-file', file, loop: true },
]

test('reconnecting, from one fault to the next', async () => {
  await using server = await startRtmpServer(inTurn(...TURNS()))
  const reconnect = { initialDelay: 50, maxDelay: 100 }
  const options = { transport: 'rtmp2', reconnect, connectTimeout: 3000, stallTimeout: 700 } as const
  const states = new Set<string>()
  const text = await everything(withPassword(server.url(STREAM)), options, async capture => {
    capture.state$.subscribe(({ phase, reason }) => void states.add(`${phase} ${reason}`))
    await server.connection(TURNS().length - 1, ({ sent }) => sent > 20, { timeout: 35_000 })
    await until(() => capture.state.phase === 'live')
    await server.stop()
    await until(() => capture.state.phase !== 'live')
  })
  // It was there, in more than one way, and told of it.
  assert.ok([...states].filter(state => state.startsWith('reconnecting ERR_')).length >= 3, [...states].join(', '))
  assert.match(text, 'ERR_')
  clean(text)
})

test('no part of a key is left where a text of the server is cut', async () => {
  const key = 'planted-key'
  const around = (length: number) => Array.from({ length: 15 }, (_, i) => length - 120 + 9 * i)
  for (const length of [...around(512), ...around(8192)]) {
    const description = `${'x'.repeat(length)}${key.repeat(3)}`
    await using server = await startRtmpServer({ kind: 'reject-connect', description })
    const address = { host: '127.0.0.1', port: server.port, application: 'live', stream: key }
    const p = run(pipeline(el('rxrtmpsrc', address), el('fakesink')))
    const said: string[] = []
    p.bus$.subscribe({ next: message => said.push(JSON.stringify(message)), error() {} })
    await p.start().catch((error: Error) => said.push(error.message, JSON.stringify(error)))
    await p.stop()
    assert.ok(said.some(text => text.includes('xxx')))
    for (const text of said) assert.not.match(text, /xpl/, `with ${length} characters`)
  }
})

test('URLs that are refused are not quoted', () => {
  const urls = [
    'http://host/live/planted-key',
    'rtmp://user:planted/pass@host/live/planted-key',
    'rtmp://host/planted-key/',
    'rtmp://host/live/planted key',
    'rtmp://user:planted%zz@host/live/key',
    'rtmp://planted-user:planted-pass@:99999/live/planted',
    'rtmp://host:planted/live/x',
  ]
  for (const url of urls) {
    try {
      new RTMPCapture(url)
      assert.unreachable(url)
    } catch (error) {
      assert.is((error as { code?: string }).code, 'ERR_URL')
      clean(`${(error as Error).message} ${JSON.stringify(error)}`)
    }
  }
})

test.run()
