// The three programs of README.md, run as a reader would run them.
import * as assert from 'uvu/assert'
import type { Child } from '../support/child'
import { decodeAudio, decodeFrames, probe, publish, record, type Publisher } from '../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../support/peers/nginx'
import { channelOf } from '../support/media/audio'
import { continuity } from '../support/media/audio-continuity'
import { suite } from '../support/suite'
import { tempFile } from '../support/temp'
import { until } from '../support/until'
import { codeBlocks, textOf } from './markdown'
import { makeProject, runBlock } from './workspace'

const test = suite('README.md', { timeout: 90_000 })

const programs = codeBlocks('README.md').filter(({ program }) => program)
const dir = makeProject()
let nginx: Nginx
let camera: Publisher

test.before(async () => {
  nginx = await startNginx()
  camera = await publish(nginx.url('camera'), { size: '640x360', fps: 25, pattern: 'color=blue' })
  await nginx.published('camera')
})

test('has three programs', () => {
  assert.is(programs.length, 3)
})

test('is one page', () => {
  assert.ok(textOf('README.md').split('\n').length <= 130)
})

test('names npm scripts that exist', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
  for (const [, name] of textOf('README.md').matchAll(/npm (start|test|run [\w:-]+)/g)) {
    assert.ok(scripts[name!.replace('run ', '')], `npm ${name}`)
  }
})

test('names the tarball that npm pack makes', () => {
  const { name, version } = JSON.parse(textOf('package.json')) as { name: string; version: string }
  assert.ok(textOf('README.md').includes(`${name}-${version}.tgz`))
})

test('prints pictures and sound with their times', async () => {
  await using child = await runBlock(dir, programs[0]!, nginx)
  await ended(child)
  const lines = child.output().trim().split('\n')
  assert.is(lines.length, 50)
  let last = -1
  for (const line of lines) {
    const found = /^(\d+) µs: 640 × 360, rgb\((\d+), (\d+), (\d+)\), (\d+) samples$/.exec(line)
    assert.ok(found, line)
    const [, timestamp, red, green, blue, samples] = found!
    assert.ok(Number(timestamp) > last, line)
    last = Number(timestamp)
    assert.ok(Number(red) < 40 && Number(green) < 40 && Number(blue) > 200, line)
    assert.ok(Number(samples) > 0, line)
  }
})

test('relays, and draws', async () => {
  await using child = await runBlock(dir, programs[1]!, nginx)
  await reached(child, nginx.published('drawn'))
  const { video, audio } = await probe(nginx.url('drawn'), { seconds: 1 })
  assert.equal([video?.codec_name, video?.width, video?.height, video?.r_frame_rate], ['h264', 1280, 720, '30/1'])
  assert.is(audio?.codec_name, 'aac')

  // A second and a half of pictures, so that some show the bar whatever the first ones are.
  const places = new Set<number>()
  // A busy machine repeats pictures: then more of them tell.
  for (let looks = 0; looks < 4 && places.size <= 2; looks++) {
    const frames = await decodeFrames(nginx.url('drawn'), 'rgb24', { frames: 45 })
    const bars = frames.map(({ data }) => redColumns(data, 1280, 360)).filter(columns => columns.length > 0)
    assert.ok(bars.length > 10, `${bars.length} of ${frames.length} pictures have a bar`)
    assert.ok(
      bars.every(columns => columns.length >= 30 && columns.length <= 50),
      `it is 40 wide: ${bars.map(columns => columns.length)}`,
    )
    for (const [first] of bars) places.add(first!)
  }
  assert.ok(places.size > 2, `it moves: ${[...places]}`)

  child.kill('SIGINT')
  await ended(child)
  assert.is(child.errors(), '')
})

test('sends arrays to two servers', async () => {
  await using child = await runBlock(dir, programs[2]!, nginx)
  await reached(child, Promise.all([nginx.published('one'), nginx.published('two')]))
  // All at once: the program sends for ten seconds.
  const [file, ...probed] = await Promise.all([
    record(nginx.url('one'), tempFile('one.flv'), 3),
    ...['one', 'two'].map(name => probe(nginx.url(name), { seconds: 1 })),
  ])
  for (const { video, audio } of probed) {
    assert.equal([video?.codec_name, video?.width, video?.height, video?.r_frame_rate], ['h264', 640, 360, '25/1'])
    assert.equal([audio?.codec_name, audio?.sample_rate, audio?.channels], ['aac', '44100', 2])
  }
  // A tone that began anew with each picture would click 25 times a second; a busy machine may hold it up some times.
  const tone = channelOf(await decodeAudio(file, 44_100, 2), 2)
  const { jumps } = continuity(tone, 44_100, 440)
  assert.ok(tone.length > 44_100 && jumps.length <= 10, `${jumps.length} clicks`)
  await ended(child)
})

test.after(async () => {
  await camera.stop()
  await nginx.stop()
})
test.run()

/** By itself, and well. */
async function ended(child: Child): Promise<void> {
  const { code, signal } = await child.exited
  assert.is(code ?? signal, 0, child.output())
}

/** What was waited for, unless the program ends before. */
async function reached(child: Child, wanted: Promise<unknown>): Promise<void> {
  let there = false
  wanted.then(
    () => (there = true),
    () => {},
  )
  await until(() => there || !child.running, { timeout: 40_000, what: () => child.output() })
  assert.ok(there, child.output())
}

/** Columns of one row that are red. */
function redColumns(rgb: Uint8Array, width: number, row: number): number[] {
  const columns = Array.from({ length: width }, (_, x) => x)
  return columns.filter(x => rgb[(row * width + x) * 3]! > 150 && rgb[(row * width + x) * 3 + 2]! < 100)
}
