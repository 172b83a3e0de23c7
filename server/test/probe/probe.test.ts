// suite: deep
import * as assert from 'uvu/assert'
import { judge, readPlatform } from '../../src/probe/platform-rules.js'
import { probe } from '../../src/probe/probe.js'
import { makeFile } from '../../../test/support/peers/ffmpeg.js'
import { startRtmpServer } from '../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../test/support/suite.js'
import { tempFile } from '../../../test/support/temp.js'

// What a probe says of streams that ffmpeg has made.
const test = suite('server: probe', { timeout: 240_000 })

test('a stream with sound: its codecs, size, rates and keyframes', async () => {
  const source = { size: '640x360', fps: 25, gop: 50, bitrate: '800k', pattern: 'noise', duration: 12 } as const
  const file = await makeFile(tempFile('in.flv'), { ...source, audio: { frequency: 1000 } })
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  const seen: number[] = []
  const { facts, findings } = await probe(server.url(), { seconds: 9, onProgress: passed => seen.push(passed) })
  assert.ok(facts.seconds > 5, `${facts.seconds} s`)
  const { video, audio } = facts
  assert.equal([video!.codec, video!.width, video!.height], ['h264', 640, 360])
  assert.ok(Math.abs(video!.fps - 25) < 1, `${video!.fps} fps`)
  assert.ok(Math.abs(video!.keyframeInterval! - 2) < 0.1, `${video!.keyframeInterval} s`)
  assert.ok(video!.bitrate > 300_000 && video!.bitrate < 2_000_000, `${video!.bitrate} bit/s`)
  assert.equal([audio!.codec, audio!.channels > 0], ['aac', true])
  assert.ok(audio!.loudness !== null && audio!.loudness > -60, `${audio!.loudness} LUFS`)
  assert.ok(seen.length >= 3)
  assert.not.ok(facts.url.includes('/'.repeat(3)) || /live/.test(facts.url), facts.url)
  assert.equal(
    findings.filter(({ id }) => ['noPictures', 'noSound', 'keyframes'].includes(id)),
    [],
  )
  // A small picture at a low bitrate: what YouTube says of H.264 begins above 720p.
  assert.equal(
    judge(await readPlatform('facebook'), facts).map(({ id }) => id),
    [],
  )
})

test('a stream without sound, with a keyframe every six seconds, frozen', async () => {
  const source = { size: '320x180', fps: 25, gop: 150, pattern: 'color=red', duration: 30, audio: null } as const
  const file = await makeFile(tempFile('in.flv'), source)
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  const { facts, findings } = await probe(server.url(), { seconds: 16 })
  assert.is(facts.audio, null)
  const ids = findings.map(({ id }) => id)
  assert.ok(ids.includes('noSound') && ids.includes('keyframes'), ids.join())
  const objected = judge(await readPlatform('youtube'), facts).map(({ id }) => id)
  assert.equal(objected.slice(0, 2), ['noAudioStream', 'gopSizeLong'])
})

test('no server, and a server without that stream', async () => {
  const refused = await probe('rtmp://127.0.0.1:1/live/secret-key').catch((error: unknown) => error as { code: string })
  assert.is((refused as { code: string }).code, 'ERR_CONNECTION_REFUSED')
  assert.not.match(String((refused as unknown as Error).message), /secret-key/)
})

test.run()
