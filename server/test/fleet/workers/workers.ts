import { request } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { type Child, start } from '../../../../test/support/child.js'
import { tempDir } from '../../../../test/support/temp.js'
import { until } from '../../../../test/support/until.js'
import type { ChannelView } from '../../../src/core/server-port.js'
import type { FleetChannelView, FleetView } from '../../../src/core/fleet.js'

const PROGRAM = fileURLToPath(new URL('../../supervisor/support/run-serve.js', import.meta.url))

/** A server of a fleet, in a process of its own. */
export interface WorkerProcess extends AsyncDisposable {
  readonly name: string
  readonly folder: string
  readonly child: Child
  view(): Promise<FleetView | null>
  channel(id: string): Promise<ChannelView | null>
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>
  output(): string
}

export interface WorkerOptions {
  readonly name: string
  /** Of the store, with its password. */
  readonly url: string
  readonly ttl: string
  readonly channels?: object
  readonly folder?: string
  readonly args?: readonly string[]
  readonly cores?: number
  readonly env?: Readonly<Record<string, string>>
}

export function startWorker(options: WorkerOptions): WorkerProcess {
  const { name, url, ttl, channels = {}, folder = tempDir(), args = [], cores = 4, env = {} } = options
  const socketPath = join(folder, 'rxgst.sock')
  const server = {
    listen: `unix:${socketPath}`,
    state: 'state',
    fleet: { url: '${env:FLEET_URL}', worker: name, ttl, cores },
  }
  writeFileSync(join(folder, 'rxgst.yaml'), stringify({ server, channels }))
  const child = start(process.execPath, [PROGRAM, 'serve', 'rxgst.yaml', ...args], {
    cwd: folder,
    env: { FLEET_URL: url, ...env },
  })
  const call = (method: string, path: string, body?: unknown) =>
    new Promise<{ readonly status: number; readonly body: unknown }>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'x-rxgst': '1' }
      const asked = request({ socketPath, path: `/api/v1${path}`, method, headers, timeout: 20_000 }, response => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('end', () => {
          const isJson = /json/.test(response.headers['content-type'] ?? '')
          resolve({ status: response.statusCode ?? 0, body: isJson && text ? JSON.parse(text) : text })
        })
      })
      asked.on('timeout', () => asked.destroy(new Error('no answer')))
      asked.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
    })
  const get = async <T>(path: string): Promise<T | null> => {
    const { status, body } = await call('GET', path).catch(() => ({ status: 0, body: null }))
    return status === 200 ? (body as T) : null
  }
  const worker: WorkerProcess = {
    ...{ name, folder, child, call },
    view: () => get<FleetView>('/fleet'),
    channel: id => get<ChannelView>(`/channels/${id}`),
    output: () => child.output(),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
  return worker
}

/** Waits until one of the workers says that this channel is as it should be; resolves with what it says. */
export async function untilChannel(
  workers: readonly WorkerProcess[],
  id: string,
  isRight: (channel: FleetChannelView) => boolean,
  timeout = 120_000,
): Promise<FleetChannelView> {
  let found: FleetChannelView | null = null
  let last = ''
  const look = async () => {
    for (const worker of workers) {
      const view = await worker.view()
      const channel = view?.channels.find(one => one.id === id)
      if (view) last = JSON.stringify(view)
      if (!channel || !isRight(channel)) continue
      found = channel
      return true
    }
    return false
  }
  const what = () => `${id} as it should be: ${last}\n${workers.map(one => one.output().slice(-3000)).join('\n----\n')}`
  await until(look, { timeout, what })
  return found!
}
