// suite: deep
// deadline: 600
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { filter, firstValueFrom } from 'rxjs'
import { Capture, RTMPCapture, StreamMonitor, type CaptureOptions } from '../../../src/index'
import { toneLevel } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { remade, samePictures, smallFile, take } from '../lib/inputs'
import { codeOf, toTheEnd } from '../lib/served'
import { timed } from '../lib/timed'

const test = suite('inputs: kinds of files', { timeout: 90_000 })

const all: CaptureOptions = { pace: 'none' }
const url = (file: string): string => pathToFileURL(file).href

for (const container of ['flv', 'mov', 'ts', 'mkv'] as const) {
  test(`.${container} with B-frames and AAC`, async () => {
    const file = await smallFile(`in.${container}`)
    const taken = await take(url(file), all)
    assert.is(taken.frames.length, 50)
    await samePictures(file, taken)
    assert.ok(toneLevel(taken.samples, 48_000, 440) > 0.1)
    assert.equal([taken.info.video?.codec, taken.info.audio?.codec], ['h264', 'aac'])
  })
}

for (const [name, args, codecs] of [
  ['h.mp4', ['-c:v', 'libx265', '-x265-params', 'log-level=error', '-c:a', 'copy'], ['hevc', 'aac']],
  ['h.ts', ['-c:v', 'libx265', '-x265-params', 'log-level=error', '-c:a', 'ac3'], ['hevc', 'ac3']],
  ['a.mkv', ['-c:v', 'libaom-av1', '-cpu-used', '8', '-b:v', '500k', '-c:a', 'libopus'], ['av1', 'opus']],
  ['m.mkv', ['-c:v', 'copy', '-c:a', 'libmp3lame'], ['h264', 'mp3']],
  ['f.mp4', ['-c', 'copy', '-movflags', 'frag_keyframe+empty_moov'], ['h264', 'aac']],
] as const) {
  test(`${name}: ${codecs.join(' and ')}`, async () => {
    const file = await remade(await smallFile('in.mp4'), name, args)
    const taken = await take(url(file), all)
    assert.is(taken.frames.length, 50)
    await samePictures(file, taken)
    assert.ok(toneLevel(taken.samples, 48_000, 440) > 0.1)
    assert.equal([taken.info.video?.codec, taken.info.audio?.codec], codecs)
  })
}

test('the content counts, and not the name', async () => {
  const file = await remade(await smallFile('in.mp4'), 'in.mkv', ['-c', 'copy', '-f', 'mpegts'])
  assert.is((await take(url(file), all)).frames.length, 50)
})

test('without sound, and sound alone', async () => {
  const file = await smallFile('in.mp4')
  const silent = await take(url(await remade(file, 'v.mp4', ['-c', 'copy', '-an'])), all)
  assert.equal([silent.frames.length, silent.info.audio], [50, null])
  await using capture = new Capture(url(await remade(file, 'a.mp4', ['-c', 'copy', '-vn'])), all)
  await capture.start()
  assert.is(capture.info?.video, null)
  const { samples } = await capture.getAudio(1)
  assert.ok(toneLevel(samples, 48_000, 440) > 0.1)
})

test('without sound each picture is paired with silence, and none waits', async () => {
  const file = await remade(await smallFile('in.mp4'), 'v.mp4', ['-c', 'copy', '-an'])
  await using capture = new Capture(url(file), all)
  await capture.start()
  let pairs = 0
  for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
    frame.close()
    assert.ok(audio.samples.every(sample => sample === 0))
    pairs++
  }
  assert.ok(pairs >= 49, `${pairs} pairs`)
})

test('sound and pictures stay together: flash and beep', async () => {
  const file = await smallFile('in.mp4', {
    pattern: 'flash',
    audio: { rate: 48_000, channels: 1, beep: true },
    duration: 3,
  })
  for (const name of ['in.mp4', 'in.ts', 'in.mkv', 'in.flv']) {
    const { frames, samples } = await take(url(await remade(file, name)), all)
    const lit = frames.filter(({ data }) => data[data.length >> 1]! > 128).map(({ timestamp }) => timestamp)
    const second = lit.find(time => time > 500_000)!
    const loud = samples.findIndex((sample, i) => i > 24_000 && Math.abs(sample) > 0.05) / 48
    assert.ok(Math.abs(loud - second / 1000) <= 45, `${name}: flash at ${second} µs, beep at ${loud} ms`)
  }
})

test('by default a file plays at its pace', async () => {
  const file = await smallFile('in.mp4', { duration: 3 })
  await using capture = new Capture(url(file))
  await capture.start()
  const from = performance.now()
  let [first, last, count] = [0, 0, 0]
  for await (const frame of capture.aiterFrames()) {
    if (count++ === 0) first = frame.timestamp
    last = frame.timestamp
    frame.close()
  }
  const [took, long] = [performance.now() - from, (last - first) / 1000]
  // On a busy machine a slow loop loses pictures, and the end comes late; it never comes early.
  assert.ok(count > 0 && long > 1500, `${count} pictures of ${long} ms`)
  assert.ok(took > long - 1000, `${took} ms for ${long} ms`)
})

test('a loop stays live, and time goes on', async () => {
  const file = await smallFile('in.mp4', { duration: 1 })
  const taken = await take(url(file), { loop: true, pace: 'none' }, { count: 70 })
  assert.is(taken.states.at(-1)?.phase, 'live')
  assert.is(taken.frames.filter(({ discontinuity }) => discontinuity).length, 3)
  taken.frames.forEach(({ timestamp }, i) => {
    if (i > 0) assert.ok(timestamp > taken.frames[i - 1]!.timestamp)
  })
})

test('stop() in the middle of the pace is quick, and so is that of a consumer that holds everything up', async () => {
  const file = await smallFile('in.mp4', { duration: 5 })
  for (const options of [{}, { pace: 'none' }] as const) {
    const capture = new Capture(url(file), options)
    await capture.start()
    await new Promise(resolve => setTimeout(resolve, 300))
    const took = await timed(() => capture.stop())
    assert.ok(took < 5000, `${took} ms`)
  }
})

test('getFrame() gives what is left after the end, and then ERR_STREAM_ENDED', async () => {
  const file = await smallFile('in.mp4', { duration: 1 })
  await using capture = new Capture(url(file), { ...all, dropPolicy: 'oldest', bufferSize: 100 })
  await capture.start()
  await firstValueFrom(capture.state$.pipe(filter(({ phase }) => phase === 'stopped')))
  let count = 0
  const code = await codeOf(
    toTheEnd(async () => {
      for (;;) {
        const frame = await capture.getFrame()
        frame.close()
        count++
      }
    }),
  )
  assert.is(code, 'resolved')
  assert.is(count, 25, 'all pictures of the file')
  assert.is(await codeOf(capture.getFrame()), 'ERR_STREAM_ENDED')
})

test('decode: false measures a file as it does a stream', async () => {
  const file = await smallFile('in.mp4', { duration: 3 })
  await using capture = new Capture(url(file), { decode: false, loop: true })
  await using monitor = new StreamMonitor()
  monitor.attachStream(capture, 'file')
  await capture.start()
  assert.equal([capture.info?.video?.codec, capture.info?.audio?.codec], ['h264', 'aac'])
  const read = (name: 'fps' | 'bitrate'): number => monitor.getMetric(name, 'file') ?? 0
  await until(() => read('fps') > 0 && read('bitrate') > 0, { timeout: 20_000, what: () => capture.state.phase })
})

let good = ''
let bytes = Buffer.alloc(0)
test.before(async () => {
  good = await smallFile('good.mp4')
  bytes = readFileSync(good)
})

for (const [what, name, content] of [
  ['noise', 'noise.mp4', () => randomBytes(100_000)],
  ['nothing', 'empty.ts', () => Buffer.alloc(0)],
  ['a page', 'page.mp4', () => Buffer.from('<html><body>not found</body></html>')],
  ['the first 3000 bytes of an MP4', 'cut.mp4', () => bytes.subarray(0, 3000)],
  ['an MP4 whose boxes are noise', 'head.mp4', () => Buffer.concat([bytes.subarray(0, 40), randomBytes(50_000)])],
  ['Matroska of noise', 'head.mkv', () => Buffer.concat([Buffer.from('1a45dfa3', 'hex'), randomBytes(50_000)])],
  [
    'FLV of noise',
    'head.flv',
    () => Buffer.concat([Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0', 'latin1'), randomBytes(50_000)]),
  ],
] as const) {
  test(`${what} is an error, and final`, async () => {
    const file = tempFile(name)
    writeFileSync(file, content())
    await using capture = new Capture(url(file), { ...all, connectTimeout: 5000, reconnect: { first: true } })
    const code = await codeOf(capture.start())
    assert.ok(['ERR_BAD_STREAM', 'ERR_STREAM_ENDED', 'ERR_UNSUPPORTED_MEDIA'].includes(code), code)
  })
}

test('packets of noise between packets of TS cost pictures, and not the stream', async () => {
  const ts = readFileSync(await remade(good, 'in.ts'))
  const file = tempFile('torn.ts')
  writeFileSync(file, Buffer.concat([ts.subarray(0, 188 * 150), randomBytes(188 * 40), ts.subarray(188 * 190)]))
  const taken = await take(url(file), all)
  assert.ok(taken.frames.length > 20, `${taken.frames.length}`)
  assert.is(taken.error, null)
})

test('RTMPCapture takes RTMP alone, and no option of other inputs', () => {
  const code = (make: () => unknown): string => {
    try {
      make()
    } catch (error) {
      return (error as { code: string }).code
    }
    return 'none'
  }
  assert.is(
    code(() => new RTMPCapture(url(good))),
    'ERR_URL',
  )
  assert.is(
    code(() => new RTMPCapture('rtmp://host/app/stream', { loop: true } as CaptureOptions)),
    'ERR_OPTION',
  )
  assert.is(
    code(() => new Capture('gopher://host/')),
    'ERR_URL',
  )
  assert.is(
    code(() => new Capture('file:///a?b')),
    'ERR_URL',
  )
})

test.run()
