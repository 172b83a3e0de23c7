import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import type { Problem } from '../../src/core/problem.js'
import { fakeApi, openSocket, send } from './support.js'

// The door of those who end a process that does not answer.
const test = suite('probes', { timeout: 120_000 })

const PROBES = ['127.0.0.1:0']
const exitOf = (code: string): Promise<number | null> =>
  new Promise(resolve => spawn(process.execPath, ['-e', code]).on('close', resolve))
const portOf = (address: string | undefined): number => Number(new URL(address!).port)

test('it answers while clients that never read have all of the page’s connections; these end at last', async () => {
  const connections = 20
  await using fake = await fakeApi({ connections, stalledMs: 10_000, probes: PROBES })
  // More than both kernels hold.
  const text = 'GET /api/swagger-ui.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(20)
  let closed = 0
  const sockets = Array.from({ length: connections }, () => {
    const socket = openSocket(fake.tcpPort)
    socket.on('error', () => undefined)
    // A socket that is not read tells of its end only when it is.
    socket.once('readable', () => undefined)
    socket.pause()
    socket.write(text)
    return socket
  })
  await until(async () => (await fake.request('GET', '/livez').catch(() => null)) === null, {
    timeout: 60_000,
    what: 'the page to have no connection left',
  })
  assert.is((await send(portOf(fake.api.probes[0]), 'GET', '/livez')).text, 'ok\n')
  await until(async () => (await fake.request('GET', '/livez').catch(() => null))?.status === 200, {
    timeout: 60_000,
    what: 'the end of those that do not read',
  })
  for (const socket of sockets) socket.on('close', () => closed++).resume()
  await until(() => closed === connections, { timeout: 60_000 })
})

test('who waits longer for an answer than others for a reader gets it', async () => {
  await using fake = await fakeApi({ stalledMs: 2000 })
  let done = () => {}
  fake.port.restart = () => new Promise(resolve => (done = resolve))
  const reply = fake.request('POST', '/api/v1/channels/studio:restart', { headers: fake.as('operator') })
  let answered = false
  void reply.finally(() => (answered = true)).catch(() => undefined)
  await new Promise(resolve => setTimeout(resolve, 6000))
  assert.not.ok(answered)
  done()
  assert.is((await reply).status, 200)
})

test('it has what tells of the process, and nothing else, whatever it is called', async () => {
  await using fake = await fakeApi({ probes: PROBES })
  const port = portOf(fake.api.probes[0])
  const ask = (method: string, path: string) => send(port, method, path, { headers: { host: 'worker-1.example' } })
  assert.is((await ask('GET', '/livez')).text, 'ok\n')
  assert.is((await ask('GET', '/readyz?verbose')).text, 'ready\n')
  const head = await ask('HEAD', '/livez')
  assert.equal([head.status, head.text], [200, ''])
  fake.port.setReady('the disk is full – nearly')
  const refused = await ask('GET', '/readyz')
  assert.equal([refused.status, refused.text], [503, 'the disk is full – nearly\n'])
  assert.is((await ask('GET', '/livez')).status, 200)
  for (const path of ['/', '/metrics', '/api/v1/channels', '/openapi.json'])
    assert.is((await ask('GET', path)).status, 404)
  assert.is((await ask('POST', '/livez')).status, 405)
})

test('its addresses are those of the configuration and of the environment, and end with the server', async () => {
  const path = tempFile('probes.sock')
  {
    await using fake = await fakeApi({ server: '  probes: 127.0.0.1:0\n', probes: [`unix:${path}`] })
    assert.is(fake.api.probes.length, 2)
    assert.is(fake.api.addresses.length, 1)
    assert.is((await send(portOf(fake.api.probes[0]), 'GET', '/livez')).status, 200)
    assert.is((await send(0, 'GET', '/livez', { socketPath: path })).status, 200)
  }
  assert.not.ok(existsSync(path))
  const wrong = await fakeApi({ probes: ['nowhere'] }).catch((error: Problem) => error)
  assert.is((wrong as Problem).code, 'ERR_OPTION')
})

test('the health check of the image asks the socket that the image names, and fails where nobody answers', async () => {
  const text = readFileSync('server/deploy/Dockerfile', 'utf8').replaceAll('\\\n', '')
  const path = /^ENV RXGST_PROBES=unix:(.*)$/m.exec(text)![1]!
  const [program, flag, code] = JSON.parse(/^HEALTHCHECK .*?CMD (.*)$/m.exec(text)![1]!) as [string, string, string]
  assert.equal([program, flag], ['node', '-e'])
  assert.ok(code.includes(`'${path}'`))
  const here = tempFile('probes.sock')
  const check = async () => (await exitOf(code.replace(path, here))) === 0
  {
    await using fake = await fakeApi({ probes: [`unix:${here}`] })
    assert.ok(fake)
    assert.ok(await check())
  }
  assert.not.ok(await check())
})

test.run()
