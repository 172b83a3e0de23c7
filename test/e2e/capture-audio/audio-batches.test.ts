import * as assert from 'uvu/assert'
import { makeFile } from '../../support/peers/ffmpeg'
import type { FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { compare, expectedAudio } from '../lib/compare-audio'
import { capturing, concat, toTheEnd } from '../lib/served'

const test = suite('capture: sound in batches', { timeout: 40_000 })

const picture = { size: '320x180', fps: 25, pattern: 'testsrc', duration: 6 } as const

/** The sound of so many ms is sent together, each packet with the time of the first. */
function batches(ms: number): (tag: FlvTag) => FlvTag[] {
  return tag => {
    if (tag.type !== 'audio' || tag.data[1] === 0) return [tag]
    return [{ ...tag, timestamp: Math.floor(tag.timestamp / ms) * ms }]
  }
}

for (const ms of [128, 200, 500, 1000]) {
  test(`of ${ms} ms: sample by sample as without`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...picture, audio: { rate: 44_100, frequency: [440, 1000] } })
    const { samples, discontinuities } = await capturing(
      file,
      {},
      async capture => {
        await capture.start()
        const parts: Float32Array[] = []
        let discontinuities = 0
        await toTheEnd(async () => {
          for (;;) {
            const { samples, discontinuity } = await capture.getAudio(0.1)
            if (discontinuity && parts.length > 0) discontinuities++
            parts.push(samples)
          }
        })
        return { samples: concat(parts), discontinuities }
      },
      { edit: batches(ms) },
    )
    assert.is(discontinuities, 0)
    assert.ok(samples.length >= 2 * 44_100 * 5.8, String(samples.length))
    compare(samples, await expectedAudio(file, 44_100, 2))
  })
}

test.run()
