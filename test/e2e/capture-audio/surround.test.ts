// suite: deep
import { writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, writeTo, type AudioChunk } from '../../../src/index'
import { decodeAudio, makeFile, type AudioSource } from '../../support/peers/ffmpeg'
import { startRtmpServer, writeFlv, type FlvTag, type ServeFile } from '../../support/peers/rtmp-server'
import { channelOf, onset, rms, toneLevel } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { capturing, concat, serveWhole, toTheEnd } from '../lib/served'

const test = suite('more than two channels', { timeout: 60_000 })

const picture = { size: '320x180', fps: 25, pattern: 'testsrc', duration: 2 } as const

/** Channel n has 300 · (n + 1) Hz. */
const tones = (layout: string, channels: number): AudioSource => ({
  rate: 48_000,
  channels,
  layout,
  amplitude: 0.2,
  bitrate: '384k',
  frequency: Array.from({ length: channels }, (_, i) => 300 * (i + 1)),
})

/** Messages of Enhanced RTMP that tell another order of channels than AAC does itself, and some that are broken. */
const ORDERS: readonly (readonly [what: string, config: readonly number[]])[] = [
  ['unspecified', [0, 6]],
  ['native: front left and right alone', [1, 2, 0, 0, 0, 3]],
  ['custom: the other way round', [2, 6, 5, 4, 3, 2, 1, 0]],
  ['custom: of more channels than it names', [2, 200, 1]],
  ['an order that nobody knows', [9]],
  ['nothing', []],
]

const samplesOf = (file: string, serving: Partial<ServeFile> = {}) =>
  capturing(
    file,
    {},
    async capture => {
      await capture.start()
      const parts: AudioChunk[] = []
      await toTheEnd(async () => {
        for (;;) parts.push(await capture.getAudio(0.1))
      })
      return { samples: concat(parts.map(part => part.samples)), masks: new Set(parts.map(part => part.channelMask)) }
    },
    serving,
  )

test('the order of channels is that of the codec, whatever a MultichannelConfig says', async () => {
  const file = await makeFile(tempFile('in.flv'), { ...picture, audio: tones('5.1', 6) })
  const expected = await samplesOf(file)
  assert.equal([...expected.masks], [0x3f])
  for (const [what, config] of ORDERS) {
    const data = Buffer.concat([Buffer.of(0x94), Buffer.from('mp4a'), Buffer.from(config)])
    const edit = (tag: FlvTag): FlvTag[] => (tag.type === 'audio' ? [{ ...tag, data }, tag] : [tag])
    const { samples, masks } = await samplesOf(file, { edit })
    assert.equal([...masks], [0x3f], what)
    assert.is(Buffer.compare(Buffer.from(samples.buffer), Buffer.from(expected.samples.buffer)), 0, what)
  }
})

/** What front left and front right are made of: the channels that are heard there. */
function mixOf(samples: Float32Array, rate: number, channels: number): number[][] {
  return [0, 1].map(side => {
    const one = channelOf(samples, 2, side)
    return Array.from({ length: channels }, (_, i) => i + 1).filter(i => toneLevel(one, rate, 300 * i) > 0.01)
  })
}

const layouts: readonly [string, number][] = [
  ['mono', 1],
  ['3.0', 3],
  ['4.0', 4],
  ['quad', 4],
  ['5.0', 5],
  ['5.1', 6],
  ['5.1(side)', 6],
  ['6.1', 7],
  ['7.1', 8],
  ['octagonal', 8],
  ['hexadecagonal', 16],
]

for (const [layout, channels] of layouts) {
  test(`audioChannels of a stream in ${layout}`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...picture, audio: tones(layout, channels) })
    for (const wanted of channels === 6 ? ([undefined, 2, 1] as const) : ([undefined, 2] as const)) {
      const samples = await capturing(file, wanted ? { audioChannels: wanted } : {}, async capture => {
        await capture.start()
        const parts: AudioChunk[] = []
        await toTheEnd(async () => {
          for (;;) parts.push(await capture.getAudio(0.1))
        })
        assert.ok(parts.every(part => part.channels === (wanted ?? channels)))
        if (!wanted && channels > 2) assert.ok(parts.every(part => part.channelMask !== undefined))
        return concat(parts.map(part => part.samples))
      })
      assert.ok(samples.length / (wanted ?? channels) > 1.8 * 48_000)
      if (wanted !== 2 || channels < 3) continue
      const [left, right] = mixOf(samples.subarray(48_000), 48_000, channels) as [number[], number[]]
      assert.ok(left.includes(1) && right.includes(2), `${left} | ${right}`)
      // Above eight every channel is on both sides.
      if (channels <= 8) assert.ok(!left.includes(2) && !right.includes(1), `${left} | ${right}`)
      else assert.is(left.length, channels)
    }
  })
}

for (const [layout, channels] of [
  ['3.0', 3],
  ['quad', 4],
  ['5.1(side)', 6],
  ['7.1', 8],
] as const) {
  test(`a relay of ${layout} sends pictures, and the sound mixed down`, async () => {
    const file = await makeFile(tempFile('in.flv'), { ...picture, audio: tones(layout, channels) })
    await using target = await startRtmpServer({ kind: 'accept-publish' })
    await using server = await startRtmpServer(serveWhole(file, { pace: 'real' }))
    await using output = new RTMPOutput(target.url(), { width: 320, height: 180, fps: 25 })
    await using capture = new RTMPCapture(server.url(), { reconnect: false })
    await output.start()
    await capture.start()
    let sent = 0
    await new Promise<void>(resolve =>
      capture.framesWithAudio$
        .pipe(writeTo(output))
        .subscribe({ next: () => void sent++, error: () => resolve(), complete: resolve }),
    )
    await output.stop()
    // In real time: a machine that stands still drops some of the fifty.
    assert.ok(sent >= 25, `${sent} pictures`)
    const out = tempFile('out.flv')
    writeFileSync(out, writeFlv(target.connections[0]!.tags))
    const sound = await decodeAudio(out, 44_100, 2)
    // Wherever it begins: a second from its middle.
    const begin = onset(channelOf(sound, 2), 0.02)
    const middle = sound.subarray(2 * (begin + 22_050), 2 * (begin + 66_150))
    assert.ok(rms(middle) > 0.02, `rms ${rms(middle)}`)
    const [left, right] = mixOf(middle, 44_100, channels) as [number[], number[]]
    assert.ok(left.includes(1) && !left.includes(2), `left has ${left}`)
    assert.ok(right.includes(2) && !right.includes(1), `right has ${right}`)
  })
}

test.run()
