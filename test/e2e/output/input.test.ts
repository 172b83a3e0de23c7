import * as assert from 'uvu/assert'
import { RTMPOutput, RxGstError, type RTMPOutputOptions, type VideoFrame } from '../../../src/index'
import { solid } from '../../support/media/picture'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { codeOf } from '../lib/served'
import { sent } from '../lib/sent'

// What a caller gets wrong is told at once, by name, and leaves no harm.
const test = suite('output: input', { timeout: 60_000 })

const [width, height] = [320, 180]
const SMALL = { width, height }
const URL = 'rtmp://127.0.0.1:1/live/key1'
const GREY = solid(width, height, [90, 90, 90])

function refusal(make: () => unknown): RxGstError {
  try {
    make()
  } catch (error) {
    assert.instance(error, RxGstError)
    return error as RxGstError
  }
  throw new Error('accepted')
}

const OPTIONS: [options: object, code: string, told: string | RegExp][] = [
  [{}, 'ERR_OPTION', 'width'],
  [{ width: 321, height }, 'ERR_OPTION', 'even'],
  [{ ...SMALL, fps: 0 }, 'ERR_OPTION', 'from 1 to 120'],
  [{ ...SMALL, bitrate: '5 MB' }, 'ERR_OPTION', '2500k'],
  [{ ...SMALL, vcodec: 'libx266' }, 'ERR_OPTION', /libx264.*h264_nvenc.*libx265.*did you mean 'libx26[45]'/],
  [
    { ...SMALL, vcodec: 'libx265', transport: 'rtmp2' },
    'ERR_OPTION',
    /'auto' or 'rxrtmp' with .*libx265 for transport/,
  ],
  [{ ...SMALL, vcodec: 'hevc_nvenc', transport: 'librtmp' }, 'ERR_OPTION', /hevc_nvenc for transport/],
  [{ ...SMALL, vcodec: 'libaom-av1', transport: 'rtmp2' }, 'ERR_OPTION', /libaom-av1 for transport/],
  [{ ...SMALL, vcodec: 'av1' }, 'ERR_OPTION', /libaom-av1.*libsvtav1.*av1_nvenc/],
  [{ ...SMALL, preset: 'ultrafst' }, 'ERR_OPTION', /ultrafast, ?'?superfast|did you mean 'ultrafast'/],
  [{ ...SMALL, audioSampleRate: 44000 }, 'ERR_OPTION', '44100'],
  [{ ...SMALL, audioChannels: 6 }, 'ERR_OPTION', '1, 2'],
  [{ ...SMALL, fill: 'freeze' }, 'ERR_OPTION', /'repeat', 'slate', 'none'/],
  [{ ...SMALL, dropPolicy: 'oldest' }, 'ERR_OPTION', /'block', 'newest'/],
  [{ ...SMALL, keyFrameInterval: 2 }, 'ERR_OPTION', "did you mean 'keyframeInterval'"],
  [{ ...SMALL, slate: new Uint8Array(10) }, 'ERR_FRAME_SIZE', String(width * height * 3)],
  [{ ...SMALL, logger: {} }, 'ERR_OPTION', 'logger'],
  [{ ...SMALL, signal: {} }, 'ERR_OPTION', 'signal'],
]
for (const [options, code, told] of OPTIONS) {
  test(`options ${JSON.stringify(options).slice(0, 70)}`, () => {
    const error = refusal(() => new RTMPOutput(URL, options as RTMPOutputOptions))
    assert.is(error.code, code)
    assert.is(error.fault, 'options')
    assert.match(error.message, told)
  })
}

test('URLs that are none', () => {
  for (const url of [
    '',
    'http://h/a/b',
    'rtmp://h',
    'rtmp://h/app/',
    'rtmp://h:99999/a/b',
    'rtmp://h/a/b c',
    5,
    null,
    {},
    [],
    [URL, 'x'],
  ]) {
    assert.is(refusal(() => new RTMPOutput(url as string, SMALL)).code, 'ERR_URL', JSON.stringify(url))
  }
})

test('one URL twice', () => {
  for (const other of [URL, 'RTMP://127.0.0.1:1/live/key1']) {
    const error = refusal(() => new RTMPOutput([URL, 'rtmp://127.0.0.1:1/live/key2', other], SMALL))
    assert.is(error.code, 'ERR_NAME_TAKEN', other)
    assert.not.match(error.message, 'key1')
  }
})

const frame = (given: Partial<VideoFrame>): VideoFrame =>
  ({ data: GREY, width, height, format: 'RGB', clone: () => frame(given), close() {}, ...given }) as VideoFrame
const closed = frame({})
Object.defineProperty(closed, 'data', {
  get: () => {
    throw new RxGstError('ERR_FRAME_CLOSED', 'closed')
  },
})

const FRAMES: [what: string, frame: unknown, code: string, told?: string][] = [
  ['too short', GREY.subarray(1), 'ERR_FRAME_SIZE', `expected ${GREY.length} bytes`],
  ['too long', new Uint8Array(GREY.length + 1), 'ERR_FRAME_SIZE'],
  ['empty', new Uint8Array(0), 'ERR_FRAME_SIZE'],
  ['RGBA for RGB', new Uint8Array(width * height * 4), 'ERR_FRAME_SIZE', '320 × 180 RGB'],
  [
    'a frame of another size',
    frame({ width: 640, height: 360, data: new Uint8Array(640 * 360 * 3) }),
    'ERR_FRAME_SIZE',
    '640 × 360',
  ],
  ['a frame whose bytes are too few', frame({ data: GREY.subarray(3) }), 'ERR_FRAME_SIZE'],
  ['a closed frame', closed, 'ERR_FRAME_CLOSED'],
  ['null', null, 'ERR_OPTION'],
  ['undefined', undefined, 'ERR_OPTION'],
  ['a string', 'x'.repeat(GREY.length), 'ERR_OPTION'],
  ['an array', [1, 2, 3], 'ERR_OPTION'],
  ['an ArrayBuffer', GREY.buffer, 'ERR_OPTION'],
  ['Float32Array', new Float32Array(GREY.length), 'ERR_OPTION'],
]
const AUDIO_CHUNKS: [what: string, audio: unknown][] = [
  ['an odd number of samples for two channels', new Float32Array(1471)],
  ['an odd number of 16-bit samples', new Int16Array(3)],
  ['bytes', new Uint8Array(100)],
  ['doubles', new Float64Array(100)],
  ['null', null],
  ['a string', 'la la la'],
  ['a chunk without samples', { sampleRate: 48000, channels: 2 }],
  ['a chunk of no rate', { samples: new Float32Array(4), sampleRate: 0, channels: 2 }],
  ['a chunk of NaN Hz', { samples: new Float32Array(4), sampleRate: NaN, channels: 2 }],
  ['a chunk of 65 channels', { samples: new Float32Array(130), sampleRate: 48000, channels: 65 }],
  ['a chunk for half a speaker', { samples: new Float32Array(12), sampleRate: 48000, channels: 6, channelMask: 0.5 }],
  ['a chunk of 1.5 channels', { samples: new Float32Array(12), sampleRate: 48000, channels: 1.5 }],
]

test('wrong pictures and wrong sound are refused, and the right ones still go through', async () => {
  const { video } = await sent({ ...SMALL, fps: 25 }, async output => {
    for (const [what, wrong, code, told] of FRAMES) {
      for (const write of [
        () => output.writeFrame(wrong as Uint8Array),
        () => output.writeFrameWithAudio(wrong as Uint8Array, new Float32Array(2)),
      ]) {
        const error = await write().then(
          () => null,
          (reason: RxGstError) => reason,
        )
        assert.is(error?.code, code, `${what}: ${String(error)}`)
        if (told) assert.match(error!.message, told)
      }
    }
    for (const [what, wrong] of AUDIO_CHUNKS) {
      assert.is(await codeOf(output.writeAudio(wrong as Int16Array)), 'ERR_OPTION', what)
      if (wrong !== null)
        assert.is(await codeOf(output.writeFrameWithAudio(GREY, wrong as Int16Array)), 'ERR_OPTION', what)
    }
    for (let i = 0; i < 20; i++) await output.writeFrame(GREY)
  })
  assert.is(video.length, 20)
})

test('before start(), while it starts, after stop(): ERR_NOT_RUNNING, whatever is written', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), SMALL)
  const all = async () => [
    await codeOf(output.writeFrame(GREY)),
    await codeOf(output.writeFrameAsync(GREY)),
    await codeOf(output.writeAudio(new Float32Array(2))),
    await codeOf(output.writeFrameWithAudio(GREY, new Float32Array(2))),
  ]
  const none = Array(4).fill('ERR_NOT_RUNNING')
  assert.equal(await all(), none)
  const started = output.start()
  assert.is(await codeOf(output.writeFrame(GREY)), 'ERR_NOT_RUNNING')
  await started
  assert.equal(await all(), Array(4).fill('resolved'))
  await output.stop()
  assert.equal(await all(), none)
})

test('start() a second time: ERR_ALREADY_STARTED, in every phase', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), SMALL)
  const first = output.start()
  assert.is(await codeOf(output.start()), 'ERR_ALREADY_STARTED')
  await first
  assert.is(await codeOf(output.start()), 'ERR_ALREADY_STARTED')
  assert.is(output.state.phase, 'live')
  await output.stop()
  assert.is(await codeOf(output.start()), 'ERR_ALREADY_STARTED')
  const failed = new RTMPOutput(`rtmp://127.0.0.1:${await freePort()}/live/key1`, { ...SMALL, reconnect: false })
  assert.is(await codeOf(failed.start()), 'ERR_CONNECTION_REFUSED')
  assert.is(await codeOf(failed.start()), 'ERR_ALREADY_STARTED')
  await failed.stop()
})

test('more writes at once than anybody can want: ERR_WRITE_OVERFLOW, and the others go through', async () => {
  const { video } = await sent({ ...SMALL, bitrate: '500k' }, async output => {
    const codes = await Promise.all(Array.from({ length: 1200 }, () => codeOf(output.writeFrame(GREY))))
    assert.is(new Set(codes).size, 2, [...new Set(codes)].join())
    const written = codes.filter(code => code === 'resolved').length
    assert.is(codes.filter(code => code === 'ERR_WRITE_OVERFLOW').length, 1200 - written)
    assert.ok(written >= 1000, `${written} were written`)
  })
  assert.ok(video.length > 0)
})

test('an encoder whose plugin is not here: ERR_MISSING_PLUGIN tells the package', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url('planted-key'), { ...SMALL, vcodec: 'h264_nvenc' })
  const error = await output.start().then(
    () => null,
    (reason: RxGstError) => reason,
  )
  if (error === null) return void (await output.stop()) // a machine that has the device
  assert.equal([error.code, error.fault, error.element], ['ERR_MISSING_PLUGIN', 'machine', 'nvh264enc'])
  assert.match(error.message, 'gstreamer1.0-plugins-bad')
  assert.is(output.state.phase, 'failed')
  assert.is(output.state.reason, 'ERR_MISSING_PLUGIN')
  await output.stop()
})

test.run()
