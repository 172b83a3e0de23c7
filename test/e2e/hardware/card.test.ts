import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, run, pipeline, el, caps, type RxGstError } from '../../../src/index'
import { refuse } from '../../../src/live/codec/trial'
import { start } from '../../support/child'
import { fakeHardware, runTrials, watchContexts } from '../../support/fake-hardware'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { pattern } from '../lib/pattern'

// What elements of a card want of the program they run in, and what they do to it.
const test = suite('hardware: card', { timeout: 90_000 })

const become = fakeHardware('nvh264dec=ok nvh264enc=ok')
let file = ''

test.before(async () => {
  file = await makeFile(tempFile('card.flv'), {
    size: '320x180',
    fps: 25,
    gop: 25,
    duration: 8,
    colorspace: 'bt601',
    bitrate: '400k',
  })
  await runTrials('nvh264dec', 'nvh264enc')
})
test.before.each(() => become('nvh264dec=ok nvh264enc=ok'))

const serve = () => startRtmpServer({ kind: 'serve-file', file, loop: true })
const begun = async (url: string, options: object = {}) => {
  const capture = new RTMPCapture(url, { connectTimeout: 30_000, reconnect: false, ...options })
  await capture.start()
  return capture
}
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

test('one context of a card for all streams, that come together or later, until the last is over', async () => {
  const contexts = watchContexts()
  await using server = await serve()
  const first = await Promise.all([begun(server.url()), begun(server.url()), begun(server.url())])
  assert.equal(
    first.map(({ info }) => info?.video?.decoder),
    ['nvh264dec', 'nvh264dec', 'nvh264dec'],
  )
  assert.equal(contexts(), { made: 1, gone: 0 })
  // The one that made it is no more.
  await first[0]!.stop()
  await using target = await startRtmpServer({ kind: 'accept-publish' })
  await using output = new RTMPOutput(target.url(), { width: 320, height: 180, fps: 25, connectTimeout: 30_000 })
  await output.start()
  assert.is(output.info!.encoder, 'nvh264enc')
  await output.writeFrame(pattern(320, 180, 0))
  const later = await begun(server.url())
  assert.equal(contexts(), { made: 1, gone: 0 })
  await Promise.all([first[1]!.stop(), first[2]!.stop(), later.stop(), output.stop()])
  await until(() => contexts().gone === 1, { what: 'the end of the context' })
  // And again, for those that come then.
  await using again = await begun(server.url())
  assert.is(again.info?.video?.decoder, 'nvh264dec')
  assert.equal(contexts(), { made: 2, gone: 1 })
})

test("run()'s graphs have it, too", async () => {
  const contexts = watchContexts()
  await using server = await serve()
  await using capture = await begun(server.url())
  assert.is(capture.info?.video?.decoder, 'nvh264dec')
  const graph = pipeline(
    el('videotestsrc', { 'num-buffers': 3 }),
    caps('video/x-raw', { width: 320, height: 180 }),
    el('nvh264enc'),
    el('h264parse'),
    el('nvh264dec'),
    caps('video/x-raw', { format: 'NV12' }),
    el('fakesink'),
  )
  const running = run(graph)
  await running.start()
  await running.stop()
  assert.equal(contexts(), { made: 1, gone: 0 })
})

test('a card that fails: who has its context keeps it, who comes gets a new one', async () => {
  const contexts = watchContexts()
  await using server = await serve()
  await using before = await begun(server.url())
  become('nvh264dec=fail:10')
  await using failing = await begun(server.url())
  await until(() => failing.info?.video?.decoder === 'avdec_h264', { what: 'software' })
  assert.match(failing.info!.video!.decoderReason ?? '', /^nvh264dec: it failed: ERR_DECODE.*The device is lost/)
  become('nvh264dec=ok')
  await using after = await begun(server.url())
  assert.equal(
    [before, after].map(({ info }) => info?.video?.decoder),
    ['nvh264dec', 'nvh264dec'],
  )
  assert.equal(contexts(), { made: 2, gone: 0 })
})

test('no picture is held back for the card: as old as off the processor', async () => {
  await using server = await serve()
  const ages = await Promise.all(
    [true, false].map(async gpuAcceleration => {
      const capture = await begun(server.url(), { gpuAcceleration })
      const found: number[] = []
      capture.frames$.subscribe({
        next: frame => (found.push(performance.now() - frame.arrivalTime), frame.close()),
        error: () => {},
      })
      await until(() => found.length >= 75, { what: () => `75 pictures; ${found.length} so far` })
      const { decoder } = capture.info!.video!
      await capture.stop()
      return { decoder, age: median(found) }
    }),
  )
  assert.equal(
    ages.map(({ decoder }) => decoder),
    ['nvh264dec', 'avdec_h264'],
  )
  const [card, processor] = ages.map(({ age }) => age) as [number, number]
  // One of two pictures held back is 40 ms.
  assert.ok(card < processor + 25, `${card.toFixed(1)} ms, and ${processor.toFixed(1)} ms in software`)
})

test("nothing of it goes to the program's stderr, where there is no display", async () => {
  await using server = await serve()
  await using target = await startRtmpServer({ kind: 'accept-publish' })
  const script = `
    const { RTMPCapture, RTMPOutput } = require(${JSON.stringify(require.resolve('../../../src/index'))})
    ;(async () => {
      const capture = new RTMPCapture(${JSON.stringify(server.url())}, { connectTimeout: 30000 })
      await capture.start()
      const output = new RTMPOutput(${JSON.stringify(target.url())}, { width: 320, height: 180, connectTimeout: 30000 })
      await output.start()
      console.log(capture.info.video.decoder, output.info.encoder)
      process.exit()
    })()`
  const where = ['-u', 'XDG_RUNTIME_DIR', '-u', 'DISPLAY', '-u', 'WAYLAND_DISPLAY']
  const run = async (): Promise<[code: number | null, output: string]> => {
    const child = start('env', [...where, process.execPath, '-e', script])
    const { code } = await child.exited
    // Both of its streams.
    return [code, child.output().trim()]
  }
  // On a busy machine a trial takes longer than a stream waits for it, which then begins in software.
  let said = await run()
  for (let more = 0; more < 3 && /avdec_h264|x264enc/.test(said[1]); more++) said = await run()
  assert.equal(said, [0, 'nvh264dec nvh264enc'])
})

// As the real ones do: a graph that they do not take must not work here.
for (const [what, before, element, after, expected] of [
  [
    'a length before each unit, for one that takes a byte stream alone',
    caps('video/x-h264', { 'stream-format': 'avc' }),
    el('nvh264dec'),
    [],
    /nvh264dec/,
  ],
  [
    'a property of another',
    caps('video/x-h264', {}),
    el('nvh264dec', { 'num-output-surfaces': 1 }),
    [],
    /no property num-output-surfaces/,
  ],
  [
    'a value that is none of its',
    caps('video/x-h264', {}),
    el('nvh264dec', { 'max-display-delay': -2 }),
    [],
    /max-display-delay/,
  ],
  [
    'memory of the card for who takes it there',
    caps('video/x-h264', {}),
    el('nvh264dec'),
    [el('queue')],
    /stay on the card/,
  ],
] as const) {
  test(`the elements of the tests refuse ${what}`, async () => {
    const source = [el('videotestsrc', { 'num-buffers': 3 }), el('x264enc', { tune: 'zerolatency' }), el('h264parse')]
    const running = async (): Promise<void> =>
      run(pipeline(...source, before, element, ...after, el('fakesink'))).start()
    const error = await running().then(
      () => null,
      (thrown: RxGstError) => thrown,
    )
    assert.match(error?.message ?? 'it works', expected)
  })
}

test('software in place of a device that was asked for is told at warn, with the reason', async () => {
  refuse('nvh264dec', 'its pictures are wrong')
  refuse('nvh264enc', 'it is gone')
  const warned: string[] = []
  const logger = { debug() {}, info() {}, warn: (text: string) => void warned.push(text), error() {} }
  await using server = await serve()
  await using target = await startRtmpServer({ kind: 'accept-publish' })
  process.env['RXGST_HARDWARE'] = 'nvidia'
  try {
    await using capture = await begun(server.url(), { logger })
    await using output = new RTMPOutput(target.url(), { width: 320, height: 180, connectTimeout: 30_000, logger })
    await output.start()
    const { decoder, decoderReason } = capture.info!.video!
    assert.equal([decoder, decoderReason], ['avdec_h264', 'nvh264dec: its pictures are wrong'])
    assert.equal([output.info!.encoder, output.info!.encoderReason], ['x264enc', 'nvh264enc: it is gone'])
    const told = warned.filter(text => /in software/.test(text))
    assert.equal(told, [
      'avdec_h264 decodes in software: nvh264dec: its pictures are wrong',
      'x264enc encodes in software: nvh264enc: it is gone',
    ])
    warned.splice(0)
    await using software = await begun(server.url(), { logger, gpuAcceleration: false })
    assert.is(software.info!.video!.decoderReason, null)
    assert.equal(
      warned.filter(text => /in software/.test(text)),
      [],
    )
  } finally {
    process.env['RXGST_HARDWARE'] = 'nvidia,va'
  }
})

test.run()
