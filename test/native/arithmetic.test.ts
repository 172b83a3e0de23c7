// deadline: 600
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('the addon’s arithmetic', { timeout: 120_000 })

const ROOT = path.resolve(__dirname, '../../..')

/** What a peer sends may never make them leave the numbers that C++ defines, nor read what is not there. */
const CHECKED = ['-fsanitize=undefined', '-fno-sanitize-recover=all']
const READERS = ['gate', 'readers', 'sps']
/** Tries millions of messages: its run takes longer than its compile. */
const LONG = ['floods']

/** They include neither GStreamer nor Node: a compiler is all it takes. */
for (const name of [
  'clocks',
  'filling',
  'floods',
  'gate',
  'picture-rate',
  'readers',
  'shape',
  'slots',
  'sound_lane',
  'sps',
  'tag_walk',
  'skipping',
]) {
  test(`${name}.cc`, async () => {
    const dir = tempDir()
    const program = path.join(dir, name)
    const source = path.join(ROOT, 'test/native', `${name}.cc`)
    const checked = READERS.includes(name) ? [...CHECKED, '-fsanitize=address'] : CHECKED
    const flags = ['-std=c++20', '-Wall', '-Wextra', '-Werror', LONG.includes(name) ? '-O1' : '-O0', ...checked]
    await exec('g++', [...flags, `-I${ROOT}/native`, source, '-o', program])
    const { stdout } = await exec(program, [])
    assert.is(stdout.toString(), `${name}: all well\n`)
  })
}

test('widths.cc: libyuv converts a picture of any width', async () => {
  const program = path.join(tempDir(), 'widths')
  const found = await exec('pkg-config', ['--cflags', '--libs', 'gstreamer-video-1.0'])
  const flags = ['-std=c++20', '-O1', '-Wall', '-Wextra', '-Werror', `-I${ROOT}/native`]
  const libraries = [...found.stdout.toString().trim().split(/\s+/), '-lyuv']
  const sources = ['test/native/widths.cc', 'native/pixels/pixels.cc', 'native/pixels/rgb_to_yuv.cc']
  await exec('g++', [...flags, ...sources.map(file => path.join(ROOT, file)), '-o', program, ...libraries])
  const { stdout } = await exec(program, [])
  assert.is(stdout.toString(), 'widths: all well\n')
})

test('probes.cc: a probe’s state outlives a call in flight', async () => {
  const program = path.join(tempDir(), 'probes')
  const found = await exec('pkg-config', ['--cflags', '--libs', 'gstreamer-1.0'])
  const flags = ['-std=c++20', '-O1', '-pthread', '-fsanitize=address', '-Wall', '-Wextra', '-Werror']
  const libraries = found.stdout.toString().trim().split(/\s+/)
  const source = path.join(ROOT, 'test/native/probes.cc')
  await exec('g++', [...flags, `-I${ROOT}/native`, source, '-o', program, ...libraries])
  const { stdout } = await exec(program, [])
  assert.is(stdout.toString(), 'probes: all well\n')
})

test.run()
