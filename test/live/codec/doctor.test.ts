import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { runTrial } from '../../../src/live/codec/trial'
import { allCandidates, type Candidate } from '../../../src/pipelines/candidates'
import { fakeHardware, freshCache, succeed } from '../../support/fake-hardware'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'

// Why a plugin has nothing to offer: the drivers that are missing, of machines that do have the device.
const test = suite('hardware: what is missing', { timeout: 60_000 })

const become = fakeHardware('nvh264dec=absent')
const candidate = (factory: string): Candidate =>
  [...allCandidates('decoder'), ...allCandidates('encoder')].find(one => one.factory === factory)!

/** A library of that name, in a folder of its own. */
function library(folder: string, soname: string, source: string, ...flags: string[]): void {
  mkdirSync(folder, { recursive: true })
  const file = join(tempDir(), 'library.c')
  writeFileSync(file, source)
  execFileSync('gcc', [
    '-shared',
    '-fPIC',
    file,
    '-o',
    join(folder, soname),
    `-Wl,-soname,${soname}`,
    '-Wl,--no-as-needed',
    ...flags,
  ])
}

async function refused(factory: string, libraries: string) {
  freshCache()
  process.env['LD_LIBRARY_PATH'] = libraries
  try {
    const { verdict } = await runTrial(factory.endsWith('dec') ? 'decoder' : 'encoder', candidate(factory), true)
    assert.is(verdict.works, false)
    return verdict.works ? null : verdict.refusal
  } finally {
    delete process.env['LD_LIBRARY_PATH']
  }
}

test('a library that the driver needs and that is not there, by its name', async () => {
  const [folder, elsewhere] = [tempDir(), tempDir()]
  library(elsewhere, 'libgone.so.7', 'int gone;')
  library(folder, 'libcuda.so.1', 'int cuInit(unsigned f) { return f; }', join(elsewhere, 'libgone.so.7'))
  const { reason, remedy } = (await refused('nvh264dec', folder))!
  assert.match(reason, /^GStreamer's nvcodec offers no nvh264dec: libgone\.so\.7: cannot open shared object file/)
  assert.match(remedy!, /package that has libgone\.so\.7/)
})

test('one of the driver itself: its package, and only of the direction that is asked for', async () => {
  const folder = tempDir()
  library(folder, 'libcuda.so.1', 'int cuInit(unsigned f) { return f; }')
  library(folder, 'libnvcuvid.so.1', 'int nvcuvid;')
  const { reason, remedy } = (await refused('nvh264enc', folder))!
  assert.match(reason, /libnvidia-encode\.so\.1: cannot open shared object file/)
  assert.match(remedy!, /libnvidia-encode1;.*NVIDIA_DRIVER_CAPABILITIES/)
  // Where all of it is there it is the card that cannot.
  const { reason: other } = (await refused('nvh264dec', folder))!
  assert.match(other, /offers no nvh264dec: the driver or the card cannot do it/)
})

test('a driver that does not begin: what it says', async () => {
  const folder = tempDir()
  const says = (name: string, text: string): string =>
    `int ${name}(int e, const char** t) { *t = "${text}"; return 0; }\n`
  const begins = 'int cuInit(unsigned f) { (void)f; return 803; }\n'
  library(
    folder,
    'libcuda.so.1',
    begins +
      says('cuGetErrorName', 'CUDA_ERROR_SYSTEM_DRIVER_MISMATCH') +
      says('cuGetErrorString', 'system has unsupported display driver'),
  )
  library(folder, 'libnvcuvid.so.1', 'int nvcuvid;')
  const { reason, remedy } = (await refused('nvh264dec', folder))!
  assert.match(
    reason,
    /its driver does not begin: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: system has unsupported display driver/,
  )
  assert.match(remedy!, /of one version/)
})

test('what was in the way is looked for again, also where GStreamer remembers that there was nothing', async () => {
  become('nvh264dec=absent')
  const refusal = await refused('nvh264dec', tempDir())
  assert.ok(refusal?.absent)
  // The same state of the machine, as far as its files tell.
  become('nvh264dec=ok')
  assert.ok((await succeed('nvh264dec')).verdict.works)
})

test.run()
