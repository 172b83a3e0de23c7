// suite: deep
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'

const test = suite('the ring of a share', { timeout: 270_000 })

const ROOT = path.resolve(__dirname, '../../../..')
const PARTS = ['tap/share/ring', 'tap/share/shared_name', 'pixels/pixels', 'pixels/ten_bits', 'pixels/rgb_to_yuv']

test('a reader sees each picture whole, or that it is torn, at any speed', async () => {
  const program = path.join(tempDir(), 'ring')
  const found = await exec('pkg-config', ['--cflags', '--libs', 'gstreamer-video-1.0'])
  const libraries = [...found.stdout.toString().trim().split(/\s+/), '-lyuv', '-pthread']
  const sources = ['test/native/share/ring.cc', ...PARTS.map(part => `native/${part}.cc`)]
  const files = sources.map(file => path.join(ROOT, file))
  const patient = { timeout: 250_000 }
  await exec('g++', ['-std=c++20', '-O1', `-I${ROOT}/native`, ...files, '-o', program, ...libraries], patient)
  const { stdout } = await exec(program, [], patient)
  assert.is(stdout.toString(), 'ring: all well\n')
})

test.run()
