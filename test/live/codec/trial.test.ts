// suite: deep
// lane: processor
// deadline: 1800
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { doctor, el, pipeline, run, type CodecFinding } from '../../../src/index'
import { refuse, runTrial, verdictOf } from '../../../src/live/codec/trial'
import { allCandidates, codecOf, type Candidate } from '../../../src/pipelines/candidates'
import { fakeHardware, freshCache, succeed } from '../../support/fake-hardware'
import { suite } from '../../support/suite'
import { until } from '../../support/until'

// Trials, each in a child process, of hardware that is not there.
const test = suite('hardware: trials', { timeout: 600_000 })

const become = fakeHardware('nvh264dec=ok')

const candidate = (factory: string): Candidate =>
  (['decoder', 'encoder'] as const)
    .flatMap(kind => allCandidates(kind, codecOf(factory)))
    .find(one => one.factory === factory)!

/** As on a machine where nothing has been tried. */
async function tried(kind: 'decoder' | 'encoder', factory: string, how: string) {
  become(`${factory}=${how}`)
  freshCache()
  const { verdict, trialResult } = await runTrial(kind, candidate(factory), true)
  return { works: verdict.works, reason: verdict.works ? '' : verdict.refusal.reason, trialResult }
}

for (const [kind, factory] of [
  ['decoder', 'nvh264dec'],
  ['encoder', 'nvh264enc'],
  ['decoder', 'vah264dec'],
  ['encoder', 'vaapih264enc'],
] as const) {
  test(`${factory} that works passes its trial`, async () => {
    become(`${factory}=ok`)
    freshCache()
    const { trialResult } = await succeed(factory)
    assert.is(trialResult?.pictures, 30)
    assert.ok(trialResult!.psnr > 35 && trialResult!.latency > 0, JSON.stringify(trialResult))
    if (kind === 'encoder') assert.equal(trialResult!.keyframes, [0, 10, 20])
    assert.equal(verdictOf(candidate(factory)), { works: true })
  })
}

/** Repeats the trial of an element until it is refused for this reason. */
async function refuseAs(factory: string, expected: RegExp): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { verdict } = await runTrial(factory.endsWith('dec') ? 'decoder' : 'encoder', candidate(factory), true)
    const reason = verdict.works ? '' : verdict.refusal.reason
    if (expected.test(reason)) return
    if (attempt === 9) throw new Error(`${factory}: ${reason}`)
  }
}

for (const factory of ['nvh265enc', 'vah265enc'] as const) {
  test(`${factory} is tried: every picture, and keyframes where asked for`, async () => {
    let { works, reason, trialResult } = await tried('encoder', factory, 'ok')
    for (let attempt = 0; attempt < 9 && trialResult?.pictures !== 30; attempt++)
      ({ works, reason, trialResult } = await tried('encoder', factory, 'ok'))
    assert.equal([trialResult?.outcome, trialResult?.pictures, trialResult?.keyframes], ['done', 30, [0, 10, 20]])
    assert.ok(trialResult!.psnr > 30, `${trialResult!.psnr} dB`)
    // Software is in its place, which takes longer for a picture than there is on most machines.
    assert.ok(works || /too slow for live pictures/.test(reason), reason)
  })
}

for (const [kind, factory, how, expected] of [
  ['decoder', 'nvh264dec', 'absent', /offers no nvh264dec/],
  ['decoder', 'nvh264dec', 'fail:5', /The device is lost/],
  ['decoder', 'nvh264dec', 'crash:5', /crashes.*SIGSEGV/],
  ['decoder', 'nvh264dec', 'mute:20', /gave 19 of 30 pictures/],
  ['decoder', 'nvh264dec', 'wrong', /pictures are wrong/],
  // A single picture that is held back.
  ['decoder', 'nvh264dec', 'holds:1', /too slow/],
  ['encoder', 'nvh264enc', 'refuse', /No session is left/],
  ['encoder', 'nvh264enc', 'crash:5', /crashes.*SIGSEGV/],
  ['encoder', 'nvh264enc', 'wrong', /pictures are wrong|No valid frames|\d of 30 pictures/],
  ['encoder', 'nvh264enc', 'late:60', /too slow/],
  ['encoder', 'nvh265enc', 'crash:5', /crashes.*SIGSEGV/],
  ['encoder', 'nvh265enc', 'refuse', /No session is left/],
] as const) {
  test(`${factory}, ${how}: refused, with a reason`, async () => {
    let { works, reason } = await tried(kind, factory, how)
    // A machine that has no time for live pictures gives another reason.
    for (let attempt = 0; attempt < 9 && !expected.test(reason); attempt++)
      ({ works, reason } = await tried(kind, factory, how))
    assert.is(works, false)
    assert.match(reason, expected)
    const verdict = verdictOf(candidate(factory))
    assert.ok(verdict && !verdict.works && verdict.refusal.remedy, 'and what to do about it')
  })
}

test('what is loaded after all is used again, with what its trial found', async () => {
  become('nvh264dec=ok')
  freshCache()
  await succeed('nvh264dec')
  const takeBack = refuse('nvh264dec', 'its driver does not return')
  const verdict = verdictOf(candidate('nvh264dec'))
  assert.is(verdict && !verdict.works && verdict.refusal.reason, 'its driver does not return')
  // Two streams at the same time, in either order.
  const alsoBack = refuse('nvh264dec', 'its driver does not return')
  alsoBack()
  takeBack()
  assert.equal(verdictOf(candidate('nvh264dec')), { works: true })
})

test('a driver that does not return harms nothing else', async () => {
  const stuck = await tried('encoder', 'nvh264enc', 'stuck')
  assert.is(stuck.works, false)
  assert.match(stuck.reason, /hangs/)
})

test('no child outlives this process', async () => {
  become('nvh264enc=stuck')
  freshCache()
  const script = `
    const { runTrial } = require(${JSON.stringify(require.resolve('../../../src/live/codec/trial'))})
    const { allCandidates } = require(${JSON.stringify(require.resolve('../../../src/pipelines/candidates'))})
    const { checkMachine } = require(${JSON.stringify(require.resolve('../../../src/engine/prepare'))})
    checkMachine()
    runTrial('encoder', allCandidates('encoder')[0])
    const { readdirSync, readFileSync } = require('node:fs')
    const text = (pid, name) => { try { return readFileSync('/proc/' + pid + '/' + name, 'utf8') } catch { return '' } }
    const parent = (pid) => text(pid, 'stat').split(') ')[1]?.split(' ')[1]
    const isChild = (pid) => parent(pid) === String(process.pid) && text(pid, 'cmdline').includes('trial-child')
    const child = () => readdirSync('/proc').find((name) => Number(name) > 0 && isChild(name))
    const timer = setInterval(() => {
      const pid = child()
      if (!pid) return
      console.log(pid)
      clearInterval(timer)
      process.kill(process.pid, 'SIGKILL')
    }, 50)`
  let out = ''
  try {
    execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 60_000 })
  } catch (error) {
    out = String((error as { stdout?: string }).stdout)
  }
  const pid = Number(out.trim())
  assert.ok(pid > 0, out)
  // It may end between a look for its file and the reading of it.
  const ended = (): boolean => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z')
    } catch {
      return true
    }
  }
  await until(ended, { what: `the end of ${pid}` })
})

/** The file of trials, of which there is one. */
function kept(folder: string): string {
  const names = readdirSync(join(folder, 'rxgst')).filter(name => /^hardware-[0-9a-f]{16}\.json$/.test(name))
  assert.is(names.length, 1)
  return join(folder, 'rxgst', names[0]!)
}

test('a trial is kept, and not made again', async () => {
  become('nvh264dec=ok')
  const folder = freshCache()
  const first = await succeed('nvh264dec')
  const file = kept(folder)
  const trialResults = JSON.parse(readFileSync(file, 'utf8'))
  assert.equal([trialResults.nvh264dec.trialResult.outcome, statSync(file).mode & 0o077], ['done', 0])
  // Another process: it reads what this one has written.
  const script = `
    const { runTrial } = require(${JSON.stringify(require.resolve('../../../src/live/codec/trial'))})
    const { allCandidates } = require(${JSON.stringify(require.resolve('../../../src/pipelines/candidates'))})
    const { checkMachine } = require(${JSON.stringify(require.resolve('../../../src/engine/prepare'))})
    checkMachine()
    setInterval(() => {}, 1000)
    runTrial('decoder', allCandidates('decoder')[0]).then(({ trialResult }) => {
      console.log(JSON.stringify(trialResult))
      process.exit()
    })`
  const elsewhere = () =>
    JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 60_000 }))
  assert.equal(elsewhere().latency, first.trialResult!.latency)
  // A refusal is forgotten after ten minutes.
  const refused = { ...trialResults.nvh264dec.trialResult, outcome: 'failed', text: 'busy' }
  writeFileSync(file, JSON.stringify({ nvh264dec: { trialResult: refused, at: Date.now() - 60_000 } }))
  assert.is(elsewhere().outcome, 'failed')
  writeFileSync(file, JSON.stringify({ nvh264dec: { trialResult: refused, at: Date.now() - 700_000 } }))
  assert.is(elsewhere().outcome, 'done')
  // One that others may write is not believed, and what cannot be read is made anew.
  writeFileSync(file, JSON.stringify({ nvh264dec: { trialResult: refused, at: Date.now() } }))
  chmodSync(file, 0o666)
  assert.is(elsewhere().outcome, 'done')
  for (const rubbish of [
    '[5',
    'null',
    JSON.stringify({ nvh264dec: { trialResult: { ...refused, plugin: {} }, at: Date.now() } }),
  ]) {
    writeFileSync(file, rubbish)
    assert.is(elsewhere().outcome, 'done', rubbish)
  }
  // Another state of the machine has a file of its own.
  process.env['CUDA_VISIBLE_DEVICES'] = '1'
  try {
    assert.is(elsewhere().outcome, 'done')
    assert.is(readdirSync(join(folder, 'rxgst')).filter(name => name.startsWith('hardware-')).length, 2)
  } finally {
    delete process.env['CUDA_VISIBLE_DEVICES']
  }
})

test('what no machine has asked for in a month is removed', async () => {
  become('nvh264dec=ok')
  const folder = join(freshCache(), 'rxgst')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const [old, recent, foreign] = [
    'registry-0123456789abcdef.bin',
    'hardware-0123456789abcdef.json',
    'notes.txt',
  ] as const
  for (const name of [old, recent, foreign]) writeFileSync(join(folder, name), '')
  for (const name of [old, foreign]) utimesSync(join(folder, name), 1e9, 1e9)
  await runTrial('decoder', candidate('nvh264dec'), true)
  const names = readdirSync(folder)
  assert.equal(
    [old, recent, foreign].map(name => names.includes(name)),
    [false, true, true],
  )
  assert.is(names.filter(name => name.startsWith('registry-')).length, 1)
})

test('without a place for the cache it is found out all the same', async () => {
  become('nvh264dec=ok')
  process.env['XDG_CACHE_HOME'] = '/dev/null'
  await succeed('nvh264dec')
})

test('two that want to know at the same time: one child', async () => {
  become('nvh264dec=ok')
  freshCache()
  const [one, other] = [
    runTrial('decoder', candidate('nvh264dec'), true),
    runTrial('decoder', candidate('nvh264dec'), true),
  ]
  assert.is(one, other)
  await one
})

test('without a device nothing is tried', async () => {
  process.env['RXGST_HARDWARE'] = 'none'
  try {
    const from = performance.now()
    const { verdict, trialResult } = await runTrial('encoder', candidate('vah264enc'), true)
    assert.equal([verdict.works, trialResult], [false, null])
    assert.ok(performance.now() - from < 5000)
  } finally {
    process.env['RXGST_HARDWARE'] = 'nvidia,va'
  }
})

test('the doctor names what works, what is used, and why not the others', async () => {
  become('nvh264dec=crash:3 vah264dec=ok nvh264enc=refuse vaapih264enc=ok nvh265enc=refuse')
  freshCache()
  const of = (list: readonly CodecFinding[]) => Object.fromEntries(list.map(({ element, works }) => [element, works]))
  const first = await doctor({ fresh: true })
  // A machine that has no time for live pictures just now gives other reasons: these trials alone are made again, and
  // the report keeps them.
  const found: Readonly<Record<string, RegExp | null>> = {
    ...{ vah264dec: null, avdec_h264: null, vaapih264enc: null, x264enc: null, openh264enc: null },
    ...{ nvh264dec: /crashes/, nvh264enc: /No session is left/, nvh265enc: /No session is left/ },
  }
  for (const { element, reason } of [...first.decoders, ...first.encoders]) {
    const expected = found[element]
    if (expected === null && reason !== null) await succeed(element)
    if (expected && !expected.test(reason ?? '')) await refuseAs(element, expected)
  }
  const report = await doctor()
  const h264 = report.decoders.filter(({ codec }) => codec === 'h264')
  assert.equal(of(h264), { nvh264dec: false, vah264dec: true, vaapih264dec: false, avdec_h264: true })
  const others = of(report.decoders.filter(({ codec }) => codec !== 'h264'))
  assert.equal(
    [others['avdec_h265'], others['av1dec'], others['nvh265dec'], others['nvav1dec']],
    [true, true, false, false],
  )
  const [encoders, hevc] = (['h264', 'hevc'] as const).map(codec => report.encoders.filter(it => it.codec === codec))
  assert.equal(of(hevc!), {
    nvh265enc: false,
    vah265enc: false,
    vah265lpenc: false,
    vaapih265enc: false,
    x265enc: true,
  })
  assert.match(hevc![0]!.reason!, /No session is left/)
  const av1 = of(report.encoders.filter(({ codec }) => codec === 'av1'))
  assert.equal(Object.keys(av1), ['nvav1enc', 'vaav1enc', 'vaav1lpenc', 'svtav1enc', 'av1enc'])
  assert.is(av1['av1enc'], true)
  assert.equal(of(encoders!), {
    nvh264enc: false,
    vah264enc: false,
    vah264lpenc: false,
    vaapih264enc: true,
    x264enc: true,
    openh264enc: true,
  })
  assert.equal([report.decoder, report.encoder, report.missing, report.unfit], ['vah264dec', 'vaapih264enc', [], []])
  for (const { works, reason, remedy, latency, psnr, element } of [...h264, ...encoders!]) {
    if (works) assert.ok(reason === null && latency! > 0 && psnr! > 30, element)
    else assert.ok(reason && remedy, element)
  }
})

test('the command says the same, as text and as JSON', () => {
  const command = join(__dirname, '../../../../scripts/rxgst.mjs')
  const out = (...args: string[]) =>
    execFileSync(process.execPath, [command, ...args], { encoding: 'utf8', timeout: 60_000, stdio: 'pipe' })
  const report = JSON.parse(out('doctor', '--json'))
  assert.equal([report.decoder, report.encoder], ['vah264dec', 'vaapih264enc'])
  const text = out('doctor')
  for (const expected of [
    /✓ vah264dec.*← used/,
    /· nvh264dec.*crashes/,
    /· nvh264enc.*No session is left/,
    /Encoders of HEVC[^:]*:\n[^]*✓ x265enc/,
    /Encoders of AV1[^:]*:\n[^]*✓ av1enc/,
    /decodes with vah264dec, an output encodes with vaapih264enc/,
  ])
    assert.match(text, expected)
  assert.throws(() => out('operate'), /usage: rxgst doctor/)
})

test('what RXGST_HARDWARE orders must be understood', () => {
  process.env['RXGST_HARDWARE'] = 'nvida'
  try {
    assert.throws(
      () => run(pipeline(el('fakesrc'), el('fakesink'))),
      (error: { code?: string; message: string }) =>
        error.code === 'ERR_OPTION' && /RXGST_HARDWARE/.test(error.message),
    )
  } finally {
    process.env['RXGST_HARDWARE'] = 'nvidia,va'
  }
})

test.run()
