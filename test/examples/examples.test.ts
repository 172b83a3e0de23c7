// deadline: 240
//
// Every example runs as its reader would run it, and what comes out of it is looked at.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { start, type Child } from '../support/child'
import { decodeAudio, decodeFrames, probe, publish, record, type DecodedFrame, type Publisher } from '../support/ffmpeg'
import { startNms2, type NodeMediaServer } from '../support/nms'
import { meanColor, psnr } from '../support/picture'
import { channelOf, toneLevel } from '../support/sound'
import { suite } from '../support/suite'
import { tempFile } from '../support/temp'
import { until } from '../support/until'

const test = suite('examples', { timeout: 60_000 })

const sources = join(__dirname, '../../../examples')
const compiled = join(__dirname, '../../examples')
const [width, height, fps] = [320, 180, 30]

/** Its players begin at once, with the pictures since the last keyframe; those who come before the stream wait for it. */
let server: NodeMediaServer
const publishers: Publisher[] = []
/** What the camera shows, as ffmpeg decodes it: the same in every frame. */
let camera: DecodedFrame

test.before(async () => {
  server = await startNms2({ gopCache: true })
  const size = `${width}x${height}`
  publishers.push(await publish(server.url('camera'), { size, fps, gop: 15, pattern: 'smptebars', audio: { frequency: [440, 1000], amplitude: 0.5 } }))
  camera = (await decodeFrames(server.url('camera'), 'rgb24', { frames: 1 }))[0]!
})

const run = (name: string, ...args: string[]): Child => start(process.execPath, [join(compiled, `${name}.js`), ...args])

/** A condition, unless the example ends before. */
async function reached(child: Child, condition: () => unknown): Promise<void> {
  await until(async () => !child.running || (await condition()), { timeout: 40_000, what: () => child.output() })
  assert.ok(child.running, child.output())
}

/** Ctrl-C ends it, well and without complaint. */
async function interrupted(child: Child): Promise<void> {
  child.kill('SIGINT')
  const { code, signal } = await child.exited
  assert.is(code ?? signal, 0, child.output())
  assert.is(child.errors(), '')
}

interface Recorded {
  file: string
  frames: DecodedFrame[]
}

/** A second and more of what an example sends, from its beginning on. */
async function recorded(child: Child, name: string): Promise<Recorded> {
  const gone = child.exited.then(() => Promise.reject(new Error(child.output())))
  const file = await Promise.race([record(server.url(name), tempFile(`${name}.flv`), 1.5), gone])
  return { file, frames: await decodeFrames(file, 'rgb24') }
}

const toGrey = (rgb: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: rgb.length / 3 }, (_, i) => 0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!)

/** The camera's tones are in the sound, each in its channel. */
async function assertTones(file: string): Promise<void> {
  const sound = await decodeAudio(file, 44_100, 2)
  const [left, right] = [channelOf(sound, 2, 0), channelOf(sound, 2, 1)].map(all => all.subarray(-22_050)) as [Float32Array, Float32Array]
  const levels = [toneLevel(left, 44_100, 440), toneLevel(left, 44_100, 1000), toneLevel(right, 44_100, 440), toneLevel(right, 44_100, 1000)]
  assert.ok(levels[0]! > 0.4 && levels[1]! < 0.05 && levels[2]! < 0.05 && levels[3]! > 0.4, levels.join())
}

test('each is short, and begins with its graph', () => {
  for (const name of readdirSync(sources).filter(file => file.endsWith('.ts') && file !== 'relay.ts')) {
    const text = readFileSync(join(sources, name), 'utf8')
    assert.ok(text.trimEnd().split('\n').length < 60, `${name} has 60 lines or more`)
    const head = /^\/\*\*\n([^]*?)\*\//.exec(text)?.[1] ?? ''
    assert.match(head, /─|!/, `${name} draws its graph`)
    assert.match(head, `node dist/examples/${name.replace('.ts', '.js')}`, `${name} says how to run it`)
    assert.not.match(text, /from '\.\.?\//, `${name} imports what a user can import`)
  }
})

test('grayscale: the camera without its colours, with its sound', async () => {
  await using child = run('grayscale', server.url('camera'), server.url('gray'))
  const { file, frames } = await recorded(child, 'gray')
  const { data } = frames.at(-1)!
  const colourful = Math.max(...Array.from({ length: data.length / 3 }, (_, i) => Math.abs(data[3 * i]! - data[3 * i + 2]!)))
  assert.ok(colourful <= 12, `red and blue differ by ${colourful}`)
  assert.ok(psnr(toGrey(data), toGrey(camera.data)) > 30, `${psnr(toGrey(data), toGrey(camera.data))} dB`)
  await assertTones(file)
  await interrupted(child)
})

test('fan-out: the same stream at three addresses', async () => {
  const names = ['one', 'two', 'three']
  await using child = run('fan-out', server.url('camera'), ...names.map(name => server.url(name)))
  for (const { file, frames } of await Promise.all(names.map(name => recorded(child, name)))) {
    assert.ok(psnr(frames.at(-1)!.data, camera.data) > 28, `${psnr(frames.at(-1)!.data, camera.data)} dB`)
    await assertTones(file)
  }
  for (const i of [1, 2, 3]) assert.match(child.output(), `target ${i}: live`)
  await interrupted(child)
})

test('audio-meter: what the tones measure', async () => {
  await using child = run('audio-meter', server.url('camera'))
  await reached(child, () => child.output().split('\n').length > 12)
  await interrupted(child)
  const lines = child.output().trim().split('\n')
  // The first ones hold the codec's beginning.
  for (const line of lines.slice(6)) {
    const [, bar, peak, rms] = /^[12] (█*) *peak (-\d+\.\d) dBFS, RMS (-\d+\.\d)$/.exec(line) ?? []
    assert.ok(Math.abs(Number(peak) + 6) < 1 && Math.abs(Number(rms) + 9) < 0.5, line)
    assert.is(bar!.length, Math.round(((Number(rms) + 60) / 60) * 40))
  }
})

test('model: two verdicts a second, drawn on a relay at full rate', async () => {
  await using child = run('model', server.url('camera'), server.url('judged'))
  await reached(child, () => child.output().includes('brightness'))
  const { file, frames } = await recorded(child, 'judged')
  const bright = camera.data.reduce((sum, value) => sum + value, 0) / camera.data.length / 255
  assert.ok(Math.abs(Number(/brightness (.*)/.exec(child.output())![1]) - bright) < 0.03, `${child.output()} for ${bright}`)
  const length = Array.from({ length: width }, (_, x) => x).filter(x => frames.at(-1)!.data[(4 * width + x) * 3 + 2]! > 215).length
  assert.ok(Math.abs(length / width - bright) < 0.05, `a bar of ${length}`)
  // Every frame of the camera is there.
  const { video } = await probe(file)
  assert.is(video?.r_frame_rate, '30/1')
  const steps = frames.slice(1).map(({ pts }, i) => Math.round((pts - frames[i]!.pts) * 1000))
  assert.ok(steps.every(step => step === 33 || step === 34), steps.join())
  await interrupted(child)
})

test.after(async () => {
  await Promise.all(publishers.map(publisher => publisher.stop()))
  await server.stop()
})
test.run()

void meanColor
