import * as assert from 'uvu/assert'
import type { RxGstError } from '../../../src/index'
import { resolveRelayOptions } from '../../../src/live/relay/options'
import { suite } from '../../support/suite'

// What a program may say of the picture when nothing comes.
const test = suite('relay: options of the fill')

const codeOf = (options: unknown): string => {
  try {
    resolveRelayOptions(options, 1)
    return 'none'
  } catch (error) {
    return (error as RxGstError).code
  }
}

const RGBA = { data: new Uint8Array(4 * 2 * 4), width: 4, height: 2 }

test('nothing by default; a slate is black, 1280 × 720, H.264', () => {
  assert.is(resolveRelayOptions({}, 1).fill, 'none')
  const { fill, slate } = resolveRelayOptions({ fill: 'slate' }, 1)
  assert.equal([fill, slate], ['slate', { image: null, width: 1280, height: 720, codec: 'h264' }])
})

test('a slate is a picture, or has one', () => {
  const alone = resolveRelayOptions({ fill: 'slate', slate: RGBA }, 1).slate
  assert.equal([alone.image?.width, alone.image?.isPng, alone.width], [4, false, 1280])
  assert.not(alone.image!.bytes === RGBA.data, 'a copy')
  const more = resolveRelayOptions({ fill: 'slate', slate: { image: RGBA, width: 640, height: 360, codec: 'hevc' } }, 1)
  assert.equal([more.slate.image?.height, more.slate.width, more.slate.codec], [2, 640, 'hevc'])
})

for (const [what, options] of [
  ['another fill', { fill: 'black' }],
  ['a slate that is never shown', { fill: 'repeat', slate: RGBA }],
  ['bytes that are no PNG', { fill: 'slate', slate: new Uint8Array(100) }],
  ['too few pixels', { fill: 'slate', slate: { ...RGBA, height: 3 } }],
  ['an odd size', { fill: 'slate', slate: { width: 641 } }],
  ['another codec', { fill: 'slate', slate: { codec: 'av1' } }],
  ['an unknown name', { fill: 'slate', slate: { color: 'red' } }],
  ['no slate', { fill: 'slate', slate: null }],
] as const) {
  test(`${what} is ERR_OPTION`, () => assert.is(codeOf(options), 'ERR_OPTION'))
}

test.run()
