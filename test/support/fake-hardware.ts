import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { checkMachine } from '../../src/engine/prepare'
import { lookUpLibraries } from '../../src/engine/machine-facts'
import { openTrialCache, runTrial, type Finding } from '../../src/live/codec/trial'
import { allCandidates, codecOf, type Candidate } from '../../src/pipelines/candidates'
import { NO_RESULT, TRIAL } from '../../src/pipelines/verdict'
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
  // Under another name until it is complete: GStreamer must not load half a plugin.
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
 * Gives this process, and the processes that it starts, hardware that does not exist. Call it before GStreamer loads.
 * @param elements as in fake-hardware/plugin.cc: 'nvh264dec=ok nvh264enc=fail:100'
 * @param version of GStreamer: names, pad templates and properties of the elements differ with it
 * @returns a function that sets the behaviour of the elements made from then on
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

/** A trial has live pictures, so it fails rightly while the machine is overloaded. */
const ATTEMPTS = 10

/** Of 'nvh264dec' and of 'avdec_h264', a decoder. */
const kindOf = (factory: string) => (/dec(_|$)/.test(factory) ? 'decoder' : 'encoder')

function candidateOf(factory: string): Candidate {
  const kind = kindOf(factory)
  return allCandidates(kind, codecOf(factory)).find(candidate => candidate.factory === factory)!
}

/** Repeats the trial of a working element until it passes. */
export async function succeed(factory: string): Promise<Finding> {
  checkMachine()
  const kind = kindOf(factory)
  for (let attempt = 1; ; attempt++) {
    const finding = await runTrial(kind, candidateOf(factory), true)
    if (finding.verdict.works) return finding
    if (attempt === ATTEMPTS) throw new Error(`${factory}: ${finding.verdict.refusal.reason}`)
  }
}

/**
 * These elements have passed their trials, as far as the cache knows: x265enc and av1enc, which are in the place of
 * encoders of HEVC and AV1, are too slow for live pictures on most machines.
 */
export async function passed(...factories: string[]): Promise<void> {
  checkMachine()
  await lookUpLibraries()
  const { pictures, gop } = TRIAL
  const keyframes = Array.from({ length: pictures / gop }, (_, i) => i * gop)
  const cache = openTrialCache()
  for (const factory of factories) {
    const trialResult = { ...NO_RESULT, outcome: 'done', pictures, psnr: 40, keyframes } as const
    cache.write(factory, { trialResult: { ...trialResult, latency: 10, software: 10 }, at: Date.now() })
    const { verdict } = await runTrial('encoder', candidateOf(factory))
    if (!verdict.works) throw new Error(`${factory}: ${verdict.refusal.reason}`)
  }
}

/** Runs these trials now, one after the other, so that no stream waits for them. */
export async function runTrials(...factories: string[]): Promise<void> {
  for (const factory of factories) await succeed(factory)
}

/** Counts of a card's contexts that were made and freed, in this process and in those that it starts. */
export function watchContexts(): () => { made: number; gone: number } {
  const file = (process.env['RXGST_FAKE_CONTEXTS'] = join(tempDir(), 'contexts'))
  const count = (text: string, word: string): number => text.split('\n').filter(line => line === word).length
  return () => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    return { made: count(text, 'made'), gone: count(text, 'gone') }
  }
}

/** Forgets the cached trials, as on another machine. */
export function freshCache(): string {
  return (process.env['XDG_CACHE_HOME'] = tempDir())
}
