import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { createServer, type Server } from 'node:tls'
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, RxGstError } from '../../../src/index'
import { exec } from '../../support/child'
import { startNginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'

const test = suite('rtmps')

const TLS = path.resolve(__dirname, '../../../../test/support/peers/tls')
const read = (name: string): Buffer => readFileSync(path.join(TLS, name))

/** A server whose certificate nobody vouches for; counts what it hears behind the handshake. */
async function untrusted(): Promise<{ server: Server; port: number; heard: () => number }> {
  let bytes = 0
  const server = createServer({ key: read('key.pem'), cert: read('cert.pem') }, socket => {
    socket.on('data', data => (bytes += data.length)).on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port, heard: () => bytes }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
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

/** Whether a process may have its own view of the file system, in which it trusts whom we like. */
const mayTrust = spawnSync('unshare', ['-m', 'true']).status === 0

const trusted = mayTrust ? test : test.skip
trusted(
  'a certificate that is vouched for: an output goes live, and a capture takes what it sends; no key in what they say',
  async () => {
    await using nginx = await startNginx()
    const server = createServer({ key: read('localhost-key.pem'), cert: read('localhost-cert.pem') }, socket => {
      const beyond = connect(nginx.port, '127.0.0.1')
      for (const end of [socket, beyond]) end.on('error', () => (socket.destroy(), beyond.destroy()))
      socket.pipe(beyond).pipe(socket)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `rtmps://localhost:${(server.address() as AddressInfo).port}/live/secretkey`
    // What GnuTLS trusts is one file on Debian.
    const trust = `mount --bind "$1" /etc/ssl/certs/ca-certificates.crt && exec "$2" "$3" "$4"`
    const args = [
      '-m',
      'sh',
      '-c',
      trust,
      'sh',
      path.join(TLS, 'localhost-cert.pem'),
      process.execPath,
      path.resolve(__dirname, 'tls-program.js'),
      url,
    ]
    const { stdout, stderr } = await exec('unshare', args, { timeout: 60_000 }).finally(() => server.close())
    const said = stdout.toString()
    assert.match(said, /^live, live, 50 pictures of 320×180\n$/)
    assert.not.match(said + stderr, /secretkey/)
  },
  { timeout: 90_000 },
)

test('librtmp, which checks no certificate, does not get rtmps', () => {
  for (const make of [
    () => new RTMPCapture('rtmps://localhost/live/k', { transport: 'librtmp' }),
    () => new RTMPOutput('rtmps://localhost/live/k', { width: 320, height: 180, transport: 'librtmp' }),
  ]) {
    assert.throws(make, (error: RxGstError) => error.code === 'ERR_OPTION' && error.message.includes('transport'))
  }
})

test.run()
