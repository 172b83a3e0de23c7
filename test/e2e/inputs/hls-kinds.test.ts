// suite: deep
// What playlists are made of: fragmented MP4, encryption, byte ranges, discontinuities, sound of its own, variants.
import { createCipheriv, randomBytes } from 'node:crypto'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'
import { toneLevel } from '../../support/media/audio'
import { lyingOrigin, makeHls, nginxOrigin, type HlsOptions } from '../../support/peers/hls'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { samePictures, smallFile, take } from '../lib/inputs'

const test = suite('inputs: kinds of HLS', { timeout: 90_000 })

const listOf = (folder: string, name = 'live.m3u8'): Promise<string> => readFile(join(folder, name), 'utf8')
const media = (playlist: string): string =>
  playlist
    .split('\n')
    .filter(line => line.startsWith('#EXTINF') || line.startsWith('#EXT-X-MAP') || !line.startsWith('#'))
    .join('\n')

async function whole(options: HlsOptions, change: (folder: string) => Promise<void> = async () => {}): Promise<void> {
  const file = await smallFile('in.mp4', { duration: 4 })
  const folder = await makeHls(file, options)
  await change(folder)
  await using origin = await nginxOrigin(folder)
  const taken = await take(origin.url(), { pace: 'none' })
  assert.is(taken.error, null, String(taken.error))
  assert.is(taken.frames.length, 100)
  await samePictures(file, taken, { from: 0 })
  assert.ok(toneLevel(taken.samples, 48_000, 440) > 0.1)
  assert.ok(Math.abs(taken.samples.length / 48_000 - 4) < 0.1, `${taken.samples.length} samples`)
}

test('fragmented MP4', () => whole({ type: 'fmp4' }))

test('fragmented MP4 in one file, by byte ranges', () => whole({ type: 'fmp4', args: ['-hls_flags', 'single_file'] }))

test('MPEG-TS in one file, by byte ranges', () => whole({ args: ['-hls_flags', 'single_file'] }))

test('AES-128 of ffmpeg, with a vector and without', async () => {
  const dir = tempDir()
  const [key, info] = [join(dir, 'key'), join(dir, 'info')]
  await writeFile(key, randomBytes(16))
  for (const vector of ['', '\n0123456789abcdef0123456789abcdef']) {
    await writeFile(info, `key\n${key}${vector}\n`)
    await whole({ args: ['-hls_key_info_file', info] }, folder => copyFile(key, join(folder, 'key')))
  }
})

test('a wrong key is told, and other encryptions are refused', async () => {
  const folder = await makeHls(await smallFile('in.mp4'))
  const playlist = await listOf(folder)
  await writeFile(join(folder, 'key'), randomBytes(16))
  const cipher = createCipheriv('aes-128-cbc', randomBytes(16), Buffer.alloc(16))
  const segment = await readFile(join(folder, 'live0.ts'))
  await writeFile(join(folder, 'live0.ts'), Buffer.concat([cipher.update(segment), cipher.final()]))
  await using origin = await nginxOrigin(folder)
  const encrypted = async (method: string): Promise<string> => {
    const line = `#EXT-X-KEY:METHOD=${method},URI="key"\n#EXTINF`
    await writeFile(join(folder, 'live.m3u8'), playlist.replace('#EXTINF', line))
    return take(origin.url(), { reconnect: false }).then(
      () => 'it was read',
      ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
    )
  }
  assert.match(await encrypted('AES-128'), /^ERR_BAD_STREAM: .*decrypted|^ERR_BAD_STREAM: .*neither/)
  assert.match(await encrypted('SAMPLE-AES'), /^ERR_UNSUPPORTED_MEDIA: .*SAMPLE-AES/)
})

test('discontinuities: other sizes, rates and containers, and time goes on', async () => {
  const [first, second] = await Promise.all([
    smallFile('in.mp4'),
    smallFile('in.mp4', { size: '480x270', audio: { rate: 44_100, channels: 2, frequency: 880 } }),
  ])
  const folder = await makeHls(first)
  const [other, third] = [await makeHls(second), await makeHls(first, { type: 'fmp4' })]
  for (const name of ['live0.ts', 'live1.ts']) await copyFile(join(other, name), join(folder, `b${name}`))
  for (const name of ['init.mp4', 'live0.m4s', 'live1.m4s']) await copyFile(join(third, name), join(folder, name))
  const lists = await Promise.all([listOf(folder), listOf(other), listOf(third)])
  const cut = '#EXT-X-DISCONTINUITY'
  const parts = [media(lists[0]), cut, media(lists[1]).replaceAll('live', 'blive'), cut, media(lists[2])]
  const text = ['#EXTM3U', '#EXT-X-TARGETDURATION:1', ...parts, '#EXT-X-ENDLIST'].join('\n')
  await writeFile(join(folder, 'live.m3u8'), text)
  await using origin = await nginxOrigin(folder)
  const taken = await take(origin.url(), { pace: 'none' })
  assert.is(taken.error, null)
  const { frames } = taken
  assert.is(frames.length, 150)
  const marked = frames.flatMap(({ discontinuity }, i) => (discontinuity ? [i] : []))
  assert.is(marked.length, 3)
  // A decoder still keeps pictures from before when it is told of.
  marked.forEach((at, i) => assert.ok(at <= 50 * i && at >= 50 * i - 4, `marked: ${marked.join(', ')}`))
  for (let i = 1; i < frames.length; i++) {
    const step = frames[i]!.timestamp - frames[i - 1]!.timestamp
    assert.ok(step > 0 && step < 130_000, `picture ${i} comes ${step} µs after the one before`)
  }
  await samePictures(first, { ...taken, frames: frames.slice(0, 50) }, { from: 0 })
  await samePictures(first, { ...taken, frames: frames.slice(100) }, { from: 0 })
  const seconds = taken.samples.length / 48_000
  assert.ok(seconds > 5.5, `${seconds} s of sound`)
})

/** A file with its sound in a playlist of its own; the folder of master.m3u8. */
async function apart(file: string, type: 'mpegts' | 'fmp4'): Promise<string> {
  const folder = tempDir()
  const map = ['-map', '0:v', '-map', '0:a', '-var_stream_map', 'a:0,agroup:s,default:yes v:0,agroup:s']
  const names = ['-master_pl_name', 'master.m3u8', '-hls_fmp4_init_filename', 'init_%v.mp4']
  const muxer = ['-f', 'hls', '-hls_segment_type', type, '-hls_time', '1', '-hls_list_size', '0']
  const args = ['-loglevel', 'error', '-i', file, '-c', 'copy', ...map, ...muxer, ...names]
  await exec('ffmpeg', [...args, join(folder, 'live%v.m3u8')])
  return folder
}

for (const type of ['mpegts', 'fmp4'] as const) {
  test(`sound with a playlist of its own, ${type}: pictures and sound keep their distance`, async () => {
    const file = await smallFile('in.mp4', {
      duration: 4,
      pattern: 'flash',
      audio: { rate: 48_000, channels: 1, beep: true },
    })
    await using origin = await nginxOrigin(await apart(file, type))
    const { frames, samples, error } = await take(origin.url('master.m3u8'), { pace: 'none' })
    assert.is(error, null)
    assert.is(frames.length, 100)
    // White in the first 100 ms of each second, where the beep is.
    const flash = frames.filter(({ data }) => data[3 * 320 * 90]! > 128).map(({ timestamp }) => timestamp / 1e6)
    const beeps = [1, 2, 3].map(second => {
      const from = Math.round((second - 0.3) * 48_000)
      return (from + samples.subarray(from).findIndex(sample => Math.abs(sample) > 0.1)) / 48_000
    })
    beeps.forEach((beep, i) => {
      const picture = flash.find(time => time > i + 0.5)!
      assert.ok(Math.abs(beep - picture) < 0.045, `the beep of ${beep} s, the flash of ${picture} s`)
    })
  })
}

test('a playlist of sound that ends before the first picture has come', async () => {
  const folder = await apart(await smallFile('in.mp4'), 'fmp4')
  const lines = (await listOf(folder, 'live0.m3u8')).split('\n')
  const second = lines.findLastIndex(line => line.startsWith('#EXTINF'))
  await writeFile(join(folder, 'live0.m3u8'), [...lines.slice(0, second), '#EXT-X-ENDLIST', ''].join('\n'))
  await using origin = await nginxOrigin(folder)
  // Threads race for it: of 40 captures some would have ended without a picture.
  for (let round = 0; round < 10; round++) {
    const taken = await Promise.all(
      Array.from({ length: 4 }, () => take(origin.url('master.m3u8'), { pace: 'none', bufferSize: 50 })),
    )
    for (const { frames, samples, info, error } of taken) {
      assert.is(error, null)
      assert.is(frames.length, 50)
      assert.ok(info.video && info.audio && samples.length > 40_000, `${samples.length} samples`)
    }
  }
})

test('variants: the best, the lowest, and one within limits', async () => {
  const folder = await makeHls(await smallFile('in.mp4'))
  const low = await makeHls(await smallFile('in.mp4', { size: '160x90' }))
  for (const name of ['live0.ts', 'live1.ts']) await copyFile(join(low, name), join(folder, `low${name}`))
  await writeFile(join(folder, 'low.m3u8'), (await listOf(low)).replaceAll('live', 'lowlive'))
  const variants = [
    '#EXT-X-STREAM-INF:BANDWIDTH=200000,RESOLUTION=160x90',
    'low.m3u8',
    '#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=320x180',
    'live.m3u8',
  ]
  await writeFile(join(folder, 'master.m3u8'), ['#EXTM3U', ...variants].join('\n'))
  await using origin = await lyingOrigin(folder)
  const width = async (variant?: 'lowest' | { maxHeight: number }): Promise<number> =>
    (await take(origin.url('master.m3u8'), { pace: 'none', ...(variant && { variant }) })).info.video!.width
  assert.is(await width(), 320)
  assert.is(await width('lowest'), 160)
  assert.is(await width({ maxHeight: 100 }), 160)
})

test.run()
