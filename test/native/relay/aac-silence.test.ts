import { writeFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'
import { writeFlv, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'

const test = suite('silence in AAC', { timeout: 140_000 })

const ROOT = path.resolve(__dirname, '../../../..')
const PATIENT = { timeout: 130_000 }
const BLOCKS = 20

/** AudioSpecificConfig: object type, index of the rate, channel configuration, 960 samples a block. */
const config = (type: number, rate: number, channels: number, short = 0): Buffer =>
  Buffer.of((type << 3) | (rate >> 1), ((rate & 1) << 7) | (channels << 3) | (short << 2))

const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8] as const
const cases = [
  ...[1, 2, 3, 4, 5, 6, 7].map(channels => ({ asc: config(2, 3, channels), channels: CHANNELS[channels]! })),
  ...[0, 4, 8, 11].map(rate => ({ asc: config(2, rate, 2), channels: 2 })),
  { asc: config(2, 3, 2, 1), channels: 2 },
  // HE-AAC of 44.1 kHz, whose core has 22.05 kHz.
  { asc: Buffer.from('2b920800', 'hex'), channels: 2 },
  { asc: config(1, 3, 2), channels: null },
  { asc: config(2, 3, 0), channels: null },
]

test('ffmpeg decodes it to silence, as many samples as its blocks have', async () => {
  const program = path.join(tempDir(), 'aac_silence')
  const source = path.join(ROOT, 'test/native/relay/aac_silence.cc')
  const checked = ['-fsanitize=undefined,address', '-fno-sanitize-recover=all']
  const flags = ['-std=c++20', '-Wall', '-Wextra', '-Werror', ...checked]
  await exec('g++', [...flags, `-I${ROOT}/native`, source, '-o', program], PATIENT)
  const { stdout } = await exec(program, [...cases.map(({ asc }) => asc.toString('hex')), '', 'ff'], PATIENT)
  const lines = stdout.toString().trim().split('\n')
  assert.equal(lines.slice(cases.length), ['none', 'none'])
  for (const [i, { asc, channels }] of cases.entries()) {
    const what = `${asc.toString('hex')}: ${lines[i]}`
    if (channels === null) assert.is(lines[i], 'none', what)
    if (channels === null) continue
    const [rate, samples, block] = lines[i]!.split(' ')
    const blockMs = (Number(samples) * 1000) / Number(rate)
    const tag = (n: number, ...bytes: Buffer[]): FlvTag => ({
      type: 'audio',
      timestamp: Math.round(n * blockMs),
      data: Buffer.concat([Buffer.of(0xaf, bytes.length > 1 ? 1 : 0), bytes.at(-1)!]),
    })
    const sound = Array.from({ length: BLOCKS }, (_, n) => tag(n, asc, Buffer.from(block!, 'hex')))
    const file = tempFile('silence.flv')
    writeFileSync(file, writeFlv([tag(0, asc), ...sound]))
    const raw = ['-ac', String(channels), '-ar', rate!, '-f', 'f32le', 'pipe:1']
    const { stdout: pcm, stderr } = await exec('ffmpeg', ['-v', 'error', '-i', file, ...raw])
    assert.is(stderr.toString(), '', what)
    // HE-AAC without its upper half is as long.
    const decoded = new Float32Array(new Uint8Array(pcm).buffer)
    const missing = (BLOCKS * Number(samples) * channels - decoded.length) / channels
    assert.ok(Math.abs(missing) <= 2 * Number(samples), `${what}: ${missing} samples are missing`)
    assert.ok(
      decoded.every(sample => Math.abs(sample) < 1e-4),
      what,
    )
  }
})

test.run()
