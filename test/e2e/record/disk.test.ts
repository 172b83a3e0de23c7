// suite: deep
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { record, RTMPOutput, type RecordedSegment } from '../../../src/index'
import { exec } from '../../support/child'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'
import { usage } from '../../support/usage'
import { assertConstantRate, tagsOf } from '../lib/sent'
import { assertFragments, assertPlays, seconds } from './judge'

// Disks that are full, away or forbidden, beside a server that must not notice.
const test = suite('record: disks', { timeout: 120_000 })

const [width, height, fps] = [320, 180, 25]
const soon = { initialDelay: 100, maxDelay: 300 }
const OPTIONS = { width, height, fps, keyframeInterval: 0.5, connectTimeout: 20_000, reconnect: soon } as const

/** Pictures that no encoder makes small. */
const noise = (i: number): Uint8Array => {
  const bytes = new Uint8Array(width * height * 3)
  for (let at = 0, x = i + 1; at < bytes.length; at++) bytes[at] = (x = (x * 1_103_515_245 + 12_345) | 0) >>> 16
  return bytes
}

async function writing(output: RTMPOutput): Promise<{ stop(): Promise<void> }> {
  let over = false
  const done = (async () => {
    for (let i = 0; !over; i++) await output.writeFrame(noise(i % 50))
  })()
  // A test that fails stops the output first.
  done.catch(() => {})
  return {
    stop: async () => {
      over = true
      await done
    },
  }
}

/** A file system of so many bytes; null: this machine does not let us mount one. */
async function small(bytes: number): Promise<({ folder: string } & AsyncDisposable) | null> {
  const folder = tempDir()
  try {
    await exec('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder])
  } catch {
    return null
  }
  return {
    folder,
    [Symbol.asyncDispose]: async () => void (await exec('umount', ['-l', folder])),
  }
}

test('a full disk loses what does not fit, and says so; with room it goes on; a server sees none of it', async () => {
  await using disk = await small(4_000_000)
  if (!disk) return console.log('skipped: no tmpfs can be mounted here')
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput([server.url(), record(disk.folder, { segment: '1s' })], {
    ...OPTIONS,
    bitrate: '4M',
  })
  const segments: RecordedSegment[] = []
  output.recording$.subscribe(segment => segments.push(segment))
  await output.start()
  const [, target] = output.targets
  const writer = await writing(output)
  await until(() => target!.state.reason === 'ERR_DISK_FULL', { timeout: 60_000, what: () => target!.state.phase })
  assert.is(output.targets[0]!.state.phase, 'live')
  const full = segments.length
  const { bavail, bsize } = statfsSync(disk.folder)
  assert.ok(bavail * bsize < 1_500_000, `${bavail * bsize} bytes are left`)
  for (const { path: file } of segments) {
    await assertPlays(file)
    assert.ok((await seconds(file)) > 0.3, file)
  }
  await until(() => output.stats().packets > 300)
  rmSync(segments[0]!.path)
  rmSync(segments[1]!.path)
  await until(() => target!.state.phase === 'live' && segments.length > full, { timeout: 60_000 })
  await writer.stop()
  await output.stop()
  assert.ok(target!.stats().dropped > 0, 'what was lost is counted')
  await assertPlays(segments.at(-1)!.path)
  assertConstantRate(tagsOf(await server.connection(0, ({ open }) => !open)).video, fps)
})

test('a folder that is removed while it is recorded into comes back', async () => {
  const folder = path.join(tempDir(), 'rec')
  await using output = new RTMPOutput(record(folder, { segment: '1s' }), { ...OPTIONS, bitrate: '400k' })
  await output.start()
  const [target] = output.targets
  const phases: string[] = []
  target!.state$.subscribe(({ phase, reason }) => phases.push(reason ? `${phase} ${reason}` : phase))
  const writer = await writing(output)
  await until(() => target!.stats().outBytes > 50_000)
  rmSync(folder, { recursive: true })
  await until(() => phases.includes('reconnecting ERR_RECORD') && phases.at(-1) === 'live', { what: () => `${phases}` })
  await until(() => readdirSync(folder).filter(name => name.endsWith('.mp4')).length > 2)
  await writer.stop()
  await output.stop()
  for (const name of readdirSync(folder).filter(one => one.endsWith('.mp4'))) await assertPlays(path.join(folder, name))
})

test('a folder that cannot be made, and one that may not be written: ERR_RECORD, and later the recording', async () => {
  const root = tempDir()
  writeFileSync(path.join(root, 'file'), '')
  const folder = path.join(root, 'file', 'rec')
  await using none = new RTMPOutput(record(folder), { ...OPTIONS, reconnect: false })
  const error = await none.start().then(
    () => null,
    (reason: unknown) => reason as { code: string; message: string },
  )
  assert.is(error?.code, 'ERR_RECORD')
  assert.match(error!.message, folder)
  await using later = new RTMPOutput(record(folder), { ...OPTIONS, reconnect: { ...soon, first: true } })
  const started = later.start()
  await until(() => later.state.reason === 'ERR_RECORD')
  rmSync(path.join(root, 'file'))
  await started
  await later.stop()

  await using disk = await small(4_000_000)
  if (!disk) return console.log('skipped in part: no tmpfs can be mounted here')
  await exec('mount', ['-o', 'remount,ro', disk.folder])
  await using forbidden = new RTMPOutput(record(disk.folder), { ...OPTIONS, reconnect: false })
  const refused = await forbidden.start().then(
    () => null,
    (reason: unknown) => reason as { code: string },
  )
  assert.is(refused?.code, 'ERR_RECORD')
})

test('old segments go, others and the present one stay; many segments cost no threads and no files', async () => {
  const folder = path.join(tempDir(), 'many')
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'foreign.mp4'), 'x'.repeat(2_000_000))
  await using output = new RTMPOutput(record(folder, { segment: '1s', maxSize: '1M', keep: '3s' }), {
    ...OPTIONS,
    bitrate: '400k',
  })
  const segments: RecordedSegment[] = []
  output.recording$.subscribe(segment => segments.push(segment))
  await output.start()
  const writer = await writing(output)
  await until(() => segments.length >= 4, { timeout: 40_000 })
  const before = usage()
  await until(() => segments.length >= 16, { timeout: 40_000 })
  const after = usage()
  await writer.stop()
  assert.ok(after.threads <= before.threads && after.fds <= before.fds + 1, JSON.stringify({ before, after }))
  const there = readdirSync(folder).filter(name => name.endsWith('.mp4'))
  assert.ok(there.includes('foreign.mp4') && there.length <= 7, there.join())
  await output.stop()
  const last = segments.at(-1)!
  assertFragments(last.path, { whole: true })
  const lines = readFileSync(path.join(folder, 'index.ndjson'), 'utf8').trim().split('\n')
  assert.ok(lines.some(line => line.includes('"removed":true')))
})

test.run()
