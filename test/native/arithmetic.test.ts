// deadline: 600
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('the addon’s arithmetic', { timeout: 270_000 })

const ROOT = path.resolve(__dirname, '../../..')

/** A compile of 7 s takes over a minute beside five others. */
const PATIENT = { timeout: 130_000 }
/** Data of a peer may never overflow a number, nor cause a read beyond the data. */
const CHECKED = ['-fsanitize=undefined', '-fno-sanitize-recover=all']
const READERS = ['captions/captions', 'codecs/av1_units', 'codecs/codecs', 'gate', 'readers', 'sps']
/** They try millions of messages, or hours of a stream: their run takes longer than their compile. */
const LONG = ['floods', 'output/source_sound', 'output/standing_queue']

/** They include neither GStreamer nor Node, and need only a compiler. */
for (const name of [
  'captions/captions',
  'clocks',
  'codecs/av1_units',
  'codecs/codecs',
  'filling',
  'floods',
  'gate',
  'pace_rule',
  'picture-rate',
  'readers',
  'shape',
  'slots',
  'output/audio_lane',
  'output/source_sound',
  'output/standing_queue',
  'relay/fill',
  'relay/program_clock',
  'relay/relay_input',
  'sps',
  'tag_walk',
  'skip_policy',
  'waiting_track',
]) {
  test(`${name}.cc`, async () => {
    const dir = tempDir()
    const program = path.join(dir, path.basename(name))
    const source = path.join(ROOT, 'test/native', `${name}.cc`)
    const checked = READERS.includes(name) ? [...CHECKED, '-fsanitize=address'] : CHECKED
    const flags = ['-std=c++20', '-Wall', '-Wextra', '-Werror', LONG.includes(name) ? '-O1' : '-O0', ...checked]
    await exec('g++', [...flags, `-I${ROOT}/native`, source, '-o', program], PATIENT)
    const { stdout } = await exec(program, [], PATIENT)
    assert.is(stdout.toString(), `${path.basename(name)}: all well\n`)
  })
}

test('widths.cc: libyuv converts a picture of any width', async () => {
  const program = path.join(tempDir(), 'widths')
  const found = await exec('pkg-config', ['--cflags', '--libs', 'gstreamer-video-1.0'])
  const flags = ['-std=c++20', '-O1', '-Wall', '-Wextra', '-Werror', `-I${ROOT}/native`]
  const libraries = [...found.stdout.toString().trim().split(/\s+/), '-lyuv']
  const pixels = ['pixels', 'rgb_to_yuv', 'ten_bits', 'to_encoder'].map(name => `native/pixels/${name}.cc`)
  const sources = ['test/native/widths.cc', ...pixels]
  await exec('g++', [...flags, ...sources.map(file => path.join(ROOT, file)), '-o', program, ...libraries], PATIENT)
  const { stdout } = await exec(program, [], PATIENT)
  assert.is(stdout.toString(), 'widths: all well\n')
})

for (const [name, what, more] of [
  ['probes', 'a probe’s state outlives a call in flight', []],
  ['between', 'an element is told nothing while it works', []],
  ['bin', 'a walk through a bin that changes finds each element once', ['native/gst/bin.cc']],
] as const) {
  test(`${name}.cc: ${what}`, async () => {
    const program = path.join(tempDir(), name)
    const found = await exec('pkg-config', ['--cflags', '--libs', 'gstreamer-1.0'])
    const flags = ['-std=c++20', '-O1', '-pthread', '-fsanitize=address', '-Wall', '-Wextra', '-Werror']
    const libraries = found.stdout.toString().trim().split(/\s+/)
    const sources = [`test/native/gst/${name}.cc`, ...more].map(file => path.join(ROOT, file))
    await exec('g++', [...flags, `-I${ROOT}/native`, ...sources, '-o', program, ...libraries], PATIENT)
    const { stdout } = await exec(program, [], PATIENT)
    assert.is(stdout.toString(), `${name}: all well\n`)
  })
}

test.run()
