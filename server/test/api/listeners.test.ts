import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import * as assert from 'uvu/assert'
import { exec, start } from '../../../test/support/child.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir, tempFile } from '../../../test/support/temp.js'
import { sleep, until } from '../../../test/support/until.js'
import { Certificate } from '../../src/api/http/certificate.js'
import { parseListen } from '../../src/api/http/listeners.js'
import type { Problem } from '../../src/core/problem.js'
import { fakeApi, logIn, send } from './support.js'

const test = suite('listeners', { timeout: 60_000 })

const problemOf = async (work: Promise<unknown> | (() => unknown)): Promise<Problem> => {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    return error as Problem
  }
  throw new Error('no problem came')
}

test('addresses are read', () => {
  assert.equal(parseListen('127.0.0.1:8787'), { kind: 'tcp', host: '127.0.0.1', port: 8787 })
  assert.equal(parseListen('[::1]:80'), { kind: 'tcp', host: '::1', port: 80 })
  assert.equal(parseListen(':8787'), { kind: 'tcp', host: '0.0.0.0', port: 8787 })
  assert.equal(parseListen('unix:/run/x.sock'), { kind: 'unix', path: '/run/x.sock' })
  for (const text of ['8787', 'localhost', 'a:b', '127.0.0.1:70000', 'unix:relative', 'http://x:1', '::1:80']) {
    assert.throws(
      () => parseListen(text),
      (error: Problem) => error.code === 'ERR_OPTION',
      text,
    )
  }
})

test('a port that is taken is an error with a remedy, or is left for the next one', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await until(() => other.address())
  const { port } = other.address() as { port: number }
  const listen = [`127.0.0.1:${port}`]
  const problem = await problemOf(fakeApi({ listen }))
  assert.is(problem.code, 'ERR_PORT_TAKEN')
  assert.match(problem.remedy, 'server.listen')
  {
    await using next = await fakeApi({ listen, freePort: true })
    assert.ok(next.tcpPort > port)
  }
  // An address that cannot be opened leaves none of the others open.
  const free = tempFile('first.sock')
  await problemOf(fakeApi({ listen: [`unix:${free}`, ...listen] }))
  assert.not.ok(existsSync(free))
  other.close()
})

test('several addresses answer at once', async () => {
  const path = tempFile('rxgst.sock')
  await using fake = await fakeApi({ listen: ['127.0.0.1:0', '[::1]:0', `unix:${path}`] })
  assert.is(fake.api.addresses.length, 3)
  assert.is((await fake.request('GET', '/livez')).status, 200)
  assert.is(await (await fetch(`${fake.api.addresses[1]}/livez`)).text(), 'ok\n')
  assert.is((await send(0, 'GET', '/livez', { socketPath: path })).status, 200)
})

test('who may open the Unix socket is an admin, and needs no origin', async () => {
  const path = tempFile('rxgst.sock')
  await using fake = await fakeApi({ listen: ['127.0.0.1:0', `unix:${path}`] })
  assert.is(statSync(path).mode & 0o777, 0o660)
  const session = await send(0, 'GET', '/api/v1/session', { socketPath: path })
  assert.equal(session.json, { user: 'socket', role: 'admin', channels: null, expiresAt: null, fleet: false })
  assert.is((await send(0, 'POST', '/api/v1/channels/studio:stop', { socketPath: path })).status, 200)
  assert.is((await fake.request('GET', '/api/v1/channels')).status, 401, 'an address is no socket')
})

test('the socket of a server that was killed is taken over; one that answers, and a file, are not', async () => {
  const folder = tempDir()
  const path = join(folder, 'rxgst.sock')
  const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('listens'))`
  const child = start(process.execPath, ['-e', code])
  await until(() => child.output().includes('listens'))
  assert.is((await problemOf(fakeApi({ listen: [`unix:${path}`] }))).code, 'ERR_PORT_TAKEN')
  child.kill('SIGKILL')
  await child.exited
  assert.ok(existsSync(path))
  {
    await using fake = await fakeApi({ listen: [`unix:${path}`, '127.0.0.1:0'] })
    assert.ok(fake)
    assert.is((await send(0, 'GET', '/livez', { socketPath: path })).status, 200)
  }
  assert.not.ok(existsSync(path))
  writeFileSync(path, 'precious')
  assert.is((await problemOf(fakeApi({ listen: [`unix:${path}`] }))).code, 'ERR_PORT_TAKEN')
  assert.ok(statSync(path).isFile())
})

/** Makes a certificate and its key, by the names of the files. */
function makePair(folder: string, name: string): { cert: string; key: string } {
  const pair = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) }
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', pair.key, '-out', pair.cert],
    ],
    { stdio: 'ignore' },
  )
  return pair
}

/** Whose certificate a server shows. */
const nameAt = (port: number, more: ConnectionOptions = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...more }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
    socket.on('error', reject)
  })

test('TLS of two files; cookies are for TLS alone', async () => {
  const folder = tempDir()
  const { cert } = makePair(folder, 'first')
  await using fake = await fakeApi({ folder, server: '  tls: { cert: first.pem, key: first.key }\n' })
  assert.match(fake.base, /^https:/)
  const curl = (...args: string[]) =>
    exec('curl', ['-sS', '-i', '--cacert', cert, ...args]).then(({ stdout }) => stdout.toString())
  const body = ['-H', 'content-type: application/json', '-d', '{"user":"anna","password":"correct horse battery"}']
  const reply = await curl(...body, `${fake.base}/api/v1/session`)
  assert.match(reply, /set-cookie: __Host-rxgst_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; .*; Secure/i)
  assert.match(reply, /strict-transport-security/i)
  for (const old of [
    ['--tls-max', '1.1'],
    ['--tls-max', '1.2', '--ciphers', 'ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256'],
  ]) {
    const { message } = await problemOf(exec('curl', ['-sS', ...old, '-k', `${fake.base}/livez`]))
    assert.match(message, /exited with \d+/)
  }
  const better = ['--tls-max', '1.2', '--ciphers', 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256']
  assert.match(await curl(...better, `${fake.base}/livez`), /200/)
})

test('a certificate that changes is shown at once; one that is broken is not', async () => {
  const folder = tempDir()
  const first = makePair(folder, 'first')
  const second = makePair(folder, 'second')
  const { createServer: createTlsServer } = await import('node:https')
  const faults: Problem[] = []
  const certificate = new Certificate(first, problem => faults.push(problem), 20)
  const server = createTlsServer(certificate.options).listen(0, '127.0.0.1')
  await until(() => server.address())
  const { port } = server.address() as { port: number }
  certificate.serve(server)
  const weak = { ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256', maxVersion: 'TLSv1.2' } as const
  assert.is(await nameAt(port), 'first')
  renameSync(second.key, first.key)
  renameSync(second.cert, first.cert)
  await until(async () => (await nameAt(port)) === 'second')
  assert.is(await nameAt(port, weak).catch(() => 'refused'), 'refused')
  writeFileSync(first.key, 'no key')
  const seen = faults.length
  await until(() => faults.length > seen)
  assert.is(faults.at(-1)!.code, 'ERR_TLS')
  assert.not.match(faults.at(-1)!.message, 'no key')
  assert.is(await nameAt(port), 'second')
  certificate.close()
  server.close()
})

test('a certificate that cannot be looked at costs nothing but the word that it is so', async () => {
  const folder = join(tempDir(), 'live')
  mkdirSync(folder)
  const files = makePair(folder, 'first')
  const faults: Problem[] = []
  const certificate = new Certificate(files, problem => faults.push(problem), 20)
  const { pair } = certificate
  // A path through what is no folder is neither there nor missing: the system refuses the look itself.
  renameSync(folder, `${folder}-old`)
  writeFileSync(folder, '')
  await until(() => faults.length > 0)
  await sleep(200)
  assert.equal(
    faults.map(({ code, message }) => `${code} ${/\((.*)\)/.exec(message)?.[1]}`),
    ['ERR_TLS ENOTDIR'],
    'told once',
  )
  assert.is(certificate.pair, pair)
  const told = await problemOf(() => new Certificate(files, () => {}))
  assert.is(told.code, 'ERR_TLS', 'at the start')
  renameSync(folder, `${folder}-file`)
  renameSync(`${folder}-old`, folder)
  await until(() => certificate.pair !== pair)
  assert.is(faults.length, 1)
  certificate.close()
})

test('a certificate whose rights are put right is taken, though its text is as before', async () => {
  const files = makePair(tempDir(), 'first')
  const certificate = new Certificate(files, () => {}, 20)
  const { pair } = certificate
  chmodSync(files.key, 0o640)
  await until(() => certificate.pair !== pair)
  certificate.close()
})

test('a TLS pair that is none is told at the start', async () => {
  const server = '  tls: { cert: none.pem, key: none.key }\n'
  assert.is((await problemOf(fakeApi({ server }))).code, 'ERR_TLS')
})

test('behind a proxy that is trusted, its word on TLS and on the client counts', async () => {
  await using fake = await fakeApi({ server: '  trustedProxies: [127.0.0.0/8]\n  hosts: [live.example.org]\n' })
  const headers = {
    host: 'live.example.org',
    origin: 'https://live.example.org',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '203.0.113.9, 192.0.2.4, 127.0.0.2',
  }
  const body = { user: 'anna', password: 'correct horse battery' }
  const reply = await fake.request('POST', '/api/v1/session', { headers, body })
  assert.is(reply.status, 200, reply.text)
  assert.match(reply.headers['set-cookie']![0]!, /^__Host-.*Secure/)
  assert.equal(fake.port.eventsAfter(0).events[0]!.data, { address: '192.0.2.4' })
  assert.ok(await logIn(fake))
  assert.is((await problemOf(fakeApi({ server: '  trustedProxies: [nonsense]\n' }))).code, 'ERR_OPTION')
})

test.run()
