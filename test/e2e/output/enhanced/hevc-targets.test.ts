// suite: deep
// lane: processor
// deadline: 600
import * as assert from 'uvu/assert'
import { RTMPOutput } from '../../../../src/index'
import { startRtmpServer } from '../../../support/peers/rtmp-server'
import { HEVC } from '../../lib/hevc'
import { pictures } from '../../lib/sent'
import { assertNarrowed, logged, optionsOf, suiteOfTargets } from './targets'

const test = suiteOfTargets(HEVC)
const options = optionsOf(HEVC)

test('H.264 is warned of nothing', async () => {
  const { lines, logger } = logged()
  await using server = await startRtmpServer({ kind: 'accept-publish', says: { fourCcList: ['av01'] } })
  await using output = new RTMPOutput(server.url(), { ...options, vcodec: 'libx264', logger })
  await output.start()
  await pictures(await server.connection(0), 5)
  assert.equal(lines, [])
})

test(
  'adaptiveBitrate: less for a narrow link, from a keyframe on, and no picture is lost',
  () =>
    assertNarrowed(HEVC, ({ pictures }) => {
      const keys = pictures.flatMap(({ key }, i) => (key ? [i] : []))
      const between = options.keyframeInterval! * options.fps!
      const early = keys.some((at, i) => i > 0 && at - keys[i - 1]! < between)
      assert.ok(early, `keyframes at ${keys.join()}`)
    }),
  { timeout: 250_000 },
)

test.run()
