import * as assert from 'uvu/assert'
import { frameBytes, PIXEL_FORMATS } from '../../src/core/pixel-format'
import { suite } from '../support/suite'

const test = suite('frameBytes')

test('is exact for even and odd sizes', () => {
  const bytes = (width: number, height: number) => PIXEL_FORMATS.map(format => frameBytes(format, width, height))
  //                            RGB      RGBA     BGRA     GRAY8    I420     NV12    I420_10LE    P010
  assert.equal(bytes(1920, 1080), [6220800, 8294400, 8294400, 2073600, 3110400, 3110400, 6220800, 6220800])
  assert.equal(bytes(3, 3), [27, 36, 36, 9, 17, 17, 34, 34])
  assert.equal(bytes(5, 2), [30, 40, 40, 10, 16, 16, 32, 32])
  assert.equal(bytes(1, 1), [3, 4, 4, 1, 3, 3, 6, 6])
})

test.run()
