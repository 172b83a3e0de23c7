// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { decodeFrames, probe, record } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { startNms2, startNms4 } from '../../support/peers/nms'
import { readClock } from '../../support/media/picture-clock'
import { sine } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { pattern } from '../lib/pattern'

// Real servers take it, and foreign players play it.
const test = suite('output: servers', { timeout: 60_000 })

const [width, height, fps] = [320, 180, 25]
const OPTIONS: RTMPOutputOptions = {
  width,
  height,
  fps,
  bitrate: '800k',
  keyframeInterval: 1,
  audioSampleRate: 48000,
  connectTimeout: 20_000,
}

/** Writes numbered pictures with sound until told to stop. */
function write(output: RTMPOutput): () => Promise<void> {
  let over = false
  const run = async (): Promise<void> => {
    for (let i = 0; !over; i++) {
      await output.writeFrameWithAudio(
        pattern(width, height, i),
        sine({ frequency: 440, rate: 48000, from: i * 1920, count: 1920, channels: 2 }),
      )
    }
  }
  const running = run()
  // Where the test fails first, that is the failure to be told.
  running.catch(() => {})
  return async () => {
    over = true
    await running
  }
}

const SERVERS = { nginx: startNginx, 'node-media-server 2': startNms2, 'node-media-server 4': startNms4 }
for (const transport of ['rtmp2', 'librtmp', 'auto'] as const) {
  for (const [name, startServer] of Object.entries(SERVERS)) {
    test(`${name}, ${transport}: ffprobe finds H.264 and AAC, ffmpeg the pictures in order`, async () => {
      await using server = await startServer()
      await using output = new RTMPOutput(server.url('one'), { ...OPTIONS, transport })
      await output.start()
      const stop = write(output)
      const before = output.stats().repeated
      const { video, audio, packets } = await probe(server.url('one'), { seconds: 2 })
      const { codec_name, width: w, height: h, has_b_frames } = video!
      assert.equal([codec_name, w, h, has_b_frames], ['h264', width, height, 0])
      assert.equal([audio?.codec_name, audio?.sample_rate, audio?.channels], ['aac', '48000', 2])
      assert.ok(packets.length > 80, `${packets.length} packets`)
      const file = await record(server.url('one'), tempFile('seen.flv'), 2)
      await stop()
      // A writer that the machine holds up has pictures repeated.
      const repeated = output.stats().repeated - before
      await output.stop()
      const numbers = (await decodeFrames(file, 'rgb24')).map(({ data }) => readClock(data, width, height))
      assert.ok(numbers.length >= 25, `${numbers.length} pictures`)
      numbers.forEach((number, i) => assert.ok(i === 0 || number! >= numbers[i - 1]!, numbers.join()))
      assert.ok(new Set(numbers).size >= numbers.length - 10 - repeated, numbers.join())
    })
  }
}

test('our own capture plays it from nginx, picture and sound', async () => {
  await using nginx = await startNginx()
  await using output = new RTMPOutput(nginx.url('one'), OPTIONS)
  await output.start()
  const stop = write(output)
  await using capture = new RTMPCapture(nginx.url('one'), { connectTimeout: 20_000 })
  await capture.start()
  const { video, audio } = capture.info!
  assert.equal([video?.width, video?.height, audio?.sampleRate, audio?.channels], [width, height, 48000, 2])
  let last = -1
  for (let i = 0; i < 40; i++) {
    const { frame, audio: chunk } = await capture.getFrameAndAudio()
    const number = readClock(frame.data, width, height)
    frame.close()
    assert.ok(number !== null && number > last - 1, `${number} after ${last}`)
    assert.ok(chunk.samples.length > 0)
    last = number!
  }
  await capture.stop()
  await stop()
})

test.run()
