/**
 * The API and the page on a stand-in, to look at: node dist/server/test/api/fake-server.js [--listen HOST:PORT]
 * [--page FOLDER]. It prints the link to log in with. Events and alerts come by themselves.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startApi } from '../../src/api/start-api.js'
import { FakePort } from './fake-port.js'
import { makeFlv, makeJpeg, playFlv } from './fake-preview.js'

const EVENT_MS = 2000
const ALERT_MS = 15_000

const { values } = parseArgs({ options: { listen: { type: 'string' }, page: { type: 'string' } } })
const [flv, jpeg] = await Promise.all([makeFlv(), makeJpeg()])
const port = new FakePort({ jpeg, preview: () => playFlv(flv) })
const api = await startApi(port, {
  folder: process.cwd(),
  listen: [values.listen ?? '127.0.0.1:8787'],
  freePort: true,
  ...(values.page !== undefined && { page: resolve(values.page) }),
  onFault: error => console.error(error),
})
console.log(`listens on ${api.addresses.join(', ')}\nlog in: ${api.oneTimeLink}`)

let turn = 0
const events = setInterval(() => {
  const id = ['studio', 'chapel'][turn++ % 2]!
  port.note({ type: 'input-phase', channel: id, user: null, message: `${id}: the input is live`, data: { turn } })
}, EVENT_MS)
const alerts = setInterval(() => {
  port.raise('studio', 'silence', turn % 2 ? 'warning' : 'critical', 'studio has been silent for 10 s')
}, ALERT_MS)
port.raise('chapel', 'black', 'critical', 'chapel has been black for 5 s')

process.once('SIGINT', async () => {
  clearInterval(events)
  clearInterval(alerts)
  await api.close()
})
