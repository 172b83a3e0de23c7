import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { startNarrowLink } from '../../support/peers/narrow-link'
import { startNginx } from '../../support/peers/nginx'
import { meanLuma, solid } from '../../support/media/picture'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { breathe, sent } from '../lib/sent'

/** What goes out of still pictures, of which an encoder makes next to nothing. */
const test = suite('output: a constant bitrate, or a capped one', { timeout: 60_000 })

const [width, height, fps] = [320, 180, 25]
const BITRATE = 1_000_000
const STILL = solid(width, height, [120, 120, 120])
const OPTIONS: RTMPOutputOptions = { width, height, fps, bitrate: BITRATE }
const NAL_FILLER = 12

async function still(more: Partial<RTMPOutputOptions>, seconds = 8) {
  let filler = 0
  const got = await sent({ ...OPTIONS, ...more }, async output => {
    for (let i = 0; i < seconds * fps; i++) {
      await output.writeFrame(STILL)
      await breathe(output)
    }
    await until(() => output.stats().packets >= seconds * fps)
    filler = output.stats().filler
  })
  const tags = got.connection.tags.filter(({ type }) => type === 'video')
  const bytes = tags.reduce((sum, { data }) => sum + data.length, 0)
  return { ...got, tags, filler, bitrate: (bytes * 8) / seconds }
}

/** Types of the NAL units of a picture's tag. */
function units(data: Uint8Array): number[] {
  const types: number[] = []
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  for (let at = 5; at + 4 < data.length; at += 4 + view.getUint32(at)) types.push(data[at + 4]! & 31)
  return types
}

for (const vcodec of ['libx264', 'libopenh264'] as const) {
  test(`${vcodec}: 'cbr' sends what was asked for, in pictures that decode as without it`, async () => {
    const stampLatency = vcodec === 'libx264'
    const { bitrate, filler, tags, file } = await still({ vcodec, rateControl: 'cbr', stampLatency })
    assert.ok(Math.abs(bitrate - BITRATE) < 0.05 * BITRATE, `${bitrate} bit/s`)
    assert.ok(filler * 8 > 0.5 * BITRATE * 7, `${filler} bytes of filler`)
    for (const { data } of tags.slice(1)) {
      const types = units(data)
      // Behind all slices, once at most.
      assert.ok(types.indexOf(NAL_FILLER) === -1 || types.indexOf(NAL_FILLER) === types.length - 1, types.join())
    }
    const shown = await decodeFrames(file, 'gray')
    assert.ok(shown.length >= 8 * fps - 1, `${shown.length} pictures`)
  })
}

test("'capped', the default, sends what the pictures take", async () => {
  const { bitrate, filler, tags } = await still({})
  assert.ok(bitrate < 0.2 * BITRATE, `${bitrate} bit/s`)
  assert.is(filler, 0)
  assert.not.ok(tags.slice(1).some(({ data }) => units(data).includes(NAL_FILLER)))
})

/** Packets that a link lost which becomes narrow. */
async function lostByNarrowing(): Promise<number> {
  await using nginx = await startNginx()
  await using link = await startNarrowLink(nginx.port, 4 * BITRATE)
  const options: RTMPOutputOptions = { ...OPTIONS, rateControl: 'cbr', adaptiveBitrate: true }
  await using output = new RTMPOutput(`rtmp://127.0.0.1:${link.port}/live/cbr`, options)
  await output.start()
  await output.writeFrame(STILL)
  await using capture = new RTMPCapture(nginx.url('cbr'))
  await capture.start()
  const frame = await capture.getFrame()
  assert.ok(Math.abs(meanLuma(frame.data, width, height) - 120) < 4)
  frame.close()
  const what = () => JSON.stringify(output.stats())
  // A link that is held up for a moment looks narrow, too.
  await until(() => output.stats().bitrate === BITRATE, { timeout: 40_000, what })
  link.limit(BITRATE / 2)
  await until(() => output.stats().bitrate < 0.6 * BITRATE, { timeout: 20_000, what })
  const from = performance.now()
  const before = output.stats()
  await sleep(3000)
  const { bytes, bitrate, droppedNetwork, reconnects } = output.stats()
  const seconds = (performance.now() - from) / 1000
  const rate = ((bytes - before.bytes) * 8) / seconds
  assert.ok(rate < 0.8 * BITRATE, `${rate} bit/s at ${bitrate}`)
  assert.is(reconnects, 0)
  return droppedNetwork
}

test(
  "through a server into a capture; with adaptiveBitrate 'cbr' follows what the network takes",
  async () => {
    let lost = await lostByNarrowing()
    // On a busy machine the link carries nothing for a while, which no bitrate follows.
    for (let more = 0; more < 4 && lost > 0; more++) lost = await lostByNarrowing()
    assert.is(lost, 0)
  },
  { timeout: 240_000 },
)

test.run()
