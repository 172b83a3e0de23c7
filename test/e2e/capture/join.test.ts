// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture } from '../../../src/index'
import { decodeFrames, makeFile, publish, publishFile } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { startNms2 } from '../../support/peers/nms'
import { psnr } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep } from '../../support/until'
import { capturing, keep, pictures, type Seen } from '../lib/served'
import { TRANSPORTS } from '../lib/transports'

const test = suite('capture: joining a stream', { timeout: 60_000 })

const GROUP = 50
let file: string
let expected: Buffer[]

// Two groups of two seconds; a capture comes in somewhere between.
test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, gop: GROUP, duration: 4 })
  expected = (await decodeFrames(file, 'yuv420p')).map(frame => frame.data)
})

/** The number in the file of the picture that this is, byte for byte. */
const numberOf = (frame: Seen) => expected.findIndex(data => psnr(data, frame.data) === Infinity)

for (const transport of TRANSPORTS) {
  for (const [name, startServer] of Object.entries({ nginx: startNginx, 'node-media-server 2': startNms2 })) {
    test(`${name}, ${transport}: in the middle of a group of pictures, the first one is whole`, async () => {
      await using server = await startServer()
      await using publisher = await publishFile(server.url('one'), file, { loop: true })
      await sleep(900)
      await using capture = new RTMPCapture(server.url('one'), { transport, format: 'I420', dropPolicy: 'block' })
      await capture.start()
      const frames: Seen[] = []
      for await (const frame of capture.aiterFrames()) if (frames.push(keep(frame)) === 30) break
      const numbers = frames.map(numberOf)
      assert.is(numbers[0]! % GROUP, 0, `begins with picture ${numbers[0]}`)
      numbers.slice(1).forEach((number, i) => assert.is(number, (numbers[i]! + 1) % expected.length, `frame ${i + 1}`))
      assert.equal([frames[0]!.timestamp, frames[0]!.sequence, frames[0]!.discontinuity], [0, 0, true])
      assert.ok(publisher.running)
    })
  }
}

test('a stream that begins between keyframes waits for the first', async () => {
  const { frames } = await pictures(
    file,
    { format: 'I420' },
    {
      edit: tag => (tag.type === 'video' && tag.data[1] === 1 && tag.timestamp < 800 ? [] : [tag]),
    },
  )
  assert.equal(
    frames.map(numberOf),
    Array.from({ length: 50 }, (_, i) => i + GROUP),
  )
  assert.is(frames[0]!.timestamp, 0)
})

test('sound from before the first picture is not given', () =>
  capturing(
    file,
    {},
    async capture => {
      await capture.start()
      const { frame, audio } = await capture.getFrameAndAudio()
      frame.close()
      assert.equal([frame.timestamp, audio.timestamp], [0, 0])
      assert.is(audio.samples.length, 1764 * 2)
    },
    { edit: tag => (tag.type === 'video' && tag.data[1] === 1 && tag.timestamp < 800 ? [] : [tag]) },
  ))

test('a player that is there before its publisher', async () => {
  await using nginx = await startNginx()
  await using capture = new RTMPCapture(nginx.url('one'), { connectTimeout: 30_000 })
  const started = capture.start()
  await sleep(1000)
  assert.is(capture.state.phase, 'connecting')
  await using publisher = await publish(nginx.url('one'), { size: '320x180', fps: 25 })
  await started
  const frame = await capture.getFrame()
  assert.is(frame.width, 320)
  frame.close()
  assert.ok(publisher.running)
})

test.run()
