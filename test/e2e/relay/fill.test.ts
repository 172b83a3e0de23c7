import * as assert from 'uvu/assert'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { fileOf } from '../../chaos/viewer'
import { calmly } from '../../support/calm'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { assertWatchable, flashes, startStage } from './filled'

const test = suite('relay: a picture when nothing comes', { timeout: 120_000 })

/** Green, and wider than the stream. */
const [WIDTH, HEIGHT] = [400, 100]
const GREEN = { data: Buffer.alloc(WIDTH * HEIGHT * 4, Buffer.from([0, 255, 0, 255])), width: WIDTH, height: HEIGHT }

test('the input dies: the slate, and then the input again, without a dark moment', async () => {
  const file = await flashes(4)
  await calmly(async () => {
    await using stage = await startStage(file, { fill: 'slate', slate: GREEN })
    const { relay, tags, places } = stage
    const [place] = places
    await stage.settled(300)
    const since = performance.now()
    place!.publisher.kill('SIGKILL')
    await until(() => relay.stats().filling !== null, { what: 'the fill' })
    assert.equal([relay.onAir, relay.inputs[0]!.onAir], [true, false])
    await sleep(1200)
    const shown = tags.at(-1)!.arrival
    await place!.publish()
    await stage.settled(0)
    const back = performance.now()
    await sleep(1500)
    const { fills, repeated, filling } = relay.stats()
    assert.equal([fills, filling], [1, null])
    assert.ok(repeated >= 4, `${repeated} pictures`)
    await assertWatchable(stage, since, [back])
    const pictures = await decodeFrames(fileOf(tags.filter(({ arrival }) => arrival <= shown)), 'rgb24')
    const { data } = pictures.at(-1)!
    const at = (x: number, y: number): number[] => [...data.subarray((y * 320 + x) * 3, (y * 320 + x) * 3 + 3)]
    const [middle, above] = [at(160, 90), at(160, 10)]
    assert.ok(middle[0]! < 30 && middle[1]! > 220 && middle[2]! < 30, `the slate: ${middle}`)
    assert.ok(Math.max(...above) < 30, `black beside it: ${above}`)
  })
})

test.run()
