// suite: deep
import * as assert from 'uvu/assert'
import { Output, type OutputOptions } from '../../../src/index'
import { fakeHardware, runTrials } from '../../support/fake-hardware'
import { solid } from '../../support/media/picture'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { assertConstantRate, assertGapless, pictures, tagsOf } from '../lib/sent'

// A card that goes away under one group of an output.
const test = suite('encodes: hardware', { timeout: 90_000 })

const become = fakeHardware('nvh264enc=ok vah264enc=ok')
test.before(() => runTrials('nvh264enc', 'vah264enc'))

const [width, height, fps] = [320, 180, 25]
// A machine that stands still costs no group a picture.
const OPTIONS: OutputOptions = { width, height, fps, bitrate: '500k', connectTimeout: 30_000, bufferSize: 100 }
const GREY = solid(width, height, [90, 90, 90])

for (const how of ['fail:40', 'hang:40'] as const) {
  test(`${how.slice(0, 4)}: the ladder of that group alone, and nobody else loses a picture`, async () => {
    become(`nvh264enc=${how} vah264enc=ok`)
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    const card = { url: server.url('card'), bitrate: '300k', vcodec: 'h264_nvenc' } as const
    await using output = new Output([server.url('software'), card], { ...OPTIONS, vcodec: 'libx264' })
    await output.start()
    const group = () => output.info!.groups.find(({ id }) => id === 'group-1')!
    await until(() => output.targets.every(({ state }) => state.phase === 'live'))
    assert.is(group().encoder, 'nvh264enc')
    await output.writeFrame(GREY)
    // What was named is rescued by software.
    await until(() => group().encoder === 'x264enc', { timeout: 30_000, what: () => JSON.stringify(output.info) })
    const named = (name: string) => server.connections.find(({ stream }) => stream === name)!
    await pictures(named('card'), tagsOf(named('card')).video.length + 30)
    const { video, audio } = tagsOf(named('software'))
    assertConstantRate(video, fps)
    assertGapless(audio, 44100)
    const [first, second] = output.stats().groups
    assert.equal([first!.dropped, first!.rebuilt, second!.rebuilt], [0, 0, 1])
    // The sound has no encoder of the card's: it goes on beside it.
    assertGapless(tagsOf(named('card')).audio, 44100)
    assert.is(server.connections.length, 2)
  })
}

test.run()
