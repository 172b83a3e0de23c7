// suite: deep
import * as assert from 'uvu/assert'
import { psnr } from '../../support/media/picture'
import { decodeFrames } from '../../support/peers/ffmpeg-read'
import { suite } from '../../support/suite'
import { encodedAv1, fileOf } from '../lib/encoded'
import { pictures } from '../lib/served'

const test = suite('captures of AV1: matrix and range', { timeout: 90_000 })

const OWN = { transport: 'rxrtmp', connectTimeout: 20_000, gpuAcceleration: false } as const

for (const [matrix, range] of [
  ['bt709', 'tv'],
  ['bt709', 'pc'],
  ['smpte170m', 'tv'],
  ['smpte170m', 'pc'],
] as const) {
  test(`${matrix}, ${range}: the colours of the picture that was encoded`, async () => {
    const scale = `format=gbrp,scale=out_color_matrix=${matrix}:out_range=${range},format=yuv420p`
    const tags = ['-colorspace', matrix, '-color_primaries', matrix, '-color_trc', matrix, '-color_range', range]
    const made = await encodedAv1(8, 'smptehdbars', 'yuv420p', ['-vf', scale, ...tags])
    const expected = await decodeFrames(made.mkv, 'rgb24')
    const { frames } = await pictures(fileOf(made.tags), { ...OWN, format: 'RGB' })
    assert.is(frames.length, 8)
    const decibel = psnr(frames[3]!.data, expected[3]!.data)
    assert.ok(decibel > 33, `${decibel} dB`)
  })
}

test.run()
