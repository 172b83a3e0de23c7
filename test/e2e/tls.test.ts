import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { createServer, type Server } from 'node:tls'
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, RxGstError } from '../../src'
import { suite } from '../support/suite'

const test = suite('rtmps')

/** A server whose certificate nobody vouches for; counts what it hears behind the handshake. */
async function untrusted(): Promise<{ server: Server; port: number; heard: () => number }> {
  const read = (name: string): Buffer => readFileSync(path.resolve(__dirname, '../../../test/support/tls', name))
  let bytes = 0
  const server = createServer({ key: read('key.pem'), cert: read('cert.pem') }, (socket) => {
    socket.on('data', (data) => (bytes += data.length)).on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port, heard: () => bytes }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(() => null, (reason: unknown) => reason)
  assert.instance(error, RxGstError)
  return (error as RxGstError).code
}

test('a certificate that nobody vouches for is refused before a key is sent', async () => {
  const { server, port, heard } = await untrusted()
  const url = `rtmps://localhost:${port}/live/secretkey`
  const capture = new RTMPCapture(url)
  assert.is(await codeOf(capture.start()), 'ERR_TLS')
  await capture.stop()
  const output = new RTMPOutput(url, { width: 320, height: 180 })
  assert.is(await codeOf(output.start()), 'ERR_TLS')
  await output.stop()
  assert.is(heard(), 0)
  server.close()
})

test('librtmp, which checks no certificate, does not get rtmps', () => {
  for (const make of [
    () => new RTMPCapture('rtmps://localhost/live/k', { transport: 'librtmp' }),
    () => new RTMPOutput('rtmps://localhost/live/k', { width: 320, height: 180, transport: 'librtmp' }),
  ]) {
    assert.throws(make, (error: RxGstError) => error.code === 'ERR_OPTION' && error.message.includes('transport'))
  }
})

test.run()
