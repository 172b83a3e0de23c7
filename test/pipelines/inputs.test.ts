import * as assert from 'uvu/assert'
import { inputPipeline } from '../../src/pipelines/capture'
import { containerOf, fileInput } from '../../src/pipelines/inputs/file'
import { hlsInput } from '../../src/pipelines/inputs/hls'
import { payloadRows, rtspInput } from '../../src/pipelines/inputs/rtsp'
import { srtInput } from '../../src/pipelines/inputs/srt'
import { suite } from '../support/suite'

const test = suite('graphs of inputs')

const MEDIA = { decoder: 'avdec_h264', throughput: false, cores: 2, audioSampleRate: null, audioChannels: null }
const CAMERA = { location: 'rtsp://host/s', username: 'ann', password: 'secret' }
const SRT = {
  host: 'host',
  port: 9000,
  mode: 'caller',
  localHost: null,
  passphrase: 'long enough',
  keyLength: null,
  streamId: null,
  latencyMs: 120,
} as const

const graphs = {
  file: inputPipeline(fileInput('/a b.mp4', 'mp4'), MEDIA),
  rtsp: inputPipeline(rtspInput(CAMERA, 'tcp', 5000), MEDIA),
  srt: inputPipeline(srtInput(SRT), MEDIA),
  hls: inputPipeline(hlsInput('ts', null), MEDIA),
  'hls, sound apart': inputPipeline(hlsInput('mp4', 'ts'), MEDIA),
}

test('every element is named: none looks for others by what comes', () => {
  for (const [kind, { elements }] of Object.entries(graphs)) {
    for (const { factory } of elements) assert.not.match(factory, /bin$|playbin|typefind|decodebin/, kind)
    const caps = elements.find(({ name }) => name === 'videopackets')
    assert.is(caps?.factory, 'capsfilter', kind)
  }
})

test('the branches of all inputs have the same names', () => {
  const names = ['source', 'videoinput', 'videoparse', 'videopackets', 'decoder', 'video', 'audioinput', 'audio']
  for (const [kind, { elements }] of Object.entries(graphs)) {
    for (const name of names)
      assert.ok(
        elements.some(each => each.name === name),
        `${kind}: ${name}`,
      )
  }
})

test('the container is told by the first bytes', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
  const packets = (size: number, from = 0): Uint8Array => {
    const all = new Uint8Array(1024)
    for (let i = 0; i < 4; i++) all[from + i * size] = 0x47
    return all
  }
  assert.equal(
    [
      containerOf(bytes('FLV\x01\x05')),
      containerOf(bytes('\0\0\0\x20ftypisom')),
      containerOf(bytes('\0\0\0\x08moov')),
      containerOf(bytes('\x1aE\xdf\xa3')),
      containerOf(packets(188)),
      containerOf(packets(192, 4)),
      containerOf(packets(204)),
      containerOf(bytes('<html>')),
      containerOf(new Uint8Array(0)),
    ],
    ['flv', 'mp4', 'mp4', 'mkv', 'ts', 'ts', 'ts', null, null],
  )
})

test('a payload is taken where its codec is decoded', () => {
  const h264 = [{ caps: 'video/x-h264', elements: null }]
  const { video, audio } = payloadRows(h264, new Set(['aac', 'pcm_mulaw']))
  assert.equal(
    video.map(({ caps }) => /encoding-name=\(string\)(\S+)/.exec(caps)?.[1]),
    ['H264'],
  )
  assert.equal(
    audio.map(({ elements }) => elements?.elements.map(({ factory }) => factory) ?? null),
    [null, ['rtpmp4adepay'], ['rtppcmudepay']],
  )
})

test.run()
