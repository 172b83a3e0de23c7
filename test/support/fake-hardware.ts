import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { checkMachine } from '../../src/engine/prepare'
import { runTrial, type Finding } from '../../src/live/codec/trial'
import { allCandidates } from '../../src/pipelines/candidates'
import { tempDir } from './temp'

const repository = join(__dirname, '../../..')
const sources = join(repository, 'test/support/fake-hardware')

/** Compiles the plugin, once for its text; several test files may do so at once. */
function folderOfPlugin(): string {
  const files = readdirSync(sources)
    .sort()
    .map(name => join(sources, name))
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  const folder = join(repository, 'build', `fake-hardware-${hash.digest('hex').slice(0, 12)}`)
  const library = join(folder, 'libgstfakehardware.so')
  if (existsSync(library)) return folder
  mkdirSync(folder, { recursive: true })
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'gstreamer-1.0'], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
  // Not with the name of a plugin: one that is half written must not be loaded.
  const own = join(folder, `${process.pid}.part`)
  const compiled = files.filter(name => name.endsWith('.cc'))
  execFileSync('g++', [
    '-std=c++20',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-fPIC',
    '-shared',
    ...compiled,
    '-o',
    own,
    ...flags,
    '-ldl',
  ])
  renameSync(own, library)
  return folder
}

/**
 * From now on this process, and those it starts, have hardware that is not there. Call it before GStreamer is loaded.
 * @param elements as in fake-hardware/plugin.cc: 'nvh264dec=ok nvh264enc=fail:100'
 * @param version of GStreamer, whose elements are meant: names, pad templates and properties are another's in each
 * @returns sets what each element does when it is made from now on
 */
export function fakeHardware(elements: string, version: '1.22' | '1.26' = '1.22'): (elements: string) => void {
  Object.assign(process.env, {
    GST_PLUGIN_PATH: folderOfPlugin(),
    GST_REGISTRY: join(tempDir(), 'registry.bin'),
    XDG_CACHE_HOME: tempDir(),
    RXGST_HARDWARE: 'nvidia,va',
    RXGST_FAKE_HARDWARE: elements,
    RXGST_FAKE_VERSION: version,
  })
  return next => void (process.env['RXGST_FAKE_HARDWARE'] = next)
}

/** A trial is of live pictures: a machine that has no time for anything at that moment fails it, as it should. */
const ATTEMPTS = 5

/** Tries what works, until it does. */
export async function succeed(factory: string): Promise<Finding> {
  checkMachine()
  const kind = factory.endsWith('dec') ? 'decoder' : 'encoder'
  for (let attempt = 1; ; attempt++) {
    const finding = await runTrial(kind, allCandidates(kind).find(candidate => candidate.factory === factory)!, true)
    if (finding.verdict.works) return finding
    if (attempt === ATTEMPTS) throw new Error(`${factory}: ${finding.verdict.refusal.reason}`)
  }
}

/** Tries these now, in turn, so that no stream waits for it. */
export async function runTrials(...factories: string[]): Promise<void> {
  for (const factory of factories) await succeed(factory)
}

/** Contexts of a card that were made in this process and in those it starts, and those that are gone. */
export function watchContexts(): () => { made: number; gone: number } {
  const file = (process.env['RXGST_FAKE_CONTEXTS'] = join(tempDir(), 'contexts'))
  const count = (text: string, word: string): number => text.split('\n').filter(line => line === word).length
  return () => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    return { made: count(text, 'made'), gone: count(text, 'gone') }
  }
}

/** Forgets the trials that are kept: another machine, as far as they go. */
export function freshCache(): string {
  return (process.env['XDG_CACHE_HOME'] = tempDir())
}
