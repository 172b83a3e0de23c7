import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { changesOf, onAirPart } from '../../src/channel/changes.js'
import { encodeSize } from '../../src/channel/encode.js'
import { Masker } from '../../src/channel/mask.js'
import { displayOf, inputDisplay } from '../../src/channel/places.js'
import { targetsOf } from '../../src/channel/watch.js'
import { changesBetween, judge, type Standing } from '../../src/channel/status.js'
import type { InputStatus, TargetStatus } from '../../src/core/status.js'
import { configOf } from './support.js'

const test = suite('channel: its parts')

const input = (phase: string, onAir: boolean, more: Partial<InputStatus> = {}): InputStatus => ({
  name: 'camera',
  url: '',
  phase,
  reason: null,
  nextRetryAt: null,
  onAir,
  ...more,
})
const target = (phase: string, enabled = true): TargetStatus => ({
  name: 'one',
  kind: 'rtmp',
  url: '',
  platform: null,
  enabled,
  phase,
  reason: null,
  nextRetryAt: null,
  bitrate: 0,
  dropped: 0,
  reconnects: 0,
  queueMs: 0,
})
const standing = (more: Partial<Standing>): Standing => ({
  enabled: true,
  stopping: false,
  inputs: [input('live', true)],
  targets: [target('live')],
  filling: false,
  hasBegun: true,
  ...more,
})

test('the phase of a channel', () => {
  const lost = [input('reconnecting', false, { reason: { code: 'ERR_STALLED', message: 'x' }, nextRetryAt: 7 })]
  const phaseOf = (more: Partial<Standing>): string => judge(standing(more)).phase
  assert.is(phaseOf({}), 'live')
  assert.is(phaseOf({ stopping: true }), 'stopping')
  assert.is(phaseOf({ enabled: false }), 'stopped')
  assert.is(phaseOf({ inputs: lost, filling: true }), 'filling')
  assert.is(phaseOf({ targets: [target('connecting')] }), 'reconnecting')
  assert.is(phaseOf({ targets: [target('connecting')], hasBegun: false }), 'starting')
  assert.is(phaseOf({ targets: [target('stopped', false)] }), 'live')
  assert.is(phaseOf({ targets: [] }), 'live')
  assert.equal(judge(standing({ inputs: lost })), { phase: 'reconnecting', reason: lost[0]!.reason, nextRetryAt: 7 })
})

test('events are what differs between two statuses', () => {
  const statusOf = (more: Partial<Standing>) => {
    const { inputs, targets } = standing(more)
    return { ...judge(standing(more)), since: 0, inputs, targets, video: null, audio: null }
  }
  const types = (from: Partial<Standing>, to: Partial<Standing>): string[] =>
    changesBetween(statusOf(from), statusOf(to)).map(({ type }) => type)
  assert.equal(types({}, {}), [])
  const away = { inputs: [input('reconnecting', false)], filling: true }
  assert.equal(types({}, away), ['channel-phase', 'fill', 'input-phase'])
  assert.equal(types(away, {}), ['channel-phase', 'fill', 'input-phase', 'switch'])
  assert.equal(types({}, { targets: [target('stalled')] }), ['channel-phase', 'target-phase'])
})

test('what can change on air, and what needs a restart', () => {
  const base = { inputs: [{ url: 'rtmp://a/b/c' }, { url: 'rtmp://a/b/d' }], targets: { one: { url: 'rtmp://t/x/y' } } }
  const change = (more: object) => changesOf(configOf(base), configOf({ ...base, ...more }))
  const nothing = {
    restarts: [],
    removed: [],
    added: [],
    changed: [],
    switched: [],
    rules: false,
    holdBack: false,
    slate: false,
    bitrate: false,
  }
  assert.equal(change({ title: 'other', webhooks: [] }), nothing)
  assert.equal(change({ targets: {} }), { ...nothing, removed: ['one'] })
  assert.equal(change({ targets: { ...base.targets, two: { record: 'x' } } }), { ...nothing, added: ['two'] })
  assert.equal(change({ targets: { one: { url: 'rtmp://t/x/z' } } }), { ...nothing, changed: ['one'] })
  const [shown, off] = [{ platform: 'twitch' }, { enabled: false }].map(more => ({
    one: { url: 'rtmp://t/x/y', ...more },
  }))
  assert.equal(change({ targets: shown }), nothing)
  assert.equal(change({ targets: off }), { ...nothing, switched: ['one'] })
  assert.equal(change({ monitor: { rules: [] } }), { ...nothing, rules: true })
  assert.equal(change({ monitor: { targets: {} } }), nothing)
  assert.equal(change({ monitor: { targets: { loudness: -14 } } }), { ...nothing, rules: true })
  for (const more of [
    { fill: 'slate' },
    { mode: { encode: {} } },
    { monitor: { content: true } },
    { inputs: [base.inputs[1]] },
  ])
    assert.equal(change(more).restarts.length, 1)
  assert.equal(change({ holdBack: '9s' }).restarts, ['holdBack'])
  assert.equal(change({ targets: { one: { url: 'rtmp://t/x/y', encode: { bitrate: '1M' } } } }).restarts, ['targets'])
})

test('the part of a change that needs no restart', () => {
  const [one, two] = [{ url: 'rtmp://t/x/y' }, { url: 'rtmp://t/x/z', encode: { bitrate: '1M' } }]
  const base = { inputs: [{ url: 'rtmp://a/b/c' }, { url: 'rtmp://a/b/d' }], targets: { one } }
  const before = configOf(base)
  const all = {
    ...{ inputs: [{ url: 'rtmp://a/b/e' }], mode: { encode: {} }, fill: 'slate', holdBack: '9s', title: 'other' },
    ...{ monitor: { content: true, rules: [] }, enabled: false, targets: { two, three: { record: 'x' } } },
  }
  const part = onAirPart(before, configOf(all))
  const { restarts, removed, added, rules } = changesOf(before, part)
  assert.equal({ restarts, removed, added, rules }, { restarts: [], removed: ['one'], added: ['three'], rules: true })
  assert.equal(part.inputs, before.inputs)
  assert.is(part.title, 'other')
  // Alone, what can change on air changes.
  const live = configOf({ ...base, targets: {}, inputs: [base.inputs[0]] })
  assert.equal(onAirPart(before, live).targets, {})
})

test('the bitrate of a programme in H.264 changes on air, and its size does not', () => {
  const encode = (more: object) => configOf({ inputs: [{ url: 'rtmp://a/b/c' }], mode: { encode: more } })
  const change = (from: object, to: object) => changesOf(encode(from), encode(to))
  assert.equal(change({}, { bitrate: '2M' }).restarts, [])
  assert.is(change({}, { bitrate: '2M' }).bitrate, true)
  assert.equal(change({}, { height: 360 }).restarts, ['mode'])
  assert.equal(change({ codec: 'hevc' }, { codec: 'hevc', bitrate: '2M' }).restarts, ['mode'])
})

test('the size of an encode: as asked, else as the input', () => {
  const camera = { width: 1920, height: 1080, fps: 29.969 }
  assert.equal(encodeSize({}, camera), { width: 1920, height: 1080, fps: 30_000 / 1001 })
  assert.equal(encodeSize({ height: 720 }, camera), { width: 1280, height: 720, fps: 30_000 / 1001 })
  assert.equal(encodeSize({ width: 426, fps: 15 }, camera), { width: 426, height: 240, fps: 15 })
  assert.equal(encodeSize({}, null), { width: 1280, height: 720, fps: 30 })
  assert.equal(encodeSize({}, { width: 639, height: 361, fps: 12.3 }), { width: 640, height: 362, fps: 12 })
})

test('secrets are masked, and names are not', () => {
  const masker = new Masker()
  masker.learn(
    configOf({
      inputs: [
        { name: 'camera', url: 'rtmp://host/live/camera' },
        { url: 'srt://u:pass%21word@h:9000?mode=caller&passphrase=correct-horse' },
      ],
      targets: { one: { url: 'rtmp://t/app/the-key' }, two: { url: 'rtmp://t/app', streamKey: 'other-key' } },
    }),
  )
  const text = 'camera caller the-key other-key pass!word pass%21word correct-horse'
  assert.is(masker.mask(text), 'camera caller *** *** *** *** ***')
})

test('addresses are shown without key, login and query', () => {
  const { targets, inputs } = configOf({
    inputs: [{ url: 'rtsp://u:p@cam:554/stream?token=x' }, { url: 'rtmp://u:p@h/live/key' }, { file: 'a.mp4' }],
    targets: {
      keyed: { url: 'rtmp://t:1935/app/the/key?x=y' },
      apart: { url: 'rtmps://t/app', streamKey: 'k' },
      srt: { url: 'srt://:9000?passphrase=x' },
      disk: { record: 'folder' },
    },
  })
  assert.equal(Object.values(targets).map(displayOf), [
    'rtmp://t:1935/app/***',
    'rtmps://t/app',
    'srt://:9000',
    'folder',
  ])
  assert.equal(inputs.map(inputDisplay), ['rtsp://cam:554/stream', 'rtmp://h/live/***', 'a.mp4'])
})

test('targets of a monitor: an encoded programme has rates of its own', () => {
  const { targets } = configOf({
    inputs: [{ url: 'rtmp://a/b/c' }],
    monitor: { targets: { latency: '1.5s', loudness: -14, bitrate: '4M', fps: 50 } },
  }).monitor
  const all = { loudness: -14, latency: 1500, bitrate: 4e6, fps: 50 }
  assert.equal(targetsOf(targets!, false), { targets: all })
  assert.equal(targetsOf(targets!, true), { targets: { loudness: -14, latency: 1500 } })
  assert.equal(targetsOf({ fps: 50 }, false), { targets: { fps: 50 } })
})

test.run()
