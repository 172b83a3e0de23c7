// suite: deep
import * as assert from 'uvu/assert'
import { psnr } from '../../../support/media/picture'
import { readClock } from '../../../support/media/picture-clock'
import { AV1, framesOf, OBU, readRecord } from '../../lib/av1'
import { pattern } from '../../lib/pattern'
import { pictures } from '../../lib/served'
import { FPS, sendPictures, sendWhole, suiteOfStream } from './stream'

const test = suiteOfStream(AV1)

test('FourCC tags, metadata, configuration; keyframes where asked for', async () => {
  const av1 = await sendWhole(AV1, ['90', '91'])
  const { profile, level, flags, obus } = readRecord(av1.records[0]!)
  // 8 bits, 4:2:0, chroma between two lines.
  assert.equal([profile, flags, obus.map(({ type }) => type)], [0, 0b1101, [OBU.sequence]])
  assert.ok(level <= 8, `level ${level}`)

  av1.pictures.forEach(picture => {
    const i = av1.pictures.indexOf(picture)
    const types = picture.obus.map(({ type }) => type)
    assert.equal(types, i % FPS === 0 ? [OBU.sequence, OBU.frame] : [OBU.frame], `picture ${i}`)
    assert.equal(framesOf(picture), [{ type: i % FPS === 0 ? 0 : 1, shown: true }], `picture ${i}`)
    assert.is(picture.key, i % FPS === 0, `picture ${i}`)
    // Files hold the sequence header that the record has.
    if (picture.key) assert.equal(picture.obus[0]!.bytes, obus[0]!.bytes)
  })
})

test('a capture decodes every picture, in its colours, with stamps and padding in it', async () => {
  for (const [width, height, count] of [
    [320, 180, 40],
    [1280, 720, 8],
  ] as const) {
    const more = { width, height, bitrate: '6M', stampLatency: true, rateControl: 'cbr' } as const
    const { file } = await sendPictures(AV1, count, more)
    const { frames, info } = await pictures(file, { connectTimeout: 20_000, gpuAcceleration: false })
    assert.equal([info.video!.codec, info.video!.width, info.video!.height], ['av1', width, height])
    assert.is(frames.length, count)
    frames.forEach(({ data }, i) => {
      assert.is(readClock(data, width, height), i)
      const quality = psnr(data, pattern(width, height, i))
      assert.ok(quality >= 35, `picture ${i} has ${quality.toFixed(1)} dB`)
    })
  }
})

test.run()
