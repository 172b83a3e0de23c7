// suite: deep
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('the RTMP machine without I/O', { timeout: 560_000 })

const ROOT = path.resolve(__dirname, '../../..')
/** A compile of 7 s takes over a minute beside five others. */
const PATIENT = { timeout: 270_000 }
/** All that it is made of: the include path has these folders and GLib alone, so it needs no other room. */
const FOLDERS = ['native/rtmp/amf', 'native/rtmp/chunks', 'native/rtmp/protocol', 'native/rtmp/tags']
const TESTS = 'test/rtmp/machine'

test('plays, publishes, serves and refuses, with bytes cut anywhere', async () => {
  const dir = tempDir()
  const glib = async (what: string): Promise<string[]> =>
    (await exec('pkg-config', [what, 'glib-2.0'])).stdout.toString().trim().split(/\s+/)
  const flags = ['-std=c++20', '-O0', '-Wall', '-Wextra', '-Werror', `-I${ROOT}/native`, ...(await glib('--cflags'))]
  // Without those checks of every pointer that AddressSanitizer makes needless, and that take as long to compile.
  const without = '-fno-sanitize=null,alignment,object-size,vptr'
  const sanitize = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', without]
  /** One translation unit: the headers of the standard library take most of the time. */
  const compile = async (name: string, folders: string[], more: string[]): Promise<string> => {
    const unit = path.join(dir, `${name}.cc`)
    const files = folders.flatMap(folder =>
      readdirSync(path.join(ROOT, folder)).map(file => `${ROOT}/${folder}/${file}`),
    )
    writeFileSync(
      unit,
      files
        .filter(file => file.endsWith('.cc'))
        .map(file => `#include "${file}"\n`)
        .join(''),
    )
    await exec('g++', [...flags, ...more, '-c', unit, '-o', `${unit}.o`], PATIENT)
    return `${unit}.o`
  }
  const objects = await Promise.all([compile('machine', FOLDERS, sanitize), compile('tests', [TESTS], [])])
  const program = path.join(dir, 'machine')
  await exec('g++', [...sanitize, ...objects, '-o', program, ...(await glib('--libs'))], PATIENT)
  const { stdout } = await exec(program, [], PATIENT)
  assert.is(stdout.toString(), 'all well\n')
})

test.run()
