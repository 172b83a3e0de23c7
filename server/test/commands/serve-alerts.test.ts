import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { start } from '../../../test/support/child.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import type { AlertView } from '../../src/core/status.js'

// What a server tells its receivers from its first moment on.
const test = suite('serve: alerts', { timeout: 240_000 })
const PROGRAM = fileURLToPath(new URL('../supervisor/support/run-serve.js', import.meta.url))

const kept = { severity: 'critical', message: 'of the run before', raisedAt: 1, clearedAt: null, clearedBy: null }
const nobody = { value: 1, peak: 1, acknowledgedBy: null, acknowledgedAt: null }

async function receiver() {
  const told: string[] = []
  const server = createServer((asked, answer) => {
    let text = ''
    asked.setEncoding('utf8').on('data', (part: string) => (text += part))
    asked.on('end', () => {
      const { event, alert } = JSON.parse(text) as { event: string; alert?: AlertView }
      if (alert) told.push(`${event} ${alert.channel}/${alert.rule}`)
      answer.end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    told,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function post(socketPath: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method: 'POST' }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.on('error', reject).end()
  })
}

test('a server tells what the run before left open is over, and which of its webhooks leads nowhere', async () => {
  await using there = await receiver()
  const path = tempDir()
  const [socket, secret, state] = ['rxgst.sock', 'hook.secret', 'state'].map(name => join(path, name)) as [
    ...[string, string, string],
  ]
  const config = {
    server: {
      ...{ listen: `unix:${socket}`, state: 'state', secretFolders: [path] },
      webhooks: [
        { type: 'slack', url: `\${file:${secret}}` },
        { type: 'webhook', url: there.url },
      ],
    },
    channels: { studio: { enabled: false, inputs: [{ url: 'rtmp://127.0.0.1:1/live/x' }], targets: {} } },
  }
  writeFileSync(join(path, 'rxgst.yaml'), stringify(config))
  mkdirSync(state, { mode: 0o700 })
  const alerts = [
    { id: '1', channel: 'studio', rule: 'black', metric: 'black', ...kept, ...nobody },
    { id: '2', channel: '', rule: 'control-plane-lost', metric: 'control-plane-lost', ...kept, ...nobody },
    { id: '3', channel: 'gone', rule: 'no-input', metric: 'inputs', ...kept, ...nobody },
  ]
  writeFileSync(join(state, 'alerts.json'), JSON.stringify(alerts))
  await using server = start(process.execPath, [PROGRAM, 'serve', 'rxgst.yaml'], { cwd: path })
  await until(() => there.told.length >= 4, { timeout: 90_000, what: () => `${there.told.join()} ${server.output()}` })
  assert.equal([...there.told].sort(), [
    'cleared /control-plane-lost',
    'cleared gone/no-input',
    'cleared studio/black',
    'raised /webhook-unusable',
  ])
  const before = await post(socket, '/api/v1/alerts:test')
  assert.is(before.status, 200, before.text)
  const { sent, failed } = JSON.parse(before.text) as { sent: number; failed: string[] }
  assert.is(sent, 1)
  assert.match(failed.join(), /^slack \$\{file:.*hook\.secret\}: \$\{file:/)

  // A test of the alerts looks again.
  writeFileSync(secret, `${there.url}\n`, { mode: 0o600 })
  await post(socket, '/api/v1/alerts:test')
  await until(() => there.told.includes('cleared /webhook-unusable'), { timeout: 60_000, what: () => server.output() })
  server.kill('SIGTERM')
  assert.is((await server.exited).code, 0)
})

test.run()
