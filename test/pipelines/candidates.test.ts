import * as assert from 'uvu/assert'
import { VIDEO_CODECS } from '../../src/live/options'
import {
  allCandidates,
  codecOf,
  decoderCandidates,
  deviceOf,
  encoderCandidates,
  type Candidate,
} from '../../src/pipelines/candidates'
import { Fallback } from '../../src/pipelines/fallback'
import { judge, obstacle, TRIAL, type MachineFacts, type TrialResult, type Verdict } from '../../src/pipelines/verdict'
import { VIDEO_CODECS as PICTURE_CODECS } from '../../src/pipelines/video-codecs'
import { suite } from '../support/suite'

const test = suite('candidates')

const names = (candidates: readonly Candidate[]): string[] =>
  candidates.map(({ factory, rescue }) => (rescue ? `(${factory})` : factory))

test('the best comes first, what always works last', () => {
  assert.equal(names(decoderCandidates(true)), ['nvh264dec', 'vah264dec', 'vaapih264dec', 'avdec_h264'])
  assert.equal(names(encoderCandidates(null, true)), [
    'nvh264enc',
    'vah264enc',
    'vah264lpenc',
    'vaapih264enc',
    'x264enc',
    'openh264enc',
  ])
})

test('without gpuAcceleration no device is touched', () => {
  assert.equal(names(decoderCandidates(false)), ['avdec_h264'])
  assert.equal(names(encoderCandidates(null, false)), ['x264enc', 'openh264enc'])
})

test('a codec that is named is the first, and software rescues it on air', () => {
  const of = (vcodec: (typeof VIDEO_CODECS)[number]) => names(encoderCandidates(vcodec, false))
  assert.equal(of('h264_nvenc'), ['nvh264enc', '(x264enc)', '(openh264enc)'])
  assert.equal(of('h264_vaapi'), ['vah264enc', 'vah264lpenc', 'vaapih264enc', '(x264enc)', '(openh264enc)'])
  assert.equal(of('libx264'), ['x264enc', '(openh264enc)'])
  assert.equal(of('libopenh264'), ['openh264enc', '(x264enc)'])
  // Of its codec alone: servers and players do not bear another one in mid-stream.
  assert.equal(of('libx265'), ['x265enc'])
  assert.equal(of('hevc_nvenc'), ['nvh265enc', '(x265enc)'])
  assert.equal(of('hevc_vaapi'), ['vah265enc', 'vah265lpenc', 'vaapih265enc', '(x265enc)'])
  assert.equal(of('libaom-av1'), ['av1enc', '(svtav1enc)'])
  assert.equal(of('libsvtav1'), ['svtav1enc', '(av1enc)'])
  assert.equal(of('av1_nvenc'), ['nvav1enc', '(svtav1enc)', '(av1enc)'])
  assert.equal(of('av1_vaapi'), ['vaav1enc', 'vaav1lpenc', '(svtav1enc)', '(av1enc)'])
  for (const vcodec of VIDEO_CODECS) assert.equal(encoderCandidates(vcodec, true), encoderCandidates(vcodec, false))
})

test('each element knows its device', () => {
  for (const kind of ['decoder', 'encoder'] as const) {
    for (const codec of PICTURE_CODECS) {
      for (const { factory, device } of allCandidates(kind, codec)) {
        assert.equal([deviceOf(factory), codecOf(factory)], [device, codec])
      }
    }
  }
  assert.is(deviceOf('videoconvert'), 'software')
})

const NONE: MachineFacts = { nvidia: null, renderNodes: [], library: () => false }
const NVIDIA: MachineFacts = { nvidia: '535.183.01', renderNodes: [], library: () => true }
const node = (vendor: 'intel' | 'amd' | 'nvidia' | 'other', accessible = true) => ({
  path: '/dev/dri/renderD128',
  vendor,
  accessible,
})
const candidate = (factory: string): Candidate => ({ factory, device: deviceOf(factory), rescue: false })

test('a device that is not there is not tried', () => {
  assert.match(obstacle(candidate('nvh264dec'), NONE)!.reason, /no NVIDIA device/)
  assert.match(obstacle(candidate('vah264enc'), NONE)!.reason, /no VA device/)
  assert.is(obstacle(candidate('x264enc'), NONE), null)
  assert.is(obstacle(candidate('nvh264dec'), NVIDIA), null)
  assert.match(obstacle(candidate('vah264dec'), NVIDIA)!.reason, /no VA device/)
  assert.is(obstacle(candidate('vah264dec'), { ...NONE, renderNodes: [node('intel')] }), null)
})

test("NVIDIA's own render node is none of VA's", () => {
  assert.match(obstacle(candidate('vah264dec'), { ...NVIDIA, renderNodes: [node('nvidia')] })!.reason, /no VA device/)
})

test('a render node that this user may not open is told, with the group', () => {
  const { reason, remedy } = obstacle(candidate('vah264enc'), { ...NONE, renderNodes: [node('amd', false)] })!
  assert.match(reason, /no access to \/dev\/dri\/renderD128/)
  assert.match(remedy!, /usermod -aG render/)
})

for (const [factory, soname, debian] of [
  ['nvh264dec', 'libnvcuvid.so.1', 'libnvcuvid1'],
  ['nvh264enc', 'libnvidia-encode.so.1', 'libnvidia-encode1'],
  ['nvh264dec', 'libcuda.so.1', 'libcuda1'],
] as const) {
  test(`${factory} without ${soname}: the package, and what a container must be given`, () => {
    const { reason, remedy } = obstacle(candidate(factory), { ...NVIDIA, library: name => name !== soname })!
    assert.is(reason, `${soname} is missing`)
    assert.match(remedy!, new RegExp(`${debian};.*NVIDIA_DRIVER_CAPABILITIES`))
  })
}

test('the library of the other direction is no obstacle', () => {
  assert.is(obstacle(candidate('nvh264dec'), { ...NVIDIA, library: name => name !== 'libnvidia-encode.so.1' }), null)
  assert.is(obstacle(candidate('nvh264enc'), { ...NVIDIA, library: name => name !== 'libnvcuvid.so.1' }), null)
})

const WELL: TrialResult = {
  outcome: 'done',
  text: '',
  pictures: TRIAL.pictures,
  wanted: TRIAL.pictures,
  psnr: 42,
  keyframes: [0, 10, 20],
  latency: 12,
  software: 9,
  plugin: null,
}
const verdict = (more: Partial<TrialResult>, factory = 'nvh264enc') =>
  judge(candidate(factory), { ...WELL, ...more }, NVIDIA)?.reason ?? 'works'

test('an element that passed its trial works', () => {
  assert.is(verdict({}), 'works')
  assert.is(verdict({ keyframes: [] }, 'nvh264dec'), 'works')
})

test('slow is what is behind software at the same moment: a machine that is busy is slow in everything', () => {
  assert.is(verdict({ latency: 300, software: 290 }), 'works')
  assert.is(verdict({ latency: 300, software: Infinity }), 'works')
  assert.is(verdict({ latency: 700, software: 9 }, 'openh264enc'), 'works', 'software is what there is')
})

const REFUSED: [Partial<TrialResult>, RegExp][] = [
  [{ pictures: 29 }, /29 of 30 pictures/],
  [{ pictures: 0, psnr: 0, latency: Infinity }, /0 of 30 pictures/],
  [{ psnr: 14.55 }, /wrong: 14\.6 dB/],
  [{ psnr: NaN }, /wrong/],
  [{ keyframes: [0, 12, 24] }, /keyframes are at 0, 12, 24/],
  [{ keyframes: [0] }, /keyframes are at 0 where/],
  [{ keyframes: [] }, /at no picture/],
  [{ keyframes: [0, 10, 20, 25] }, /keyframes are at 0, 10, 20, 25/],
  [{ latency: 700 }, /too slow.*700 ms where software takes 9/],
  // As nvh264dec held them back on a card: two pictures.
  [{ latency: 9 + 68 }, /too slow/],
  [{ latency: 9 + 33 }, /too slow/],
  [{ latency: Infinity }, /too slow/],
  [{ outcome: 'crashed', text: 'it crashes: SIGSEGV' }, /crashes: SIGSEGV/],
  [{ outcome: 'late', text: 'it hangs' }, /hangs/],
  [{ outcome: 'failed', text: 'No session is left.' }, /No session/],
  [{ outcome: 'absent' }, /nvcodec offers no nvh264enc/],
]
for (const [trialResult, expected] of REFUSED) {
  test(`refused: ${JSON.stringify(trialResult)}`, () => {
    assert.match(verdict(trialResult), expected)
    assert.ok(judge(candidate('nvh264enc'), { ...WELL, ...trialResult }, NVIDIA)!.remedy, 'and what to do about it')
  })
}

test('an element that is not there: where it comes from', () => {
  const absent = (factory: string, facts: MachineFacts) =>
    judge(candidate(factory), { ...WELL, outcome: 'absent' }, facts)!.remedy
  assert.match(absent('vah264dec', { ...NONE, renderNodes: [node('intel')] })!, /intel-media-va-driver/)
  assert.match(absent('vah264enc', { ...NONE, renderNodes: [node('amd')] })!, /mesa-va-drivers/)
  assert.match(absent('vaapih264dec', { ...NONE, renderNodes: [node('amd')] })!, /gstreamer1\.0-vaapi/)
  assert.match(absent('nvh264enc', NVIDIA)!, /H100/)
  assert.match(absent('x264enc', NONE)!, /gstreamer1\.0-plugins-ugly/)
})

const WORKS: Verdict = { works: true }
const BROKEN: Verdict = { works: false, refusal: { reason: 'broken', remedy: null } }

/** A machine of which so much is known. */
function fallback(candidates: readonly Candidate[], known: Record<string, Verdict>): Fallback {
  return new Fallback(candidates, factory => known[factory])
}

test('on a machine without devices nothing is tried, and software is taken', () => {
  const it = fallback(decoderCandidates(true), { nvh264dec: BROKEN, vah264dec: BROKEN, vaapih264dec: BROKEN })
  assert.equal([it.untried, it.candidate?.factory], [[], 'avdec_h264'])
  assert.is(it.next(true), null, 'and there is nothing below it')
})

test('what is not known is tried in turn, until one works', () => {
  const known: Record<string, Verdict> = {}
  const it = fallback(encoderCandidates(null, true), known)
  assert.equal(names(it.untried), ['nvh264enc', 'vah264enc', 'vah264lpenc', 'vaapih264enc'])
  known['nvh264enc'] = BROKEN
  known['vah264enc'] = WORKS
  assert.equal([it.untried, it.candidate?.factory], [[], 'vah264enc'])
  assert.equal(
    it.refusals.map(({ factory }) => factory),
    ['nvh264enc'],
  )
})

test('a better one that is not known yet is tried although a worse one works', () => {
  const it = fallback(decoderCandidates(true), { vah264dec: WORKS })
  assert.equal([names(it.untried), it.candidate?.factory], [['nvh264dec'], 'vah264dec'])
})

test('one after the other fails: each takes over from the one above, untried ones are left out', () => {
  const it = fallback(encoderCandidates(null, true), { nvh264enc: WORKS, vah264enc: BROKEN, vaapih264enc: WORKS })
  const fallen: string[] = []
  for (let next = it.next(true); next; next = it.next(true)) fallen.push(next.factory)
  assert.equal(fallen, ['vaapih264enc', 'x264enc', 'openh264enc'])
  assert.is(it.candidate?.factory, 'openh264enc', 'the last one stays')
})

test('what was asked for and does not work is not replaced before the stream runs', () => {
  const it = fallback(encoderCandidates('h264_nvenc', true), { nvh264enc: BROKEN })
  assert.equal([it.untried, it.candidate], [[], null])
  const running = fallback(encoderCandidates('h264_nvenc', true), { nvh264enc: WORKS })
  assert.is(running.next(false), null)
  assert.is(running.candidate?.factory, 'nvh264enc')
  assert.is(running.next(true)?.factory, 'x264enc')
  assert.is(running.candidate?.factory, 'x264enc')
})

test('h264_vaapi takes the first of its elements that works', () => {
  const it = fallback(encoderCandidates('h264_vaapi', true), { vah264enc: BROKEN, vah264lpenc: WORKS })
  assert.equal([it.untried, it.candidate?.factory], [[], 'vah264lpenc'])
})

test.run()
