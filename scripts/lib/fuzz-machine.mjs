// The RTMP machine alone under libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer: for scripts/fuzz.mjs.
//
// Built in build/fuzz, where the inputs that reached something new are kept for the next time. Takes clang, which
// nothing else here needs.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the machine is made of; test/rtmp/machine.test.ts compiles the same. */
const FOLDERS = ['amf', 'chunks', 'protocol', 'tags'].map(name => join('native', 'rtmp', name))
const HARNESS = join('test', 'fuzz', 'machine')
const PLACE = join('build', 'fuzz')
const SANITIZE = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']

/** Exit status: 0 without a finding. */
export function fuzzMachine(seconds) {
  if (spawnSync('clang++', ['--version']).error) {
    console.error('this takes clang: sudo apt-get install -y --no-install-recommends clang')
    return 1
  }
  const [corpus, seeds] = ['corpus', 'first-inputs'].map(name => join(PLACE, name))
  for (const folder of [corpus, seeds]) mkdirSync(folder, { recursive: true })
  const generator = compile('seeds', [])
  const fuzzer = compile('fuzz', [
    ...['-g', '-O1', '-fsanitize=fuzzer', ...SANITIZE],
    ...['-fprofile-instr-generate', '-fcoverage-mapping'],
  ])
  if (!generator || !fuzzer || !run(generator, [seeds])) return 1
  const env = { LLVM_PROFILE_FILE: join(PLACE, 'coverage.profraw') }
  const options = [`-max_total_time=${seconds}`, '-max_len=8192', `-artifact_prefix=${PLACE}/`, '-print_funcs=0']
  const well = run(fuzzer, [...options, '-print_final_stats=1', corpus, seeds], env)
  report(fuzzer)
  console.log(well ? 'no finding' : `a finding lies in ${PLACE}: run ${fuzzer} with its name`)
  return well ? 0 : 1
}

/** The program's path, or undefined where it does not compile. */
function compile(name, flags) {
  const glib = what => spawnSync('pkg-config', [what, 'glib-2.0'], { encoding: 'utf8' }).stdout.trim().split(/\s+/)
  const files = FOLDERS.flatMap(folder => readdirSync(folder).map(file => join(folder, file)))
  const unit = join(PLACE, `${name}.cc`)
  const sources = [...files.filter(file => file.endsWith('.cc')), join(HARNESS, `${name}.cc`)]
  writeFileSync(unit, sources.map(file => `#include "${file.replace(/^(native|test)\//, '')}"\n`).join(''))
  const program = join(PLACE, name)
  const all = [
    '-std=c++20',
    '-Inative',
    '-Itest',
    ...glib('--cflags'),
    ...flags,
    unit,
    '-o',
    program,
    ...glib('--libs'),
  ]
  return run('clang++', all) ? program : undefined
}

function run(command, args, env = {}) {
  return spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } }).status === 0
}

/** Which lines all inputs together have reached, where Debian's llvm tools are. */
function report(fuzzer) {
  const tool = name => [name, `${name}-14`, `${name}-19`].find(it => !spawnSync(it, ['--version']).error)
  const [merge, show] = [tool('llvm-profdata'), tool('llvm-cov')]
  if (!merge || !show) return
  const data = join(PLACE, 'coverage.profdata')
  if (!run(merge, ['merge', '-sparse', join(PLACE, 'coverage.profraw'), '-o', data])) return
  run(show, ['report', fuzzer, `-instr-profile=${data}`, '-show-region-summary=false', ...FOLDERS])
}
