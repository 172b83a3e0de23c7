import * as assert from 'uvu/assert'
import { exec } from '../../../test/support/child.js'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { fakeApi, openSocket } from './support.js'

// Clients that offer another protocol, as those of HTTP/2 in plain text do with their first request.
const test = suite('upgrades', { timeout: 60_000 })

const OFFER = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'

test('an offer of HTTP/2 is answered as if it was none, and the connection goes on', async () => {
  await using fake = await fakeApi()
  const socket = openSocket(fake.tcpPort)
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
  const answers = () => text.split('HTTP/1.1 200 ').length - 1
  for (const most of [1, 2, 3]) {
    socket.write(`GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n${most === 3 ? '' : OFFER}\r\n`)
    await until(() => answers() === most, { what: () => `answer ${most}: ${text}` })
  }
  assert.not.match(text, /^connection: close/im)
  socket.destroy()
})

test('with a body too, which may come in pieces', async () => {
  await using fake = await fakeApi()
  const socket = openSocket(fake.tcpPort)
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
  const body = JSON.stringify({ input: 'standby' })
  socket.write(
    `POST /api/v1/channels/studio:switch HTTP/1.1\r\nHost: 127.0.0.1\r\n${OFFER}` +
      `Authorization: ${fake.as('operator')['authorization']}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  )
  setTimeout(() => socket.write(body.slice(5)), 300)
  await until(() => text.startsWith('HTTP/1.1 '))
  assert.match(text, /^HTTP\/1\.1 200 /, text)
  socket.destroy()
})

test('what is asked of other requests is asked of these', async () => {
  await using fake = await fakeApi()
  const status = async (request: string) =>
    /^HTTP\/1\.1 (\d+)/.exec(await fake.raw(`${request}\r\n${OFFER.replace('Upgrade,', 'close, Upgrade,')}\r\n`))?.[1]
  assert.is(await status('GET /api/v1/channels HTTP/1.1\r\nHost: 127.0.0.1'), '401')
  assert.is(await status('GET /livez HTTP/1.1\r\nHost: evil.example'), '421')
  assert.is(await status('GET /livez HTTP/1.1\r\nHost: 127.0.0.1'), '200')
})

test('curl with --http2 is a client like others', async () => {
  await using fake = await fakeApi()
  const { stdout } = await exec('curl', ['-sS', '--http2', `${fake.base}/livez`])
  assert.is(stdout.toString(), 'ok\n')
})

test.run()
