// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput } from '../../../src/index'
import { fakeHardware, passed, runTrials, watchContexts } from '../../support/fake-hardware'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { pattern } from '../lib/pattern'
import { tagsOf } from '../lib/sent'

// The elements of GStreamer 1.26: nvh264dec and nvh264enc are others there, with other formats and properties.
const test = suite('hardware: elements of GStreamer 1.26', { timeout: 90_000 })

fakeHardware('nvh264dec=ok nvh264enc=ok vah264enc=ok nvh265enc=ok vah265enc=ok nvav1enc=ok vaav1enc=ok', '1.26')
test.before(async () => {
  await passed('nvh265enc', 'vah265enc', 'nvav1enc', 'vaav1enc')
  await runTrials('nvh264dec', 'nvh264enc', 'vah264enc')
})

test('a capture decodes with it, and holds nothing back', async () => {
  const contexts = watchContexts()
  const file = await makeFile(tempFile('new.flv'), {
    size: '320x180',
    fps: 25,
    gop: 25,
    duration: 6,
    colorspace: 'bt601',
    bitrate: '400k',
  })
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using capture = new RTMPCapture(server.url(), { connectTimeout: 30_000 })
  let frames = 0
  capture.frames$.subscribe({ next: frame => (frames++, frame.close()), error: () => {} })
  await capture.start()
  await until(() => frames >= 25, { what: () => `25 pictures; ${frames} so far` })
  const { decoder, decoderReason } = capture.info!.video!
  assert.equal([decoder, decoderReason, contexts().made], ['nvh264dec', null, 1])
})

for (const [vcodec, element] of [
  ['h264_nvenc', 'nvh264enc'],
  ['h264_vaapi', 'vah264enc'],
  ['hevc_nvenc', 'nvh265enc'],
  ['hevc_vaapi', 'vah265enc'],
  ['av1_nvenc', 'nvav1enc'],
  ['av1_vaapi', 'vaav1enc'],
] as const) {
  test(`an output encodes with ${element}`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    // A group of pictures that is longer than VA's encoders take.
    await using output = new RTMPOutput(server.url(), {
      width: 320,
      height: 180,
      fps: 25,
      keyframeInterval: 60,
      vcodec,
      connectTimeout: 30_000,
    })
    await output.start()
    for (let i = 0; i < 25; i++) await output.writeFrame(pattern(320, 180, i))
    const connection = await server.connection(0)
    await until(() => tagsOf(connection).video.length >= 20, { what: 'packets' })
    assert.equal([output.info!.encoder, output.info!.encoderReason], [element, null])
  })
}

test.run()
