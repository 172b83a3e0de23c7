import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/core/errors'
import { resolveCaptureOptions, resolveOutputOptions, SILENT_LOGGER } from '../../src/live/options'
import { suite } from '../support/suite'

const test = suite('options')

const SIZE = { width: 64, height: 32 }

function refusal(call: () => unknown, what: string): RxGstError {
  try {
    call()
  } catch (error) {
    assert.instance(error, RxGstError, what)
    return error as RxGstError
  }
  throw new Error(`accepted ${what}`)
}

const TRANSPORT_DEFAULTS = {
  streamKey: null,
  transport: 'auto',
  reconnect: { initialDelay: 1000, maxDelay: 30000, giveUpAfter: Infinity },
  connectTimeout: 10000,
  stallTimeout: 3000,
  gpuAcceleration: true,
  signal: null,
  logger: SILENT_LOGGER,
}

test('a capture without options has the documented defaults', () => {
  const expected = {
    ...TRANSPORT_DEFAULTS,
    width: null,
    height: null,
    fps: null,
    fpsFraction: null,
    decode: true,
    video: true,
    audio: true,
    analyse: null,
    format: 'RGB',
    audioSampleRate: null,
    audioChannels: null,
    bufferSize: 10,
    maxHeldBytes: 268_435_456,
    dropPolicy: 'oldest',
    maxWidth: 4096,
    maxHeight: 2304,
    maxFps: 120,
    videoTrack: 0,
    audioTrack: 0,
    outputCorrupt: false,
    pace: 'realtime',
    loop: false,
    rtspTransport: 'auto',
    variant: 'best',
    hosts: [],
  }
  assert.equal(resolveCaptureOptions({}, true), expected)
  assert.equal(resolveCaptureOptions({ pace: 'none' }, true), { ...expected, pace: 'none', dropPolicy: 'block' })
  assert.equal(resolveCaptureOptions(), expected)
  assert.equal(resolveCaptureOptions({}), expected)
  assert.equal(resolveCaptureOptions({ width: null, height: null, fps: null, signal: undefined }), expected)
})

test('an output with a size alone has the documented defaults', () => {
  assert.equal(resolveOutputOptions(SIZE), {
    ...TRANSPORT_DEFAULTS,
    ...SIZE,
    fps: 30,
    fpsFraction: { n: 30, d: 1 },
    bitrate: 2_500_000,
    ownBitrate: false,
    format: 'flv',
    codec: 'h264',
    every: 1,
    vcodec: null,
    acodec: 'aac',
    audioBitrate: 128_000,
    audioSampleRate: 44100,
    audioChannels: 2,
    preset: 'ultrafast',
    keyframeInterval: 2,
    pixelFormat: 'RGB',
    stampLatency: false,
    rateControl: 'capped',
    adaptiveBitrate: null,
    bufferSize: 10,
    dropPolicy: 'block',
    fill: 'repeat',
    slate: null,
    slateAfter: 2000,
    overlay: [],
  })
})

test('undefined is absent for every option', () => {
  const resolveAny = (given: object) => resolveCaptureOptions(given, true)
  for (const resolve of [resolveAny, (given: object) => resolveOutputOptions({ ...SIZE, ...given })]) {
    const defaults: Record<string, unknown> = { ...resolve({}) }
    for (const name of Object.keys(defaults)) {
      // These follow from others.
      if (['fpsFraction', 'codec', 'every', 'ownBitrate'].includes(name) || (name in SIZE && resolve !== resolveAny))
        continue
      assert.equal({ ...resolve({ [name]: undefined }) }, defaults, name)
    }
  }
})

type Values = readonly unknown[]

const BAD_SHARED: Record<string, Values> = {
  transport: ['rtmp', 'RTMP2', null, 2],
  reconnect: [true, null, [], 'no', { delay: 1 }, { initialDelay: 0 }, { initialDelay: NaN }, { initialDelay: '1' }],
  connectTimeout: [0, -1, NaN, Infinity, 600_001, '1000', null, 5n],
  stallTimeout: [99, NaN, Infinity, 600_001, '3000', null],
  gpuAcceleration: [0, 1, 'true', null],
  signal: [null, {}, 'abort', new AbortController(), { aborted: true }],
  logger: [null, true, {}, { debug() {}, info() {}, warn() {} }, { debug: 1, info: 1, warn: 1, error: 1 }],
  bufferSize: [0, -1, 1.5, 1001, '10', NaN, null, Infinity],
  audioChannels: [0, 3, '2', 1.5, null, [2]],
}

const BAD_CAPTURE: Record<string, Values> = {
  ...BAD_SHARED,
  width: [0, 15, 4097, 100.5, '640', NaN, -640, Infinity, {}, true, 640n],
  height: [0, 15, 4097, 100.5, '480', NaN],
  fps: [0, 0.5, -30, 121, NaN, Infinity, '30', { n: 30, d: 1 }],
  format: ['rgb', 'rgb24', 'YUY2', '', null, 3],
  audioSampleRate: [0, 44101, 7350, 192000, '44100', null, NaN],
  dropPolicy: ['drop', '', null, 'OLDEST'],
  maxHeldBytes: [0, 1_048_575, 536_870_913, 2e6 + 0.5, '1000000', null, NaN],
  maxWidth: [0, 15, 16_881, 640.5, '640', null, NaN, Infinity],
  maxHeight: [0, 15, 16_881, null],
  maxFps: [0, 301, '60', null, NaN, Infinity],
}

const BAD_OUTPUT: Record<string, Values> = {
  ...BAD_SHARED,
  width: [undefined, null, 0, 14, 4098, 101, 100.5, '640', NaN],
  height: [undefined, null, 0, 14, 4098, 33, '480', NaN],
  fps: [null, 0, 121, NaN, Infinity, '30'],
  bitrate: [
    ...[0, 9999, 200_000_001, NaN, Infinity, -1, null, {}, 4_000_000n],
    ...['', 'fast', '9k', '201M', '2500 k', '2500kbps', '4m', '4G', '-4M', '1e6', ' 4M', '4M\n'],
  ],
  format: ['mp4', 'FLV', null],
  vcodec: ['x264', 'libx266', 'h264', 'hevc', 'av1', 'libaom', '', null],
  acodec: ['mp3', 'AAC', null],
  audioSampleRate: [96000, 88200, 64000, 44101, '48000', null],
  preset: ['fastest', 'UltraFast', '', null, 0],
  keyframeInterval: [0, 0.09, 61, NaN, Infinity, '2', null],
  pixelFormat: ['rgb', 'YV12', null],
  stampLatency: [0, 'yes', null],
  rateControl: ['vbr', true, null],
  adaptiveBitrate: [0, 'yes', null, '500k'],
  dropPolicy: ['oldest', null],
  fill: ['black', true, null],
  slate: [null, 'picture', [0], new Uint16Array(64 * 32 * 3), new ArrayBuffer(64 * 32 * 3)],
  slateAfter: [-1, NaN, Infinity, '2000', null],
}

const FORM = /^expected .+ for [\w. ×]+ but received .+(?:; did you mean '\w+'\?)?$/

test('refuses bad values with ERR_OPTION, naming option, value and type in one form', () => {
  const tables = [
    { bad: BAD_CAPTURE, resolve: resolveCaptureOptions },
    { bad: BAD_OUTPUT, resolve: (given: object) => resolveOutputOptions({ ...SIZE, ...given }) },
  ]
  for (const { bad, resolve } of tables) {
    for (const [name, values] of Object.entries(bad)) {
      for (const value of values) {
        const { code, message } = refusal(() => resolve({ [name]: value }), `${name}: ${String(value)}`)
        assert.is(code, 'ERR_OPTION', message)
        assert.match(message, FORM)
        assert.match(message, new RegExp(` for ${name}[. ]`))
        // The type is named where it is what is wrong.
        const number = /received (-?[\d.e+]+|NaN|-?Infinity)( |:|$)/.test(message)
        if (/^expected an? (even )?(number|integer)/.test(message))
          assert.is(/ of type \w+$/.test(message), !number, message)
      }
    }
  }
})

test('refuses what is no options object', () => {
  for (const value of [null, 1, 'rtmp://h/app/S3CR3T', true, [], () => {}, new Map(), new Date()]) {
    for (const resolve of [resolveCaptureOptions, resolveOutputOptions]) {
      const { code, message } = refusal(() => resolve(value), String(value))
      assert.is(code, 'ERR_OPTION')
      assert.match(message, /^expected an object for options but received .+ of type \w+$/)
      assert.not.match(message, 'S3CR3T')
    }
  }
  assert.is(refusal(() => resolveOutputOptions(undefined), 'undefined').code, 'ERR_OPTION')
})

test('an unknown name is refused with the nearest known one', () => {
  const names = { widht: 'width', buffer_size: 'bufferSize', FPS: 'fps', reconect: 'reconnect' }
  for (const [wrong, right] of Object.entries(names)) {
    const { code, message } = refusal(() => resolveCaptureOptions({ [wrong]: 1 }), wrong)
    assert.is(code, 'ERR_OPTION')
    assert.match(message, FORM)
    assert.match(message, `did you mean '${right}'?`)
  }
  assert.not.match(refusal(() => resolveCaptureOptions({ zzzzzz: undefined }), 'zzzzzz').message, 'did you mean')
  assert.is(refusal(() => resolveCaptureOptions(Object.create({ widht: 1 })), 'inherited').code, 'ERR_OPTION')
  assert.match(refusal(() => resolveCaptureOptions({ reconnect: { maxdelay: 1 } }), 'nested').message, "'maxDelay'")
})

test('the message of an enumeration lists what is legal', () => {
  assert.match(refusal(() => resolveCaptureOptions({ format: 'rgb' }), 'format').message, "'RGB', 'RGBA', 'BGRA'")
  const { message } = refusal(() => resolveOutputOptions({ ...SIZE, preset: 'ultrafst' }), 'preset')
  assert.match(message, "did you mean 'ultrafast'?")
})

test('messages show no object from the inside, and no key', () => {
  const urls = ['rtmp://h/a/S3CR3T', 'see rtmps://u:S3CR3T@h', 'RTMP://h/a/\nS3CR3T']
  const values = [...urls, { key: 'S3CR3T' }, ['S3CR3T'], new Error('S3CR3T'), new Map([['key', 'S3CR3T']])]
  for (const value of values) {
    for (const name of ['width', 'format', 'transport', 'logger', 'signal', 'reconnect', 'bufferSize']) {
      assert.not.match(refusal(() => resolveCaptureOptions({ [name]: value }), name).message, 'S3CR3T')
    }
  }
})

test('sizes: both ends of the range, odd ones for captures, even ones up to 4096 × 2304 for outputs', () => {
  assert.is(resolveCaptureOptions({ width: 16 }).width, 16)
  assert.is(resolveCaptureOptions({ height: 4095 }).height, 4095)
  assert.is(resolveOutputOptions({ width: 4096, height: 2304 }).width, 4096)
  assert.is(resolveOutputOptions({ width: 2304, height: 4096 }).height, 4096)
  assert.match(refusal(() => resolveOutputOptions({ width: 4096, height: 2306 }), 'area').message, FORM)
})

test('adaptiveBitrate: its least is a fifth, or what is asked for, and at most the bitrate; not with librtmp', () => {
  const least = (adaptiveBitrate: unknown, bitrate: unknown = 1_234_567) =>
    resolveOutputOptions({ ...SIZE, bitrate, adaptiveBitrate }).adaptiveBitrate
  assert.equal([least(false), least(true), least({}), least({ min: '300k' })], [null, 246_913, 246_913, 300_000])
  for (const wrong of [{ min: '2000k' }, { min: -1 }, { max: 5 }])
    assert.throws(
      () => least(wrong),
      (error: unknown) => (error as RxGstError).code === 'ERR_OPTION',
    )
  assert.throws(
    () => resolveOutputOptions({ ...SIZE, adaptiveBitrate: true, transport: 'librtmp' }),
    (error: unknown) => (error as RxGstError).code === 'ERR_OPTION',
  )
})

test('bitrates', () => {
  const rates = { '2500k': 25e5, '2500K': 25e5, '4M': 4e6, '2.5M': 25e5, '800000': 8e5, '10k': 1e4, '200M': 2e8 }
  for (const [text, bitrate] of Object.entries(rates)) {
    assert.is(resolveOutputOptions({ ...SIZE, bitrate: text }).bitrate, bitrate, text)
  }
  assert.is(resolveOutputOptions({ ...SIZE, bitrate: 10_000 }).bitrate, 10_000)
  assert.is(resolveOutputOptions({ ...SIZE, bitrate: 1_234_567.8 }).bitrate, 1_234_568)
})

test('slates: exact size in the pixel format, else ERR_FRAME_SIZE; a copy is kept', () => {
  const slate = Buffer.alloc(64 * 32 * 3, 7)
  const kept = resolveOutputOptions({ ...SIZE, slate }).slate!
  slate[0] = 99
  assert.is(kept[0], 7)
  assert.is(kept.length, 6144)
  assert.is(resolveOutputOptions({ ...SIZE, pixelFormat: 'I420', slate: new Uint8Array(3072) }).slate!.length, 3072)
  for (const bytes of [0, 6143, 6145]) {
    const error = refusal(() => resolveOutputOptions({ ...SIZE, slate: new Uint8Array(bytes) }), `${bytes}`)
    assert.is(error.code, 'ERR_FRAME_SIZE')
    assert.match(error.message, /6144 bytes \(64 × 32 RGB\)/)
  }
})

test('reconnect: false is never, a long first delay lifts the default cap, a cap below it is refused', () => {
  assert.is(resolveCaptureOptions({ reconnect: false }).reconnect, null)
  assert.equal(resolveCaptureOptions({ reconnect: { initialDelay: 60_000, giveUpAfter: 0 } }).reconnect, {
    initialDelay: 60_000,
    maxDelay: 60_000,
    giveUpAfter: 0,
  })
  assert.is(resolveCaptureOptions({ reconnect: { first: true } }).reconnect?.first, true)
  refusal(() => resolveCaptureOptions({ reconnect: { first: 'yes' } }), 'first')
  assert.is(resolveCaptureOptions({ reconnect: { finalDelay: 30_000 } }).reconnect?.finalDelay, 30_000)
  refusal(() => resolveCaptureOptions({ reconnect: { finalDelay: 0 } }), 'finalDelay')
  const { message } = refusal(() => resolveCaptureOptions({ reconnect: { initialDelay: 500, maxDelay: 100 } }), 'cap')
  assert.match(message, /for reconnect.maxDelay but received 100$/)
  assert.match(
    refusal(() => resolveOutputOptions({ width: 1765, height: 180 }), 'odd').message,
    /expected an even integer from 16 to 4096 for width but received 1765: the nearest are 1764 and 1766$/,
  )
  assert.match(refusal(() => resolveCaptureOptions({ fps: '25' }), 'text').message, /received '25' of type string$/)
})

test('takes signals and loggers by their shape', () => {
  const { signal } = new AbortController()
  assert.is(resolveCaptureOptions({ signal }).signal, signal)
  assert.is(resolveCaptureOptions({ logger: console }).logger, console)
  const callable = Object.assign(() => {}, SILENT_LOGGER)
  assert.is(resolveCaptureOptions({ logger: callable }).logger, callable)
  for (const method of ['debug', 'info', 'warn', 'error'] as const) assert.is(SILENT_LOGGER[method]('x'), undefined)
})

test.run()
