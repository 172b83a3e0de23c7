// suite: deep
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { Subject } from 'rxjs'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import type { PreviewFrame } from '../../src/core/server-port.js'
import { FAKE_CONFIG } from './fake-config.js'
import { type FakeApi, fakeApi, openSocket } from './support.js'

// Clients that do not read, or do not write. What they cost has a bound, and others are answered meanwhile.
const test = suite('slow clients', { timeout: 120_000 })

const get = (fake: FakeApi, path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${fake.as('viewer')['authorization']}\r\n\r\n`

/** Connections that send one request; deaf ones never read. */
function openMany(
  fake: FakeApi,
  count: number,
  text: string,
  deaf: boolean,
): { sockets: Socket[]; closed: () => number } {
  let closed = 0
  const sockets = Array.from({ length: count }, () => {
    const socket = openSocket(fake.tcpPort)
    socket.on('close', () => closed++)
    socket.on('error', () => undefined)
    if (deaf) socket.pause()
    else socket.resume()
    socket.write(text)
    return socket
  })
  return { sockets, closed: () => closed }
}

test('a thousand readers of events that never read are ended, and take little memory', async () => {
  await using fake = await fakeApi({ connections: 1100 })
  const before = process.memoryUsage().rss
  const { sockets } = openMany(fake, 1000, get(fake, '/api/v1/events'), true)
  await until(() => fake.port.events$.observed)
  let most = 0
  const message = 'x'.repeat(16 * 1024)
  await until(
    () => {
      fake.port.note({ type: 'switch', channel: 'studio', user: null, message, data: {} })
      most = Math.max(most, process.memoryUsage().rss - before)
      return !fake.port.events$.observed
    },
    { timeout: 90_000, interval: 5, what: 'the end of all readers' },
  )
  const mib = Math.round(most / 2 ** 20)
  console.log(`1000 readers that never read: ${mib} MiB more at most`)
  // 256 KiB each would be 250 MiB; the rest is both ends of a thousand sockets in one process.
  assert.ok(mib < 500, `${mib} MiB`)
  const reply = await fake.request('GET', '/livez')
  assert.is(reply.status, 200)
  for (const socket of sockets) socket.destroy()
})

test('more connections than allowed are closed at once; the Unix socket has its own', async () => {
  await using fake = await fakeApi({ connections: 100 })
  const { sockets, closed } = openMany(fake, 1000, get(fake, '/api/v1/events'), false)
  await until(() => closed() >= 890)
  assert.ok(closed() <= 900)
  for (const socket of sockets) socket.destroy()
  await until(async () => (await fake.request('GET', '/livez').catch(() => null))?.status === 200)
})

test('who sends a request letter by letter is ended, and does not keep others out', async () => {
  await using fake = await fakeApi()
  const from = performance.now()
  const sockets = Array.from({ length: 50 }, () => {
    const socket = openSocket(fake.tcpPort)
    socket.on('error', () => undefined)
    socket.write('GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n')
    return socket
  })
  let open = sockets.length
  for (const socket of sockets) socket.on('close', () => open--).resume()
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('X')
  }, 500)
  assert.is((await fake.request('GET', '/livez')).status, 200)
  await until(() => open === 0, { timeout: 60_000 })
  clearInterval(drip)
  assert.ok(performance.now() - from > 5000, 'not at once: an honest client may be slow')
})

test('a body that never ends does not wait for ever', async () => {
  await using fake = await fakeApi()
  const socket = openSocket(fake.tcpPort)
  let text = ''
  socket.on('error', () => undefined)
  socket.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
  socket.write(
    `PUT /api/v1/channels/x HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${fake.as('admin')['authorization']}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
  )
  await closed
  assert.not.match(text, /^HTTP\/1\.1 20/)
})

test('a viewer that stops reading loses up to the next keyframe, then is ended', async () => {
  const frames = new Subject<PreviewFrame>()
  let now = 0
  await using fake = await fakeApi({ fake: { preview: () => frames }, now: () => now })
  const socket = new WebSocket(`${fake.base.replace('http', 'ws')}/api/v1/channels/studio/preview`, {
    headers: fake.as('viewer'),
  })
  const got: number[] = []
  socket.on('message', (data: Buffer) => got.push(data.readUInt32BE(0)))
  let ended = false
  socket.on('close', () => (ended = true))
  await until(() => frames.observed)
  let next = 0
  const send = () => {
    const bytes = Buffer.alloc(256 * 1024)
    // A keyframe every ten frames.
    const keyframe = next % 10 === 0
    bytes.writeUInt32BE(next++)
    now += 40
    frames.next({ bytes, start: false, keyframe })
  }
  send()
  await until(() => got.length === 1)
  socket.pause()
  // 50 MiB, more than both kernels hold.
  for (let i = 0; i < 200; i++) {
    send()
    await turn()
  }
  const sent = next
  socket.resume()
  // It goes on at a keyframe, once it has read what it had.
  await until(() => {
    send()
    return got.at(-1)! > sent
  })
  const gaps = got.slice(1).filter((number, at) => number !== got[at]! + 1)
  assert.ok(gaps.length > 0, 'it lost something')
  for (const number of gaps) assert.is(number % 10, 0, `${number} is no keyframe`)

  socket.pause()
  await until(
    () => {
      send()
      return !frames.observed
    },
    { what: 'the end of the viewer' },
  )
  socket.resume()
  await until(() => ended)
})

test('a viewer that was too slow for another stream gets its configurations before its keyframe', async () => {
  const frames = new Subject<PreviewFrame>()
  let now = 0
  await using fake = await fakeApi({ fake: { preview: () => frames }, now: () => now })
  const socket = new WebSocket(`${fake.base.replace('http', 'ws')}/api/v1/channels/studio/preview`, {
    headers: fake.as('viewer'),
  })
  const got: string[] = []
  socket.on('message', (data: Buffer) => got.push(data.toString('latin1', 0, 12).trim()))
  await until(() => frames.observed)
  const send = (name: string, frame: Partial<PreviewFrame> = {}, size = 12) =>
    frames.next({ bytes: Buffer.alloc(size, name.padEnd(12)), start: false, keyframe: false, ...frame })
  send('first start', { start: true })
  await until(() => got.length === 1)
  socket.pause()
  // 50 MiB, more than both kernels hold.
  for (let i = 0; i < 50; i++) {
    send('picture', {}, 1 << 20)
    now += 40
    await turn()
  }
  send('other start', { start: true })
  send('lost', { keyframe: true })
  socket.resume()
  const newest = () => {
    now += 1
    send('torn')
    send('keyframe', { keyframe: true })
    return got.at(-1) === 'keyframe'
  }
  await until(newest)
  const at = got.indexOf('other start')
  assert.is(got[at + 1], 'keyframe')
  assert.not.ok(got.slice(0, at).includes('keyframe'))
  assert.not.ok(got.includes('lost'))
  socket.terminate()
})

test('44 channels are listed quickly', async () => {
  const channels = Array.from(
    { length: 44 },
    (_, i) => `  ch${i}:
    inputs: [{ url: "rtmp://127.0.0.1/live/in${i}" }]
    targets:
      a: { url: rtmp://media.example.org/live, streamKey: key-${i} }
      b: { url: rtmp://media.example.org/other, streamKey: other-${i} }
`,
  )
  const config = `${FAKE_CONFIG.split('channels:')[0]}channels:\n${channels.join('')}`
  await using fake = await fakeApi({ fake: { config } })
  const headers = fake.as('viewer')
  const times: number[] = []
  let bytes = 0
  for (let i = 0; i < 300; i++) {
    const from = performance.now()
    const reply = await fake.request('GET', '/api/v1/channels', { headers })
    times.push(performance.now() - from)
    bytes = reply.bytes.length
    assert.is(reply.json.length, 44)
  }
  times.sort((a, b) => a - b)
  const at = (part: number) => times[Math.floor(times.length * part)]!.toFixed(1)
  console.log(`GET /channels, 44 channels, ${bytes} bytes: median ${at(0.5)} ms, p99 ${at(0.99)} ms`)
})

test.run()
