// suite: deep
// deadline: 600
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { start } from '../../../test/support/child.js'
import { makeFile, probe } from '../../../test/support/peers/ffmpeg.js'
import { startRtmpServer } from '../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir, tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import type { ChannelView } from '../../src/core/server-port.js'
import type { AlertView } from '../../src/core/status.js'

// Disks of a few megabytes, really full: what is on air stays, and all goes on when there is room again.
const test = suite('full disks', { timeout: 300_000 })
const PROGRAM = fileURLToPath(new URL('./support/run-serve.js', import.meta.url))

/** A disk of its own. */
function mountDisk(megabytes: number): { readonly path: string } & Disposable {
  const path = tempDir()
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  if (status !== 0) throw new Error(`no disk can be mounted: ${`${stderr ?? ''}`.trim()}`)
  return { path, [Symbol.dispose]: () => void spawnSync('umount', ['--lazy', path]) }
}

/** Whether this machine lets us mount one. */
function mayMount(): boolean {
  try {
    using _disk = mountDisk(1)
    return true
  } catch {
    return false
  }
}

/** Writes until nothing fits any more; returns how to make room. */
function fill(disk: string): () => void {
  const path = join(disk, 'filler')
  const file = openSync(path, 'w')
  for (let size = 65_536; size >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(size))
    } catch {
      size = Math.floor(size / 2)
    }
  }
  closeSync(file)
  return () => rmSync(path)
}

const mounted = mayMount() ? test : test.skip

mounted('state and recordings have no room: streams go on, alerts say so; with room both go on', async () => {
  using state = mountDisk(2)
  using archive = mountDisk(8)
  const file = await makeFile(tempFile('in.mp4'), { size: '320x180', gop: 15, duration: 10 })
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const folder = tempDir()
  const socketPath = join(folder, 'rxgst.sock')
  const config = (title: string) => ({
    server: { listen: `unix:${socketPath}`, state: state.path, folders: [archive.path, dirname(file)] },
    channels: {
      studio: {
        title,
        inputs: [{ file }],
        targets: { out: { url: server.url() }, archive: { record: archive.path, segment: '2s', maxSize: '3M' } },
      },
    },
  })
  const write = (title: string): void => writeFileSync(join(folder, 'rxgst.yaml'), JSON.stringify(config(title)))
  write('before')
  await using serve = start(process.execPath, [PROGRAM, 'serve', 'rxgst.yaml'], { cwd: folder })
  const get = <T>(path: string): Promise<T | null> =>
    new Promise(resolve => {
      const asked = request({ socketPath, path }, response => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString()) as T))
      })
      asked.on('error', () => resolve(null)).end()
    })
  const channel = () => get<ChannelView>('/api/v1/channels/studio')
  const target = async (name: string) => (await channel())?.status.targets.find(one => one.name === name)
  const alerts = async () => (await get<AlertView[]>('/api/v1/alerts')) ?? []
  const open = async (rule: string) => (await alerts()).some(alert => alert.rule === rule && alert.clearedAt === null)
  const wait = (what: string, condition: () => Promise<unknown>) =>
    until(condition, { what: () => `${what}; the server says: ${serve.output().slice(-3000)}`, timeout: 90_000 })
  const both = async () =>
    ['live', 'live'].join() === [(await target('out'))?.phase, (await target('archive'))?.phase].join()

  await wait('both targets', both)
  const events = join(state.path, 'events.ndjson')
  await wait('events on the disk', async () => statSync(events).size > 0)
  const [roomForState, roomForArchive] = [fill(state.path), fill(archive.path)]
  const { tags } = await server.connection(0)

  await wait('the recording to fail', async () => (await target('archive'))?.reason?.code === 'ERR_DISK_FULL')
  await wait('the alert of the state folder', () => open('state-folder'))
  const sent = tags.length
  write('while it is full')
  await wait('the changed configuration', async () => (await channel())?.config.title === 'while it is full')
  await wait('the stream to be live', async () => (await target('out'))?.phase === 'live')
  await until(() => tags.length > sent + 100, { what: 'the stream to go on', timeout: 90_000 })
  assert.ok((await alerts()).length < 10, `${(await alerts()).length} alerts`)
  // Told when it begins, and not for each line.
  assert.ok(serve.output().split('ENOSPC').length < 30, serve.output())

  roomForState()
  roomForArchive()
  await wait('the recording', both)
  const size = statSync(events).size
  write('with room')
  await wait('the next events on the disk', async () => statSync(events).size > size)
  await wait('the end of the alert', async () => !(await open('state-folder')))
  const lines = readFileSync(events, 'utf8').split('\n')
  const whole = lines
    .filter(line => line.startsWith('{') && line.endsWith('}'))
    .map(line => JSON.parse(line) as unknown)
  assert.ok(whole.length > 3 && lines.length - whole.length < 4, `${lines.length} lines, ${whole.length} whole`)
  const finished = (): string[] =>
    readdirSync(archive.path)
      .filter(name => name.endsWith('.mp4'))
      .sort()
  const known = new Set(finished())
  await wait('a new segment, and the next one', async () => finished().filter(name => !known.has(name)).length > 1)
  const streams = await probe(join(archive.path, finished().filter(name => !known.has(name))[0]!))
  assert.ok(JSON.stringify(streams).includes('h264'))
  assert.is(server.connections.length, 1)
})

test.run()
