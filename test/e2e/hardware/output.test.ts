// suite: deep
import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions, type RxGstError } from '../../../src/index'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { refuse } from '../../../src/live/codec/trial'
import { fakeHardware, freshCache, runTrials } from '../../support/fake-hardware'
import { readClock } from '../../support/media/picture-clock'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { pattern } from '../lib/pattern'
import { received, tagsOf } from '../lib/sent'

// Encoders of hardware that is not there: each passes its trial first, and fails on air then.
const test = suite('hardware: output', { timeout: 90_000 })

const become = fakeHardware('nvh264enc=ok vah264enc=ok')
const [width, height, fps] = [320, 180, 25]

const logged: string[] = []
const log = (text: string): void => void logged.push(text)
const logger = { debug: log, info: log, warn: log, error: log }
test.before(() => runTrials('nvh264enc', 'vah264enc'))
test.before.each(() => void logged.splice(0))

interface Outcome {
  first: string
  last: string
  numbers: (number | null)[]
  times: number[]
  keyframes: boolean[]
  connections: number
}

/** Writes numbered pictures in real time, as many as it takes. */
async function aired(
  options: Partial<RTMPOutputOptions>,
  enough: (encoder: string, packets: number) => boolean,
): Promise<Outcome> {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(server.url(), {
    width,
    height,
    fps,
    bitrate: '800k',
    keyframeInterval: 1,
    connectTimeout: 30_000,
    logger,
    ...options,
  })
  await output.start()
  const first = output.info!.encoder
  let writing = true
  const written = (async () => {
    for (let i = 0; writing; i++) await output.writeFrame(pattern(width, height, i))
  })()
  const connection = await server.connection(0)
  await until(() => enough(output.info!.encoder, tagsOf(connection).video.length), {
    timeout: 60_000,
    what: () => `packets; ${tagsOf(connection).video.length} so far from ${output.info!.encoder}; ${logged.join('\n')}`,
  })
  const last = output.info!.encoder
  writing = false
  await written
  await output.stop()
  const all = received(await server.connection(0, ({ open }) => !open))
  const numbers = (await decodeFrames(all.file, 'rgb24')).map(({ data }) => readClock(data, width, height))
  return {
    first,
    last,
    numbers,
    times: all.video.map(({ dts }) => dts),
    keyframes: all.video.map(({ keyframe }) => keyframe),
    connections: server.connections.length,
  }
}

/** Pictures in order on one connection, in the places of the clock; at most so many were lost. */
function assertOnAir({ numbers, times, connections }: Outcome, mostLost: number): void {
  assert.is(connections, 1, 'the connection stays')
  assert.is(numbers.length, times.length, 'every packet is a picture')
  times.forEach((time, i) => assert.ok(i === 0 || time > times[i - 1]!, `time at ${i}`))
  // Black may come before the first written picture where a machine stands still.
  const begun = numbers.slice(numbers.findIndex(number => number !== null))
  const shown = begun.filter(number => number !== null)
  assert.is(shown.length, begun.length, 'every picture can be read')
  shown.forEach((number, i) => assert.ok(i === 0 || number >= shown[i - 1]!, `${number} after ${shown[i - 1]}`))
  const lost = shown.at(-1)! - shown[0]! + 1 - new Set(shown).size
  assert.ok(lost <= mostLost, `${lost} pictures lost`)
}

test('without vcodec the encoder that passed its trial is used', async () => {
  const outcome = await aired({}, (_, packets) => packets >= 60)
  assert.is(outcome.first, 'nvh264enc')
  assertOnAir(outcome, 0)
  assert.equal(
    outcome.keyframes
      .slice(0, 51)
      .map((keyframe, i) => keyframe === (i % 25 === 0))
      .includes(false),
    false,
    'keyframes every second',
  )
})

test('a codec that is named is used, gpuAcceleration or not', async () => {
  assert.is((await aired({ vcodec: 'libx264' }, (_, packets) => packets >= 5)).first, 'x264enc')
  assert.is(
    (await aired({ vcodec: 'h264_vaapi', gpuAcceleration: false }, (_, packets) => packets >= 5)).first,
    'vah264enc',
  )
  assert.is((await aired({ gpuAcceleration: false }, (_, packets) => packets >= 5)).first, 'x264enc')
})

for (const [how, text] of [
  ['fail:60', /The device is lost/],
  ['hang:60', /gives no packets any more/],
  ['mute:60', /gives no packets any more/],
] as const) {
  test(`${how.slice(0, 4)} on air: the next one takes over on the same connection, and says so`, async () => {
    become(`nvh264enc=${how} vah264enc=ok`)
    const outcome = await aired({}, (encoder, packets) => encoder !== 'nvh264enc' && packets >= 59 + 50)
    assert.equal([outcome.first, outcome.last], ['nvh264enc', 'vah264enc'])
    // A device that hangs is waited for, 3 s; what was written meanwhile is late.
    assertOnAir(outcome, how.startsWith('fail') ? 75 : 200)
    assert.ok(
      logged.some(
        line => /^nvh264enc failed: ERR_ENCODE/.test(line) && text.test(line) && /vah264enc takes over$/.test(line),
      ),
      logged.join('\n'),
    )
  })
}

test('one after the other: down to software, on air all the time', async () => {
  become('nvh264enc=fail:40 vah264enc=fail:40')
  const outcome = await aired({}, (encoder, packets) => encoder === 'x264enc' && packets >= 39 * 2 + 50)
  assert.equal([outcome.first, outcome.last], ['nvh264enc', 'x264enc'])
  assertOnAir(outcome, 150)
})

test('a card whose sessions are all taken: the next one begins, no picture is lost', async () => {
  become('nvh264enc=refuse vah264enc=ok')
  const outcome = await aired({}, (_, packets) => packets >= 50)
  assert.equal([outcome.first, outcome.last], ['vah264enc', 'vah264enc'])
  assertOnAir(outcome, 0)
  assert.ok(
    logged.some(line => /nvh264enc failed.*No session is left.*vah264enc takes over/.test(line)),
    logged.join('\n'),
  )
})

test('an encoder that was named and fails on air is rescued by software', async () => {
  become('nvh264enc=fail:60')
  const outcome = await aired(
    { vcodec: 'h264_nvenc' },
    (encoder, packets) => encoder === 'x264enc' && packets >= 59 + 50,
  )
  assert.equal([outcome.first, outcome.last], ['nvh264enc', 'x264enc'])
  assertOnAir(outcome, 75)
})

test('adaptiveBitrate reaches a device as well', async () => {
  become('nvh264enc=ok')
  const outcome = await aired({ adaptiveBitrate: true }, (_, packets) => packets >= 30)
  assert.is(outcome.first, 'nvh264enc')
  assert.equal(
    logged.filter(line => /adaptiveBitrate has no effect/.test(line)),
    [],
  )
})

test('a card that does not return from being opened: the next one begins', async () => {
  become('nvh264enc=stuck vah264enc=ok')
  const outcome = await aired({}, (_, packets) => packets >= 50)
  assert.equal([outcome.first, outcome.last], ['vah264enc', 'vah264enc'])
  assertOnAir(outcome, 0)
})

test('a trial that takes too long is not waited for', async () => {
  // vaapih264enc has not been tried in this process.
  become('vaapih264enc=stuck')
  freshCache()
  for (const factory of ['nvh264enc', 'vah264enc', 'vah264lpenc']) refuse(factory, 'it is gone')
  const outcome = await aired({}, (_, packets) => packets >= 20)
  assert.is(outcome.first, 'x264enc')
  assertOnAir(outcome, 0)
  assert.ok(
    logged.some(line => /vaapih264enc is not used: its trial takes too long/.test(line)),
    logged.join('\n'),
  )
})

test('one that was named and cannot be had: why, whose fault, what to do', async () => {
  become('vah264enc=ok')
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), { width, height, vcodec: 'h264_vaapi', connectTimeout: 30_000 })
  process.env['RXGST_HARDWARE'] = 'none'
  try {
    for (const factory of ['vah264enc', 'vah264lpenc', 'vaapih264enc']) refuse(factory, 'it is gone')
    const error = await output.start().then(
      () => null,
      (reason: RxGstError) => reason,
    )
    assert.equal([error?.code, error?.fault, error?.retryable], ['ERR_ENCODE', 'machine', false])
    assert.match(error!.message, /vah264enc: it is gone.*vaapih264enc: it is gone/)
  } finally {
    process.env['RXGST_HARDWARE'] = 'nvidia,va'
    await output.stop()
  }
})

test.run()
