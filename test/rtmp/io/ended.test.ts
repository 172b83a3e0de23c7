// suite: deep
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'

const test = suite('a session of RTMP that has ended', { timeout: 270_000 })

const ROOT = path.resolve(__dirname, '../../../..')
const FOLDERS = ['amf', 'chunks', 'protocol', 'tags', 'io'].map(name => `native/rtmp/${name}`)

test('nothing that is sent to it waits for ever', async () => {
  const dir = tempDir()
  const patient = { timeout: 250_000 }
  const [unit, program] = [path.join(dir, 'unit.cc'), path.join(dir, 'ended')]
  const files = FOLDERS.flatMap(folder => readdirSync(path.join(ROOT, folder)).map(file => `${ROOT}/${folder}/${file}`))
  const sources = [...files.filter(file => file.endsWith('.cc')), `${ROOT}/test/rtmp/io/ended.cc`]
  writeFileSync(unit, sources.map(file => `#include "${file}"\n`).join(''))
  const found = await exec('pkg-config', ['--cflags', '--libs', 'gio-2.0', 'gstreamer-1.0'])
  const libraries = found.stdout.toString().trim().split(/\s+/)
  await exec('g++', ['-std=c++20', '-O0', `-I${ROOT}/native`, unit, '-o', program, ...libraries, '-pthread'], patient)
  const { stdout } = await exec(program, [], patient)
  assert.is(stdout.toString(), 'ended: all well\n')
})

test.run()
