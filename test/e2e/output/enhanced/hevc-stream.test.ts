// suite: deep
import * as assert from 'uvu/assert'
import { HEVC, isSlice, readRecord, typeOf, UNIT } from '../../lib/hevc'
import { FPS, sendWhole, suiteOfStream } from './stream'

const test = suiteOfStream(HEVC)

test('FourCC tags, metadata, configuration; keyframes are IDR pictures where asked for; no B-frames', async () => {
  const hevc = await sendWhole(HEVC, ['90', '93'])
  const { profile, level, lengthSize, sets } = readRecord(hevc.records[0]!)
  assert.equal([profile, lengthSize, sets.map(typeOf)], [1, 4, [UNIT.vps, UNIT.sps, UNIT.pps]])
  assert.ok(level >= 60 && level <= 93, `level ${level / 30}`)

  hevc.pictures.forEach(({ key, composition, units }, i) => {
    const slices = units.filter(isSlice).map(typeOf)
    const expected: readonly number[] = i % FPS === 0 ? UNIT.idr : UNIT.trailing
    assert.ok(slices.length > 0 && slices.every(type => expected.includes(type)), `picture ${i}: ${slices.join()}`)
    assert.equal([key, composition], [i % FPS === 0, 0], `picture ${i}`)
  })
})

test.run()
