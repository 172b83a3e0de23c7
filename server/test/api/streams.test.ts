import { request as httpRequest, type IncomingMessage } from 'node:http'
import { NEVER, Subject } from 'rxjs'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { suite } from '../../../test/support/suite.js'
import { sleep, until } from '../../../test/support/until.js'
import type { PreviewFrame } from '../../src/core/server-port.js'
import type { FakePort } from './fake-port.js'
import { type FakeApi, fakeApi, logIn, openSocket } from './support.js'

const test = suite('streams')

interface Reader {
  readonly response: IncomingMessage
  text(): string
  ids(): number[]
  close(): void
}

/** Opens GET /events, and reads it until it is closed. */
function readEvents(fake: FakeApi, path: string, headers: Record<string, string>): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: fake.tcpPort, path, headers, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
      response.on('error', () => undefined)
      resolve({
        response,
        text: () => text,
        ids: () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)),
        close: () => request.destroy(),
      })
    })
    request.on('error', reject)
    request.end()
  })
}

const note = (port: FakePort, channel: string | null = 'studio', message = 'm') =>
  port.note({ type: 'switch', channel, user: null, message, data: {} })

test('events come as they happen, and behind the last one that the reader has', async () => {
  await using fake = await fakeApi()
  for (let i = 0; i < 5; i++) note(fake.port)
  const now = await readEvents(fake, '/api/v1/events', fake.as('viewer'))
  assert.is(now.response.headers['content-type'], 'text/event-stream; charset=utf-8')
  const again = await readEvents(fake, '/api/v1/events', { ...fake.as('viewer'), 'last-event-id': '3' })
  const all = await readEvents(fake, '/api/v1/events?after=0', fake.as('viewer'))
  note(fake.port)
  await until(() => now.ids().length === 1 && again.ids().length === 3 && all.ids().length === 6)
  assert.equal(now.ids(), [6])
  assert.equal(again.ids(), [4, 5, 6])
  assert.equal(all.ids(), [1, 2, 3, 4, 5, 6])
  const [, data] = /^data: (.*)$/m.exec(now.text())!
  assert.equal(JSON.parse(data!), fake.port.eventsAfter(5).events[0])
  for (const reader of [now, again, all]) reader.close()
})

test('a reader is told that events are gone', async () => {
  await using fake = await fakeApi()
  for (let i = 0; i < 1500; i++) note(fake.port)
  const reader = await readEvents(fake, '/api/v1/events?after=10', fake.as('viewer'))
  await until(() => reader.ids().length === 1000)
  assert.match(reader.text(), /event: lost\ndata: \{"after":10\}/)
  assert.equal(reader.ids().at(-1), 1500)
  reader.close()
})

test('a long replay comes whole, in order, and with what happens meanwhile', async () => {
  await using fake = await fakeApi()
  for (let i = 0; i < 900; i++) note(fake.port, 'studio', 'x'.repeat(2000))
  const reader = await readEvents(fake, '/api/v1/events?after=0', fake.as('viewer'))
  for (let i = 0; i < 50; i++) note(fake.port)
  await until(() => reader.ids().length === 950)
  assert.equal(
    reader.ids(),
    Array.from({ length: 950 }, (_, i) => i + 1),
  )
  reader.close()
})

test('a reader who is limited gets the events of its channels alone', async () => {
  await using fake = await fakeApi()
  const reader = await readEvents(fake, '/api/v1/events', fake.as('chapelOnly'))
  note(fake.port, 'studio', 'of another channel')
  note(fake.port, null, 'of the server')
  note(fake.port, 'chapel')
  await until(() => reader.ids().length > 0)
  assert.equal(reader.ids(), [3])
  reader.close()
})

test('requests for events behind another one on a connection are refused, and leave nothing behind', async () => {
  await using fake = await fakeApi()
  const socket = openSocket(fake.tcpPort)
  socket.on('error', () => undefined).resume()
  const { authorization } = fake.as('viewer')
  const text = `GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${authorization}\r\n\r\n`
  socket.write(text.repeat(50))
  await until(() => fake.port.events$.observed)
  const metric = async () => {
    const { text } = await fake.request('GET', '/metrics', { headers: fake.as('metrics') })
    return /^rxgst_api_event_readers (\d+)$/m.exec(text)![1]
  }
  assert.is(await metric(), '1')
  socket.destroy()
  await until(() => !fake.port.events$.observed, { timeout: 60_000, what: 'the end of all readers' })
  assert.is(await metric(), '0')
  // Behind an answer that has ended it is alone.
  const later = openSocket(fake.tcpPort)
  let got = ''
  later.setEncoding('utf8').on('data', (chunk: string) => void (got += chunk))
  later.write(text.replace('/api/v1/events', '/livez'))
  await until(() => got.includes('ok\n'))
  later.write(text)
  await until(() => got.includes('text/event-stream'))
  later.destroy()
})

/** A port whose preview is what the test sends. */
function previewApi(): Promise<FakeApi & { frames: Subject<PreviewFrame> }> {
  const frames = new Subject<PreviewFrame>()
  return fakeApi({ fake: { preview: () => frames } }).then(fake => Object.assign(fake, { frames }))
}

const frame = (text: string | Buffer, keyframe = false, start = false): PreviewFrame => ({
  bytes: Buffer.from(text),
  start,
  keyframe,
})

const view = (fake: FakeApi, headers: Record<string, string>, path = '/api/v1/channels/studio/preview') =>
  new WebSocket(`${fake.base.replace('http', 'ws')}${path}`, { headers })

/** 'open', or the status with which it was refused. */
const outcome = (socket: WebSocket): Promise<string | number> =>
  new Promise(resolve => {
    socket.on('open', () => resolve('open'))
    socket.on('unexpected-response', (_, response) => resolve(response.resume().statusCode!))
    socket.on('error', () => undefined)
  })

test('a viewer gets the frames as they are, and without viewers nothing is open', async () => {
  await using fake = await previewApi()
  const socket = view(fake, fake.as('viewer'))
  const got: string[] = []
  socket.on('message', data => got.push(String(data)))
  assert.is(await outcome(socket), 'open')
  await until(() => fake.frames.observed)
  for (const text of ['header', 'key', 'next']) fake.frames.next(frame(text))
  await until(() => got.length === 3)
  assert.equal(got, ['header', 'key', 'next'])
  socket.close()
  await until(() => !fake.frames.observed)
})

test('a viewer shows who it is, and comes from our own page', async () => {
  await using fake = await previewApi()
  const { cookie } = await logIn(fake)
  const asPage = (origin?: string) => outcome(view(fake, { cookie: cookie!, ...(origin && { origin }) }))
  assert.is(await outcome(view(fake, {})), 401)
  assert.is(await asPage(), 403)
  assert.is(await asPage('http://evil.example.org'), 403)
  assert.is(await asPage(fake.base), 'open')
  assert.is(await outcome(view(fake, { ...fake.as('viewer'), host: 'evil.example.org' })), 421)
  assert.is(await outcome(view(fake, fake.as('metrics'))), 403)
  assert.is(await outcome(view(fake, fake.as('chapelOnly'))), 404)
  assert.is(await outcome(view(fake, fake.as('viewer'), '/api/v1/channels/nothing/preview')), 404)
  assert.is(await outcome(view(fake, fake.as('viewer'), '/api/v1/channels/studio/preview?side=up')), 404)
  assert.is(await outcome(view(fake, fake.as('viewer'), '/api/v1/events')), 404)
  assert.is((await fake.request('GET', '/api/v1/channels/studio/preview', { headers: fake.as('viewer') })).status, 426)
})

test('there are 16 viewers at most', async () => {
  await using fake = await previewApi()
  const sockets = Array.from({ length: 17 }, () => view(fake, fake.as('viewer')))
  const outcomes = await Promise.all(sockets.map(outcome))
  assert.is(outcomes.filter(result => result === 'open').length, 16)
  assert.is(outcomes.filter(result => result === 503).length, 1)
  for (const socket of sockets) socket.terminate()
})

test('a viewer whose session is over sees no more', async () => {
  await using fake = await previewApi()
  const page = await logIn(fake)
  const socket = view(fake, { cookie: page['cookie']!, origin: fake.base })
  assert.is(await outcome(socket), 'open')
  const closed = new Promise<number>(resolve => socket.on('close', resolve))
  await fake.request('DELETE', '/api/v1/session', { headers: page })
  assert.is(await closed, 4401)
})

test('the server stops also while a viewer does not answer', async () => {
  const fake = await previewApi()
  const socket = view(fake, fake.as('viewer'))
  assert.is(await outcome(socket), 'open')
  const { text } = await fake.request('GET', '/metrics', { headers: fake.as('metrics') })
  assert.match(text, /^rxgst_api_previews 1$/m)
  socket.pause()
  const from = performance.now()
  await fake.api.close()
  assert.ok(performance.now() - from < 15_000)
  socket.resume()
  socket.terminate()
})

test('a viewer that has vanished without a word makes room, also where nothing is sent', async () => {
  let now = 0
  await using fake = await fakeApi({ fake: { preview: () => NEVER }, now: () => now })
  const url = `${fake.base.replace('http', 'ws')}/api/v1/channels/studio/preview`
  const [gone, there] = [false, true].map(autoPong => new WebSocket(url, { headers: fake.as('viewer'), autoPong }))
  assert.equal(await Promise.all([gone!, there!].map(outcome)), ['open', 'open'])
  let [closed, pings] = [false, 0]
  for (const socket of [gone!, there!]) socket.on('ping', () => pings++)
  gone!.on('error', () => undefined).on('close', () => (closed = true))
  now = 16_000
  await until(() => pings === 2, { timeout: 60_000, what: 'a ping of each' })
  // The answer of the other one arrives meanwhile.
  await sleep(1000)
  now = 32_000
  await until(() => closed, { timeout: 60_000, what: 'the end of the viewer that does not answer' })
  const { text } = await fake.request('GET', '/metrics', { headers: fake.as('metrics') })
  assert.match(text, /^rxgst_api_previews 1$/m)
  assert.is(there!.readyState, WebSocket.OPEN)
  there!.terminate()
})

test('a viewer that sends is none', async () => {
  await using fake = await previewApi()
  const socket = view(fake, fake.as('viewer'))
  assert.is(await outcome(socket), 'open')
  socket.on('error', () => undefined)
  const closed = new Promise<number>(resolve => socket.on('close', resolve))
  socket.send(Buffer.alloc(100_000))
  assert.ok([1006, 1009].includes(await closed))
})

test.run()
