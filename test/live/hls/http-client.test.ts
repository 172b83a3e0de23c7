import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { systemClock } from '../../../src/core/clock'
import { RxGstError } from '../../../src/index'
import { AddressRules } from '../../../src/live/hls/address-rules'
import { HttpClient, type Request } from '../../../src/live/hls/http-client'
import { httpError } from '../../../src/live/hls/http-error'
import { suite } from '../../support/suite'

// Every bound of a request, against servers that go beyond it.
const test = suite('hls: requests', { timeout: 20_000 })

type Answer = (response: ServerResponse, request: IncomingMessage, origin: string) => void

const REQUEST: Request = { what: 'the playlist', mostBytes: 1000, deadlineMs: 10_000, packed: true }

async function asked(answer: Answer, wanted: Partial<Request> = {}, login: string | null = null): Promise<string> {
  let origin = ''
  const server = createServer((request, response) => {
    response.on('error', () => {})
    answer(response, request, origin)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = new URL(`${origin}/live.m3u8`)
  const rules = new AddressRules(url, [], 'http://shown')
  const client = new HttpClient({ rules, display: 'http://shown', login, clock: systemClock })
  try {
    const { body } = await client.get(url, { ...REQUEST, ...wanted })
    return body.toString()
  } catch (error) {
    assert.instance(error, RxGstError)
    const { code, message } = error as RxGstError
    assert.not.match(message, /127\.0\.0\.1|live\.m3u8/)
    return `${code}: ${message}`
  } finally {
    client.close()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
}

test('a body, packed or not', async () => {
  assert.is(await asked(response => void response.end('text')), 'text')
  const packed = await asked(response =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a'.repeat(900))),
  )
  assert.is(packed.length, 900)
})

test('a range, also from a server that knows none', async () => {
  const range = { offset: 3, length: 4 }
  const all = '0123456789'
  assert.is(await asked(response => void response.end(all), { range }), '3456')
  const partial = (from: number): Answer => {
    return response => response.writeHead(206, { 'content-range': `bytes ${from}-${from + 3}/10` }).end('3456')
  }
  assert.is(await asked(partial(3), { range }), '3456')
  assert.match(await asked(partial(4), { range }), /^ERR_BAD_STREAM: .*another range/)
  assert.match(await asked(response => void response.end('0123'), { range }), /^ERR_CONNECTION_LOST: .*shorter/)
})

test('too many bytes: announced, sent without an end, and packed', async () => {
  assert.match(
    await asked(response => response.writeHead(200, { 'content-length': 100_000_000 }).end('a')),
    /^ERR_BAD_STREAM: .*more than 1000 bytes/,
  )
  const endless: Answer = response => {
    const more = (): void => void (response.destroyed || response.write('a'.repeat(100), () => setImmediate(more)))
    more()
  }
  assert.match(await asked(endless), /^ERR_BAD_STREAM: .*more than 1000 bytes/)
  const bomb = gzipSync(Buffer.alloc(500_000))
  assert.match(
    await asked(response => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)),
    /^ERR_BAD_STREAM: .*unpacks to more than 1000 bytes/,
  )
  assert.match(
    await asked(response => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip')),
    /^ERR_BAD_STREAM: .*cannot be unpacked/,
  )
})

test('a server that sends a byte now and then, or nothing, is left', async () => {
  const slow: Answer = response => {
    const timer = setInterval(() => response.write('a'), 50)
    response.on('close', () => clearInterval(timer))
  }
  assert.match(await asked(slow, { deadlineMs: 500 }), /^ERR_CONNECT_TIMEOUT/)
  assert.match(await asked(() => {}, { deadlineMs: 500 }), /^ERR_CONNECT_TIMEOUT/)
})

test('redirects: some are followed, and none into a circle or elsewhere', async () => {
  const to = (location: string): Answer => {
    return (response, { url }) =>
      void (url === '/live.m3u8' ? response.writeHead(302, { location }).end() : response.end('there'))
  }
  assert.is(await asked(to('/other')), 'there')
  assert.match(await asked(to('/live.m3u8')), /^ERR_PLAY_REJECTED: .*redirects/)
  assert.match(await asked(to('file:///etc/passwd')), /^ERR_ADDRESS_REFUSED/)
  assert.match(await asked(to('http://127.0.0.1:1/')), /^ERR_ADDRESS_REFUSED/)
  assert.match(await asked(to('http://192.168.0.1/')), /^ERR_ADDRESS_REFUSED/)
  assert.match(await asked(to('http://localhost:1/')), /^ERR_ADDRESS_REFUSED/)
  assert.match(await asked(response => response.writeHead(302).end()), /^ERR_BAD_STREAM/)
})

test('answers that are none', async () => {
  assert.match(await asked(response => response.writeHead(401).end()), /^ERR_AUTHENTICATION/)
  assert.match(await asked(response => response.writeHead(404).end()), /^ERR_PLAY_REJECTED: .*404/)
  assert.match(await asked(response => void response.socket!.end('SSH-2.0-OpenSSH\r\n')), /^ERR_BAD_STREAM/)
  assert.match(await asked(response => void response.socket!.destroy()), /^ERR_CONNECTION_LOST/)
  const cut: Answer = response => {
    response.writeHead(200, { 'content-length': 100 }).write('a')
    setTimeout(() => response.destroy(), 50)
  }
  assert.match(await asked(cut), /^ERR_CONNECTION_LOST/)
  const other: Answer = ({ socket }) =>
    void socket!.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n')
  assert.match(await asked(other), /^ERR_CONNECTION_LOST/)
})

test('a certificate is the same at the next attempt; another fault of TLS may pass', () => {
  const told = (code: string): readonly unknown[] => {
    const error = httpError(Object.assign(new Error(), { code }), 'the playlist')
    return [error.code, error.retryable]
  }
  for (const code of ['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'])
    assert.equal(told(code), ['ERR_TLS', false], code)
  for (const code of ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER']) assert.equal(told(code), ['ERR_TLS', true], code)
  assert.equal(told('ECONNRESET'), ['ERR_CONNECTION_LOST', true])
})

test('user and password go to the own server alone', async () => {
  const seen: Answer = (response, { headers }) => void response.end(headers.authorization ?? 'none')
  assert.is(await asked(seen, {}, 'user:word'), `Basic ${Buffer.from('user:word').toString('base64')}`)
  assert.is(await asked(seen), 'none')
  const rules = new AddressRules(new URL('https://a.example/live.m3u8'), [], '')
  assert.is(rules.permit(new URL('https://b.example/1.ts')).own, false)
})

test('what playlists may name', () => {
  const from = new URL('https://a.example/live/list.m3u8')
  const resolve = (reference: string, hosts: readonly string[] = []): string => {
    try {
      return new AddressRules(from, hosts, '').resolve(reference, from).href
    } catch (error) {
      return (error as RxGstError).code
    }
  }
  assert.is(resolve('1.ts?a=b'), 'https://a.example/live/1.ts?a=b')
  assert.is(resolve('https://cdn.example/1.ts'), 'https://cdn.example/1.ts')
  assert.is(resolve('https://user:word@cdn.example/1.ts'), 'https://cdn.example/1.ts')
  for (const refused of [
    'http://a.example/1.ts',
    'file:///etc/passwd',
    'data:,x',
    'ftp://a.example/1',
    'https://10.0.0.1/1.ts',
    'https://[::1]/1.ts',
    'https://2130706433/1.ts',
    'https://[::ffff:7f00:1]/1.ts',
  ])
    assert.is(resolve(refused), 'ERR_ADDRESS_REFUSED', refused)
  assert.is(resolve('https://10.0.0.1:8443/1.ts', ['10.0.0.1:8443']), 'https://10.0.0.1:8443/1.ts')
  assert.is(resolve('https://10.0.0.1/1.ts', ['10.0.0.1:8443']), 'ERR_ADDRESS_REFUSED')
  assert.is(resolve('https://10.0.0.1/1.ts', ['*']), 'https://10.0.0.1/1.ts')
  assert.is(resolve('https://['), 'ERR_BAD_STREAM')
  assert.is(resolve('{$name}.ts'), 'ERR_UNSUPPORTED_MEDIA')
})

test.run()
