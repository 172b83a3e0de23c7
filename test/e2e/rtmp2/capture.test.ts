// suite: deep
import * as assert from 'uvu/assert'
import { maxDifference } from '../../support/media/picture'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { assertCaptureReturns, assertWatched } from '../lib/comes-back'
import { pictures } from '../lib/served'

// What the tests of captures show of 'auto', in short, of the elements that a program can still name.
const test = suite("captures over 'rtmp2'", { timeout: 60_000 })

const RTMP2 = { transport: 'rtmp2', connectTimeout: 20_000 } as const
const small = { size: '320x180', fps: 25, duration: 1 } as const

test('every picture of a file, byte for byte, and its sound', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...small, colorspace: 'bt709' })
  const expected = await decodeFrames(file, 'yuv420p')
  const { frames, info } = await pictures(file, { ...RTMP2, format: 'I420' })
  assert.is(frames.length, 25)
  frames.forEach(({ data }, i) => assert.is(maxDifference(data, expected[i]!.data), 0, `picture ${i}`))
  frames.forEach(({ timestamp }, i) => assert.is(timestamp, i * 40_000))
  assert.equal([info.transport, info.video?.fps, info.audio?.codec], ['rtmp2', 25, 'aac'])
})

test('a stream that is only watched', () => assertWatched(RTMP2))

for (const then of ['fin', 'rst', 'freeze', 'silence'] as const) {
  test(`${then}: the capture comes back, and its time goes on`, () => assertCaptureReturns(RTMP2, then))
}

test.run()
