// suite: deep
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { gst, RTMPCapture, run, type Packet } from '../../../src/index'
import { channelOf, toneLevel } from '../../support/media/audio'
import { makeFile } from '../../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, writeFlv } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { audioTags, streamHeader } from '../../rtmp/elements/enhanced'
import { serveWhole } from '../lib/served'
import { all, over } from '../lib/running'

const test = suite("sound of Enhanced RTMP over 'rxrtmp'", { timeout: 60_000 })

const RATE = 48_000
const TONE = 1000

const codecs: [name: string, fourCc: string, encode: string, config: (caps: string) => Buffer | null][] = [
  ['opus', 'Opus', 'opusenc', streamHeader],
  // The mapping to Ogg goes before the marker there.
  ['flac', 'fLaC', 'flacenc ! flacparse', caps => streamHeader(caps).subarray(9)],
  ['ac3', 'ac-3', 'avenc_ac3 ! ac3parse', () => null],
  ['eac3', 'ec-3', 'avenc_eac3 ! ac3parse', () => null],
]

async function packetsOf(encode: string): Promise<Packet[]> {
  const line = `audiotestsrc num-buffers=100 samplesperbuffer=960 freq=${TONE} volume=0.5 !
    audio/x-raw,rate=${RATE},channels=2 ! audioconvert ! ${encode} ! appsink name=out`
  const p = run(gst(Object.assign([line], { raw: [line] })))
  const packets = all(p.packets$('out'))
  await p.start()
  await over(p)
  const made = await packets
  await p.stop()
  return made
}

for (const [name, fourCc, encode, config] of codecs) {
  test(`${name}: a capture hears its tone beside the picture`, async () => {
    const made = await packetsOf(encode)
    const sound = audioTags(
      fourCc,
      config(made.at(-1)!.caps),
      made.filter(({ header }) => !header),
    )
    const picture = parseFlv(readFileSync(await makeFile(tempFile('picture.flv'), { size: '160x90', duration: 2 })))
    const file = tempFile('both.flv')
    const tags = [...picture.filter(({ type }) => type === 'video'), ...sound]
    writeFileSync(file, writeFlv(tags.sort((a, b) => a.timestamp - b.timestamp)))
    await using server = await startRtmpServer(serveWhole(file, { pace: 'real' }))
    await using capture = new RTMPCapture(server.url(), {
      transport: 'rxrtmp',
      connectTimeout: 20_000,
      reconnect: false,
    })
    const parts: Float32Array[] = []
    const heard = new Promise<void>(resolve => {
      capture.audio$.subscribe({ next: ({ samples }) => parts.push(samples), error: () => resolve() })
    })
    await capture.start()
    await heard
    const samples = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
    parts.reduce((at, part) => (samples.set(part, at), at + part.length), 0)
    assert.is(capture.info?.audio?.codec, name)
    assert.ok(samples.length > 2 * RATE, `${samples.length / 2} samples`)
    const left = channelOf(samples, 2)
    const level = toneLevel(left.subarray(RATE / 2, RATE), RATE, TONE)
    assert.ok(level > 0.3, `the tone at ${level}`)
  })
}

test.run()
