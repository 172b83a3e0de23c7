import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { createServer, type Server, type TlsOptions } from 'node:tls'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'
import { startNginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { playing, publishing, refusal } from './graphs'

const test = suite('rxrtmpsrc and rxrtmpsink over TLS', { timeout: 60_000 })

const TLS = path.resolve(__dirname, '../../../../test/support/peers/tls')
const read = (name: string): Buffer => readFileSync(path.join(TLS, name))

async function listening(
  options: TlsOptions,
  on: Parameters<typeof createServer>[1],
): Promise<{ server: Server; port: number }> {
  const server = createServer(options, on)
  server.on('tlsClientError', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

test('a certificate that nobody vouches for: refused before a key is sent, and what is wrong with it', async () => {
  let bytes = 0
  const { server, port } = await listening({ key: read('key.pem'), cert: read('cert.pem') }, socket => {
    socket.on('data', data => (bytes += data.length)).on('error', () => {})
  })
  for (const graph of [playing, publishing]) {
    const { code, message } = await refusal(graph(`rtmps://localhost:${port}/live/secretkey`))
    assert.is(code, 'ERR_TLS')
    assert.match(message, /certificate is not accepted: .*nobody whom this machine trusts has signed it/)
    assert.not.match(message, /secretkey/)
  }
  assert.is(bytes, 0)
  server.close()
})

test('a server that speaks no TLS', async () => {
  await using nginx = await startNginx()
  const error = await refusal(playing(nginx.url('x').replace('rtmp:', 'rtmps:'), 3))
  assert.is(error.code, 'ERR_TLS')
})

const [ALERT, APPLICATION_DATA] = [21, 23]

/** Type and length of each TLS record. */
function records(bytes: Buffer): [type: number, length: number][] {
  const found: [number, number][] = []
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3))
    found.push([bytes[at]!, bytes.readUInt16BE(at + 3)])
  return found
}

/** Whether the last thing that a client said is that it ends: TLS 1.3 hides an alert's type, but not its length. */
function saysGoodbye(bytes: Buffer): boolean {
  const [type, length] = records(bytes).at(-1) ?? []
  return type === ALERT || (type === APPLICATION_DATA && length === 2 + 1 + 16)
}

/** Whether a process may have its own view of the file system, in which it trusts whom we like. */
const mayTrust = spawnSync('unshare', ['-m', 'true']).status === 0

const trusted = mayTrust ? test : test.skip
trusted('a certificate that is vouched for: published and played; of another host it is not taken', async () => {
  await using nginx = await startNginx()
  const pair = { key: read('localhost-key.pem'), cert: read('localhost-cert.pem') }
  const { server, port } = await listening(pair, socket => {
    const beyond = connect(nginx.port, '127.0.0.1')
    for (const end of [socket, beyond]) end.on('error', () => (socket.destroy(), beyond.destroy()))
    socket.pipe(beyond).pipe(socket)
  })
  // The bytes of the clients as they are on the wire.
  const said: Buffer[] = []
  const wire = createTcpServer({ allowHalfOpen: true }, socket => {
    const index = said.push(Buffer.alloc(0)) - 1
    const beyond = connect(port, '127.0.0.1')
    for (const end of [socket, beyond]) end.on('error', () => (socket.destroy(), beyond.destroy()))
    socket.on('data', data => (said[index] = Buffer.concat([said[index]!, data])))
    socket.pipe(beyond).pipe(socket)
  })
  await new Promise<void>(resolve => wire.listen(0, '127.0.0.1', resolve))
  // What GnuTLS trusts is one file on Debian.
  const trust = `mount --bind "$1" /etc/ssl/certs/ca-certificates.crt && exec "$2" "$3" "$4"`
  const program = path.resolve(__dirname, 'tls-program.js')
  const given = [path.join(TLS, 'localhost-cert.pem'), process.execPath, program]
  given.push(`rtmps://localhost:${(wire.address() as AddressInfo).port}/live/key1`)
  const { stdout } = await exec('unshare', ['-m', 'sh', '-c', trust, 'sh', ...given], {
    timeout: 50_000,
  }).finally(() => [server, wire].forEach(it => it.close()))
  assert.match(stdout.toString(), /^live, live, \d{2,} pictures; .*it is for another host/)
  // The publisher's; what a player did not read of a stream that goes on resets its connection.
  await until(() => saysGoodbye(said[0]!), { what: () => `a goodbye: ${JSON.stringify(records(said[0]!).slice(-3))}` })
})

test.run()
