// suite: deep
// lane: processor
// deadline: 600
import { calmly } from '../../../support/calm'
import * as assert from 'uvu/assert'
import { AV1 } from '../../lib/av1'
import { assertNarrowed, optionsOf, suiteOfTargets } from './targets'

const test = suiteOfTargets(AV1)
const { fps, keyframeInterval } = optionsOf(AV1)

test(
  'adaptiveBitrate: less for a narrow link, without another keyframe, and no picture is lost',
  // A machine that stands still loses pictures before the network, and with them begins a new keyframe.
  () =>
    calmly(() =>
      assertNarrowed(AV1, ({ pictures }) => {
        const between = keyframeInterval! * fps!
        const keys = pictures.flatMap(({ key }, i) => (key ? [i] : []))
        assert.equal(
          keys,
          Array.from(keys, (_, i) => i * between),
        )
        const sizes = pictures.map(AV1.bytesOf)
        const rate = (from: number, to: number) =>
          (sizes.slice(from, to).reduce((sum, size) => sum + size, 0) * 8 * fps!) / (to - from)
        const [before, after] = [rate(0, between), rate(sizes.length - between, sizes.length)]
        assert.ok(after < 0.7 * before, `${before} bit/s before, ${after} after`)
      }),
    ),
  { timeout: 250_000 },
)

test.run()
