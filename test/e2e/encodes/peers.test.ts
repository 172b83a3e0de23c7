// suite: deep
// lane: processor
import { readdirSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { Output, record, type OutputOptions } from '../../../src/index'
import { onsets, sine } from '../../support/media/audio'
import { solid } from '../../support/media/picture'
import { decodeAudio, decodeFrames, probe, record as recordLive } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { assertPlays } from '../record/judge'

// A server of RTMP, and a folder: what players and tools find there.
const test = suite('encodes: peers', { timeout: 120_000 })

const [width, height, fps] = [1280, 720, 25]
const OPTIONS: OutputOptions = {
  width,
  height,
  fps,
  bitrate: '2500k',
  keyframeInterval: 1,
  connectTimeout: 20_000,
}
/** ms. */
const CLOSE = 10

const WHITE = solid(width, height, [235, 235, 235])
const BLACK = solid(width, height, [16, 16, 16])
const SAMPLES = 44_100 / fps

/** A flash and a beep a second, until the returned function is called. */
function flash(output: Output): () => Promise<void> {
  let over = false
  const running = (async () => {
    for (let i = 0; !over; i++) {
      const bright = i % fps < 3
      const from = i * SAMPLES
      const tone = { frequency: 1000, rate: 44_100, from, count: SAMPLES, channels: 2, amplitude: bright ? 0.8 : 0 }
      await output.writeFrameWithAudio(bright ? WHITE : BLACK, sine(tone))
    }
  })()
  running.catch(() => {})
  return () => {
    over = true
    return running
  }
}

/** By how many ms each beep comes later than its flash. */
async function offsets(file: string, w: number, h: number): Promise<number[]> {
  const { packets } = await probe(file, { seconds: 600 })
  const begin = (type: string): number => Number(packets.find(({ codec_type }) => codec_type === type)!.pts_time) * 1000
  const frames = await decodeFrames(file, 'gray', { timeout: 90_000 })
  const bright = frames.map(({ data, pts }) => ({ pts: pts * 1000, white: data[(h / 2) * w + w / 2]! > 128 }))
  const flashes = bright.filter(({ white }, i) => i > 0 && white && !bright[i - 1]!.white).map(({ pts }) => pts)
  const beeps = onsets(await decodeAudio(file, 44100, 1), 0.15, 44100 / 5).map(
    at => begin('audio') + (at * 1000) / 44100,
  )
  return flashes.flatMap(at => {
    const beep = beeps.find(one => Math.abs(one - at) < 300)
    return beep === undefined ? [] : [beep - at]
  })
}

test('720p and 360p on a server, HEVC on a disk: size, codec, pictures and sound side by side', async () => {
  await using nginx = await startNginx()
  const folder = tempDir()
  const archive = { record: record(folder), codec: 'hevc', height: 180, bitrate: '150k' } as const
  const small = { url: nginx.url('small'), width: 640, height: 360, bitrate: '500k', audioBitrate: '64k' }
  await using output = new Output([nginx.url('large'), small, archive], OPTIONS)
  await output.start()
  await until(() => output.targets.every(({ state }) => state.phase === 'live'))
  const flashing = flash(output)
  await Promise.all([nginx.published('large'), nginx.published('small')])
  const [large, little] = await Promise.all(
    ['large', 'small'].map(name => recordLive(nginx.url(name), tempFile(`${name}.flv`), 6)),
  )
  await flashing()
  await output.stop()
  // A machine that is busy elsewhere may lose pictures, and tells; a flash whose first pictures are lost is seen late.
  const { late, droppedNetwork, groups } = output.stats()
  const lost = late + droppedNetwork + groups.reduce((sum, { dropped }) => sum + dropped, 0)
  const disk = path.join(folder, readdirSync(folder).find(name => name.endsWith('.mp4'))!)
  for (const [file, codec, w, h] of [
    [large!, 'h264', 1280, 720],
    [little!, 'h264', 640, 360],
    [disk, 'hevc', 320, 180],
  ] as const) {
    const { video, audio } = await probe(file)
    assert.equal([video?.codec_name, video?.width, video?.height], [codec, w, h], file)
    assert.is(audio?.codec_name, 'aac')
    assert.is(video?.color_space, h > 576 ? 'bt709' : 'smpte170m')
    const found = await offsets(file, w, h)
    assert.ok(found.length >= (lost > 0 ? 1 : 3), `${file}: ${found.length} flashes, ${lost} pictures lost`)
    const far = found.filter(offset => Math.abs(offset) > CLOSE)
    const told = `${file}: ${found.map(one => one.toFixed(1))}; ${lost} pictures lost`
    assert.ok(far.length <= Math.min(lost, 2, found.length - 1), told)
  }
  await assertPlays(disk)
})

test.run()
