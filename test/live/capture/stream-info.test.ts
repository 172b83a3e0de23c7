import * as assert from 'uvu/assert'
import { audioInfo, audioSpecificConfig } from '../../../src/live/capture/stream-info'
import { suite } from '../../support/suite'

const test = suite('stream-info')

const config = (hex: string) => audioSpecificConfig(Buffer.from(hex, 'hex'))

test('AudioSpecificConfig: rates and channels of AAC', () => {
  assert.equal(config('1210'), { sampleRate: 44_100, channels: 2 })
  assert.equal(config('1188'), { sampleRate: 48_000, channels: 1 })
  assert.equal(config('11b0'), { sampleRate: 48_000, channels: 6 })
  assert.equal(config('11b8'), { sampleRate: 48_000, channels: 8 }, 'configuration 7 has eight')
  assert.equal(config('1588'), { sampleRate: 8000, channels: 1 })
  assert.equal(config('17800fa088'), { sampleRate: 8001, channels: 1 }, 'a rate of its own')
})

test('AudioSpecificConfig: HE-AAC counts what comes out, however it is signalled', () => {
  assert.equal(config('2b920800'), { sampleRate: 44_100, channels: 2 }, 'SBR, in front')
  assert.equal(config('eb8a0800'), { sampleRate: 44_100, channels: 2 }, 'SBR and PS, in front: two of one')
  assert.equal(config('139056e5a0'), { sampleRate: 44_100, channels: 2 }, 'SBR, behind')
  assert.equal(config('138856e5a5' + '4880'), { sampleRate: 44_100, channels: 2 }, 'SBR and PS, behind')
  assert.equal(config('139056e500'), { sampleRate: 22_050, channels: 2 }, 'behind, and said not to be there')
})

test('AudioSpecificConfig: a program config element lists its channels', () => {
  // As ffmpeg writes 5.1 with the sides at 48 kHz: a front centre, a front pair, a side pair, an LFE.
  const bits = [
    '00010',
    '0011',
    '0000',
    '000', // LC, 48 kHz, as listed
    '0000',
    '01',
    '0011',
    '0010',
    '0001',
    '0000',
    '01',
    '000',
    '0000',
    '000', // two in front, one at the sides, one LFE
    '0',
    '0000',
    '1',
    '0000',
    '1',
    '0001',
    '0000',
  ].join('')
  const whole = `${bits.padEnd(Math.ceil(bits.length / 8) * 8, '0')}00000000`
  const bytes = Buffer.from(whole.match(/.{8}/g)!.map(byte => parseInt(byte, 2)))
  assert.equal(audioSpecificConfig(bytes), { sampleRate: 48_000, channels: 6 })
})

test('AudioSpecificConfig: what cannot be read is nothing, and never more', () => {
  const odd = ['', '12', 'ffff', 'f8', '0000', '1280', '16f8', '2b92', '1000', '1200']
  for (const hex of odd) assert.is(config(hex), null, hex)
  for (let i = 0; i < 65_536; i++) {
    const found = config(`${i.toString(16).padStart(4, '0')}ffffffffffff`)
    if (found) assert.ok(found.channels <= 64 && found.sampleRate < 2 ** 24, i.toString(16))
  }
})

test('the decoder knows best, then the configuration, then the caps', () => {
  const parsed = 'audio/mpeg, mpegversion=(int)4, codec_data=(buffer)2b920800, rate=(int)22050, channels=(int)2'
  assert.equal(audioInfo(parsed, null), { sampleRate: 44_100, channels: 2, codec: 'aac' })
  const decoded = 'audio/x-raw, rate=(int)48000, channels=(int)6'
  assert.equal(audioInfo(parsed, decoded), { sampleRate: 48_000, channels: 6, codec: 'aac' })
  const plain = 'audio/mpeg, rate=(int)32000, channels=(int)1'
  assert.equal(audioInfo(plain, null), { sampleRate: 32_000, channels: 1, codec: 'aac' })
  assert.equal(audioInfo(null, null), { sampleRate: 0, channels: 0, codec: 'aac' })
})

test.run()
