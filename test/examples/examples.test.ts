// suite: deep
//
// Every example runs as its reader would run it, and what comes out of it is looked at.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { start, type Child } from '../support/child'
import {
  decodeAudio,
  decodeFrames,
  probe,
  publish,
  record,
  type DecodedFrame,
  type Publisher,
} from '../support/peers/ffmpeg'
import { startNms2, type NodeMediaServer } from '../support/peers/nms'
import { meanColor, psnr } from '../support/media/picture'
import { channelOf, toneLevel } from '../support/media/audio'
import { suite } from '../support/suite'
import { tempDir, tempFile } from '../support/temp'
import { sleep, until } from '../support/until'

const test = suite('examples', { timeout: 60_000 })

const sources = join(__dirname, '../../../examples')
const compiled = join(__dirname, '../../examples')
const [width, height, fps] = [320, 180, 30]

/**
 * Its players begin at once, with the pictures since the last keyframe; those who come before the stream wait for it.
 */
let server: NodeMediaServer
let publisher: Publisher
/** What the camera shows, as ffmpeg decodes it: the same in every frame. */
let camera: DecodedFrame

test.before(async () => {
  server = await startNms2({ gopCache: true })
  const size = `${width}x${height}`
  publisher = await publish(server.url('camera'), {
    size,
    fps,
    gop: 15,
    pattern: 'smptebars',
    audio: { frequency: [440, 1000], amplitude: 0.5 },
  })
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

/** A second and more of what an example sends, from the group of pictures on that it has begun. */
async function recorded(child: Child, name: string, seconds = 1.5): Promise<Recorded> {
  await reached(child, () => server.hasMedia(name))
  const gone = child.exited.then(() => Promise.reject(new Error(child.output())))
  const file = await Promise.race([record(server.url(name), tempFile(`${name}.flv`), seconds), gone])
  return { file, frames: await decodeFrames(file, 'rgb24') }
}

const toGrey = (rgb: Uint8Array): Uint8Array =>
  Uint8Array.from(
    { length: rgb.length / 3 },
    (_, i) => 0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!,
  )

/**
 * The camera's tones are in the sound, each in its channel. In the quarter of a second that is fullest of them: where
 * the machine had no time the relay fills in silence, as it should; that sound has no gaps is another test's.
 */
async function assertTones(file: string): Promise<void> {
  const [rate, length, step] = [44_100, 11_025, 2_205]
  const sound = await decodeAudio(file, rate, 2)
  const channels = [channelOf(sound, 2, 0), channelOf(sound, 2, 1)]
  const levelsAt = (from: number) =>
    channels.flatMap(all => [440, 1000].map(tone => toneLevel(all.subarray(from, from + length), rate, tone)))
  const starts = Array.from(
    { length: Math.max(1, Math.floor((channels[0]!.length - length) / step)) },
    (_, i) => i * step,
  )
  const levels = starts.map(levelsAt).reduce((best, one) => (one[0]! + one[3]! > best[0]! + best[3]! ? one : best))
  assert.ok(levels[0]! > 0.4 && levels[1]! < 0.05 && levels[2]! < 0.05 && levels[3]! > 0.4, levels.join())
}

function assertNear(colour: readonly number[], wanted: readonly number[], what: string): void {
  assert.ok(
    colour.every((value, i) => Math.abs(value - wanted[i]!) < 24),
    `${what}: ${colour.map(Math.round)} for ${wanted.map(Math.round)}`,
  )
}

test('each is short, and begins with its graph', () => {
  for (const name of readdirSync(sources).filter(file => file.endsWith('.ts') && file !== 'relay.ts')) {
    const text = readFileSync(join(sources, name), 'utf8')
    const code = text.split('\n').filter(line => !/^\s*(\/\*\*|\*|\/\/|$)/.test(line))
    assert.ok(code.length < 60, `${name} has ${code.length} lines of code`)
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
  const colourful = Math.max(
    ...Array.from({ length: data.length / 3 }, (_, i) => Math.abs(data[3 * i]! - data[3 * i + 2]!)),
  )
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

test('four-platforms: the packets of the camera at four addresses, also without its backup', async () => {
  const names = ['first', 'second', 'third', 'fourth']
  const backup = server.url('backup')
  await using child = run('four-platforms', server.url('camera'), backup, ...names.map(name => server.url(name)))
  await reached(child, () => names.every((_, i) => child.output().includes(`target ${i + 1}: live`)))
  for (const { file, frames } of await Promise.all(names.map(name => recorded(child, name)))) {
    // Nothing was encoded anew.
    assert.ok(psnr(frames.at(-1)!.data, camera.data) > 45)
    await assertTones(file)
  }
  await interrupted(child)
  assert.match(child.output(), /^h264 aac$/m)
  assert.match(child.output(), / packets, 0 lost, 0 reconnects, 0 changes of the input/)
})

test('camera-relay: the packets of the camera at a platform and in a folder', async () => {
  const folder = tempDir()
  await using child = run('camera-relay', server.url('camera'), server.url('watched'), folder)
  await reached(child, () => /^on air: h264, aac$/m.test(child.output()))
  const { file, frames } = await recorded(child, 'watched')
  assert.ok(psnr(frames.at(-1)!.data, camera.data) > 45)
  await assertTones(file)
  await interrupted(child)
  assert.match(child.output(), /\.mp4: \d+ s\n[^]* packets, 0 lost/)
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

test('subtitles: a recogniser hears 16000 Hz; the relay has its words, and the sound of the source', async () => {
  await using child = run('subtitles', server.url('camera'), server.url('subtitled'))
  await reached(child, () => /^16000 samples: 10 words$/m.test(child.output()))
  const { file, frames } = await recorded(child, 'subtitled', 2.5)
  // Ten white blocks along the lower edge, where the camera has few.
  const blocks = ({ data }: DecodedFrame): number =>
    Array.from({ length: 10 }, (_, i) => ((height - 6) * width + i * Math.floor(width / 10) + 8) * 3).filter(at =>
      data.subarray(at, at + 3).every(value => value > 215),
    ).length
  assert.equal([blocks(frames.at(-1)!), blocks(camera) < 3], [10, true])
  await assertTones(file)
  await interrupted(child)
})

test(
  'around-the-clock: the slate, the camera, the slate again, with silence',
  async () => {
    await using child = run('around-the-clock', server.url('mute'), server.url('platform'))
    await reached(child, () => child.output().includes('on the air'))
    const shows = async (colour: readonly [number, number, number]): Promise<void> => {
      let mean: number[] = []
      await reached(child, async () => {
        const { file, frames } = await recorded(child, 'platform')
        const { data } = frames.at(-1)!
        mean = meanColor(data, 640, 360)
        const sound = await decodeAudio(file, 44_100, 2)
        assert.ok(sound.length > 44_100 && sound.every(sample => Math.abs(sample) < 0.01), `${sound.length} samples`)
        return mean.every((value, i) => Math.abs(value - colour[i]!) < 24)
      })
    }
    await shows([20, 40, 160])
    const mute = await publish(server.url('mute'), { size: '640x360', fps: 25, pattern: 'color=red', audio: null })
    await shows([255, 0, 0])
    await mute.stop()
    await shows([20, 40, 160])
    await reached(child, () => /raised .*camera: /.test(child.output()))
    await interrupted(child)
  },
  { timeout: 150_000 },
)

test('model: two verdicts a second, drawn on a relay at full rate', async () => {
  await using child = run('model', server.url('camera'), server.url('judged'))
  await reached(child, () => child.output().includes('brightness'))
  const { file, frames } = await recorded(child, 'judged')
  const bright = camera.data.reduce((sum, value) => sum + value, 0) / camera.data.length / 255
  assert.ok(
    Math.abs(Number(/brightness (.*)/.exec(child.output())![1]) - bright) < 0.03,
    `${child.output()} for ${bright}`,
  )
  const length = Array.from({ length: width }, (_, x) => x).filter(
    x => frames.at(-1)!.data[(4 * width + x) * 3 + 2]! > 215,
  ).length
  assert.ok(Math.abs(length / width - bright) < 0.05, `a bar of ${length}`)
  // Every frame of the camera is there.
  const { video } = await probe(file)
  assert.is(video?.r_frame_rate, '30/1')
  const steps = frames.slice(1).map(({ pts }, i) => Math.round((pts - frames[i]!.pts) * 1000))
  assert.ok(
    steps.every(step => step === 33 || step === 34),
    steps.join(),
  )
  await interrupted(child)
})

test('picture-in-picture: the guest in the corner, the camera around it', async () => {
  await using _guest = await publish(server.url('guest'), {
    size: '160x90',
    fps: 15,
    gop: 15,
    pattern: 'color=red',
    audio: null,
  })
  await using child = run('picture-in-picture', server.url('camera'), server.url('guest'), server.url('both'))
  const { file, frames } = await recorded(child, 'both')
  const both = frames.at(-1)!
  assert.equal([both.width, both.height], [640, 360])
  const [red, green, blue] = meanColor(both.data, 640, 360, { x: 470, y: 260, width: 140, height: 70 })
  assert.ok(red > 220 && green < 30 && blue < 30, `${[red, green, blue]} where the guest should be`)
  // Each bar of the camera, twice as wide here.
  for (let bar = 0; bar < 7; bar++) {
    const region = { x: Math.round(((bar + 0.3) * width) / 7), y: 30, width: 18, height: 60 }
    const twice = { x: region.x * 2, y: 60, width: 36, height: 120 }
    assertNear(meanColor(both.data, 640, 360, twice), meanColor(camera.data, width, height, region), `bar ${bar}`)
  }
  await assertTones(file)
  await interrupted(child)
})

test(
  'captions: text that comes and goes',
  async () => {
    await using child = run('captions', server.url('camera'), server.url('captioned'))
    // The lowest quarter, where textoverlay writes.
    const strip = ({ data }: DecodedFrame) => data.subarray(Math.round(height * 0.75) * width * 3)
    const likeness: number[] = []
    const plain = () => likeness.filter(db => db > 28).length
    const captioned = () => likeness.filter(db => db < 20).length
    // The text changes by the clock, and a relay that had to wait sends seconds of pictures in no time.
    for (
      const until = performance.now() + 40_000;
      performance.now() < until && (plain() <= 15 || captioned() <= 15);
    ) {
      const { file, frames } = await recorded(child, 'captioned', 3)
      likeness.push(...frames.map(frame => psnr(strip(frame), strip(camera))))
      await assertTones(file)
    }
    assert.ok(
      plain() > 15 && captioned() > 15,
      `${plain()} without and ${captioned()} with, of ${likeness.length}: ${likeness.map(Math.round)}`,
    )
    await interrupted(child)
  },
  { timeout: 120_000 },
)

test('recorder: files of what the camera sends, until Ctrl-C', async () => {
  const folder = tempDir()
  await using child = run('recorder', server.url('camera'), folder, '1s')
  const lines = () => [...child.output().matchAll(/^(\S+\.mp4): \d+ s, \d+ kB$/gm)].map(([, file]) => file!)
  await reached(child, () => lines().length >= 2)
  await interrupted(child)
  const files = readdirSync(folder).filter(name => name.endsWith('.mp4'))
  assert.equal(lines().sort(), files.sort())
  const pictures = await decodeFrames(join(folder, files[0]!), 'rgb24')
  assert.ok(psnr(pictures.at(-1)!.data, camera.data) > 45)
})

test('record: the relay and the file hold what the camera sends', async () => {
  const mp4 = tempFile('recording.mp4')
  await using child = run('record', server.url('camera'), server.url('copy'), mp4)
  const { file, frames } = await recorded(child, 'copy')
  // Nothing was encoded anew.
  assert.ok(psnr(frames.at(-1)!.data, camera.data) > 45)
  await assertTones(file)
  await reached(child, () => /^\d+ pictures, \d+ keyframes/m.test(child.output()))
  await interrupted(child)

  const { video, audio } = await probe(mp4)
  assert.equal([video?.codec_name, video?.width, video?.height, audio?.codec_name], ['h264', width, height, 'aac'])
  const recording = await decodeFrames(mp4, 'rgb24')
  assert.ok(recording.length >= 30, `${recording.length} pictures`)
  assert.ok(psnr(recording.at(-1)!.data, camera.data) > 45)
  await assertTones(mp4)
})

test('split: a signal begins the next file, at a keyframe; nothing is lost between them', async () => {
  const folder = tempDir()
  const part = (n: number): string => join(folder, `part-0${n}.mp4`)
  await using child = run('split', server.url('camera'), join(folder, 'part-%02d.mp4'))
  await reached(child, () => child.output().includes(`${part(0)} begins`))
  await sleep(1000)
  child.kill('SIGUSR2')
  await reached(child, () => child.output().includes(`${part(1)} begins`))
  await sleep(1000)
  await interrupted(child)
  const said = [0, 1].flatMap(n => [`${part(n)} begins`, `${part(n)} is whole`])
  assert.equal(child.output().trim().split('\n').sort(), said.sort())
  assert.equal(readdirSync(folder).sort(), ['part-00.mp4', 'part-01.mp4'])
  for (const n of [0, 1]) {
    const { video, audio, packets } = await probe(part(n), { seconds: 10 })
    assert.equal([video?.codec_name, audio?.codec_name], ['h264', 'aac'])
    const pictures = packets.filter(({ codec_type }) => codec_type === 'video')
    assert.ok(pictures[0]!.flags.startsWith('K'), 'it begins with a keyframe')
    assert.ok(psnr((await decodeFrames(part(n), 'rgb24')).at(-1)!.data, camera.data) > 45)
  }
})

test('thumbnails: small JPEGs, one a second', async () => {
  const folder = tempDir()
  await using child = run('thumbnails', server.url('camera'), folder)
  await reached(child, () => child.output().trim().split('\n').length >= 3)
  await interrupted(child)
  for (const [, name, size] of child.output().matchAll(/(thumbnail-\d+\.jpg): (\d+) bytes/g)) {
    const file = join(folder, name!)
    assert.is(readFileSync(file).length, Number(size))
    const { video } = await probe(file)
    assert.equal([video?.codec_name, video?.width, video?.height], ['mjpeg', 160, 90])
  }
  const [{ data }] = (await decodeFrames(join(folder, 'thumbnail-0.jpg'), 'rgb24')) as [DecodedFrame]
  for (let bar = 0; bar < 7; bar++) {
    const region = { x: Math.round(((bar + 0.3) * width) / 7), y: 30, width: 18, height: 60 }
    const half = { x: Math.round(region.x / 2), y: 15, width: 9, height: 30 }
    assertNear(meanColor(data, 160, 90, half), meanColor(camera.data, width, height, region), `bar ${bar}`)
  }
  const times = [...child.output().matchAll(/at (\S+) s/g)].map(([, time]) => Number(time))
  times.slice(1).forEach((time, i) => assert.ok(Math.abs(time - times[i]! - 1) < 0.1, times.join()))
})

test('snapshots: of streams that are not decoded', async () => {
  const folder = tempDir()
  await using child = run('snapshots', folder, server.url('camera'), server.url('camera'))
  await reached(child, () => child.output().trim().split('\n').length >= 4)
  await interrupted(child)
  for (const n of [1, 2]) {
    const [{ data, width: columns, height: rows }] = (await decodeFrames(join(folder, `stream-${n}.jpg`), 'rgb24')) as [
      DecodedFrame,
    ]
    assert.equal([columns, rows], [160, 90])
    for (let bar = 0; bar < 7; bar++) {
      const region = { x: Math.round(((bar + 0.3) * width) / 7), y: 30, width: 18, height: 60 }
      const half = { x: Math.round(region.x / 2), y: 15, width: 9, height: 30 }
      assertNear(meanColor(data, 160, 90, half), meanColor(camera.data, width, height, region), `bar ${bar}`)
    }
  }
})

test('model-in-worker: verdicts from another thread', async () => {
  await using child = run('model-in-worker', server.url('camera'))
  await reached(child, () => child.output().trim().split('\n').length >= 5)
  await interrupted(child)
  const bright = camera.data.reduce((sum, value) => sum + value, 0) / camera.data.length / 255
  for (const [, verdict] of child.output().matchAll(/brightness (\S+);/g))
    assert.ok(Math.abs(Number(verdict) - bright) < 0.03, `${child.output()} for ${bright}`)
})

test('hls: a playlist, and segments that play', async () => {
  const folder = tempDir()
  const playlist = join(folder, 'live.m3u8')
  await using child = run('hls', server.url('camera'), folder)
  const segments = () => (existsSync(playlist) ? (readFileSync(playlist, 'utf8').match(/^part\d{5}\.ts$/gm) ?? []) : [])
  await reached(child, () => segments().length >= 2)
  const { video, audio } = await probe(playlist)
  assert.equal([video?.codec_name, video?.width, audio?.codec_name], ['h264', width, 'aac'])
  const frames = await decodeFrames(join(folder, segments()[1]!), 'rgb24')
  assert.ok(psnr(frames.at(-1)!.data, camera.data) > 45)
  await interrupted(child)
})

test.after(async () => {
  await publisher.stop()
  await server.stop()
})
test.run()
