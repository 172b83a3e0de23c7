// What a change does: no more than it must, and never a word of a secret.
import * as assert from 'uvu/assert'
import support from '../../../test/support/fast-check.js'
import { suite } from '../../../test/support/suite.js'
import { planChange } from '../../src/config/plan.js'
import { changesOf } from '../../src/channel/changes.js'
import { channelSchema, configSchema, type Config } from '../../src/core/schema.js'

const { default: fc, runs } = support
const test = suite('plan')

const encode = { width: 1280, height: 720, fps: 30, bitrate: '4M' }
const studio = {
  inputs: [{ url: 'rtmp://h/live/camera' }, { file: 'a.mp4' }],
  mode: { encode },
  fill: 'slate',
  slate: 'slate.png',
  targets: {
    youtube: { url: 'rtmp://a.rtmp.youtube.com/live2/hunter2-key', platform: 'youtube' },
    own: { url: 'rtmp://h/live', streamKey: 'hunter2', encode: { bitrate: '1M' } },
    archive: { record: 'rec', segment: '10m' },
  },
  webhooks: [{ url: 'https://h/hunter2', secret: 'hunter2 hunter2 hunter2' }],
}

const config = (channels: object = { studio }, server: object = {}): Config => configSchema.parse({ channels, server })
const BEFORE = config()

/** 'path: effect' of the steps of a change of the channel. */
function steps(change: object, from: object = studio): string[] {
  const plan = planChange(config({ studio: from }), config({ studio: { ...from, ...change } }), new Set(['studio']))
  return plan.steps.map(({ path, effect }) => `${path}: ${effect}`)
}

const target = (name: keyof typeof studio.targets, change: object) => ({
  targets: { ...studio.targets, [name]: { ...studio.targets[name], ...change } },
})

test('nothing changes', () => {
  assert.equal(planChange(BEFORE, config(), new Set(['studio'])), { steps: [], problems: [], restarts: [] })
  assert.equal(steps({ holdBack: '5s', enabled: true }), [])
})

/** [field, change, effect] */
const FIELDS: readonly (readonly [path: string, change: object, effect: string])[] = [
  ['title', { title: 'A' }, 'live'],
  ['inputs', { inputs: [{ file: 'b.mp4' }] }, 'restarts-channel'],
  ['holdBack', { holdBack: '6s' }, 'live'],
  ['fill', { fill: 'repeat' }, 'restarts-channel'],
  ['slate', { slate: 'b.png' }, 'live'],
  ['slate', { slate: 'b.mp4' }, 'restarts-channel'],
  ['mode', { mode: 'copy' }, 'restarts-channel'],
  ['mode.encode.bitrate', { mode: { encode: { ...encode, bitrate: '5M' } } }, 'live'],
  ['mode.encode.width', { mode: { encode: { ...encode, width: 640 } } }, 'restarts-channel'],
  ['mode.encode.fps', { mode: { encode: { ...encode, fps: 25 } } }, 'restarts-channel'],
  ['mode.encode.codec', { mode: { encode: { ...encode, codec: 'hevc' } } }, 'restarts-channel'],
  ['monitor.content', { monitor: { content: true } }, 'restarts-channel'],
  ['monitor.rules', { monitor: { rules: [] } }, 'live'],
  ['monitor.targets', { monitor: { targets: { loudness: -14 } } }, 'live'],
  ['webhooks', { webhooks: [] }, 'live'],
  ['memoryLimit', { memoryLimit: '1G' }, 'restarts-channel'],
  ['standby', { standby: 'hot' }, 'live'],
  ['onLeaseLoss', { onLeaseLoss: 'stop' }, 'live'],
  ['enabled', { enabled: false }, 'stops-channel'],
  ['targets.new', { targets: { ...studio.targets, new: { url: 'srt://h:1' } } }, 'live'],
  ['targets.youtube.url', target('youtube', { url: 'rtmp://h/live/other' }), 'reconnects-target'],
  ['targets.youtube.platform', target('youtube', { platform: 'custom' }), 'live'],
  ['targets.youtube.enabled', target('youtube', { enabled: false }), 'live'],
  ['targets.youtube.encode', target('youtube', { encode: { bitrate: '1M' } }), 'reconnects-target'],
  ['targets.own.streamKey', target('own', { streamKey: 'hunter3' }), 'reconnects-target'],
  ['targets.own.encode.bitrate', target('own', { encode: { bitrate: '2M' } }), 'reconnects-target'],
  ['targets.own.encode.width', target('own', { encode: { bitrate: '1M', width: 640 } }), 'reconnects-target'],
  ['targets.archive.segment', target('archive', { segment: '5m' }), 'reconnects-target'],
]

for (const [path, change, effect] of FIELDS) {
  test(`${path}: ${effect}`, () => assert.equal(steps(change), [`channels.studio.${path}: ${effect}`]))
}

const { encode: _, ...plain } = studio.targets.own
const copied = { inputs: [{ url: 'rtmp://h/live/camera' }], targets: { own: plain } }
const bases: Readonly<Record<string, object>> = {
  encode: studio,
  hevc: { ...studio, mode: { encode: { ...encode, codec: 'hevc' } } },
  copy: copied,
  'copy of two inputs': { ...copied, inputs: [...copied.inputs, { file: 'a.mp4' }] },
  'copy with an encode': { ...studio, mode: 'copy' },
}
/** Of a target, and what is added to a field that is none of the schema's first floor. */
const CHANGES: readonly (readonly [field: string, change: object])[] = [
  ...FIELDS.filter(([path]) => !path.startsWith('targets')).map(([path, change]) => [path, change] as const),
  ['mode', { mode: { encode: { ...encode, codec: 'hevc', bitrate: '5M' } } }],
  ['inputs', { inputs: [{ name: 'input-1', url: 'rtmp://h/live/camera' }] }],
  ['targets', { targets: {} }],
  ['targets', { targets: { own: plain, new: { url: 'srt://h:1' } } }],
  ['targets', { targets: { own: plain, new: { url: 'srt://h:1', encode: { bitrate: '1M' } } } }],
  ...[
    ...[{ url: 'rtmp://h/other' }, { streamKey: 'hunter3' }, { platform: 'kick' }, { enabled: false }],
    ...[{ encode: {} }, { encode: { bitrate: '2M' } }, { encode: { bitrate: '1M', width: 640 } }],
  ].map(change => ['targets', { targets: { own: { ...plain, ...change } } }] as const),
  ...[{ format: 'ts' }, { segment: '5m' }, { keep: '1d' }, { maxSize: '1G' }, { record: 'r2' }].map(
    change => ['targets', target('archive', change)] as const,
  ),
]
/** The supervisor's own: the process knows nothing of it. A slate's kind is known when its file is read. */
const NOT_OF_THE_PROCESS = ['memoryLimit', 'slate', 'enabled', 'standby', 'onLeaseLoss']

test('the word of the plan is what the process of the channel does', () => {
  const fields = new Set(CHANGES.map(([field]) => field.split('.')[0]))
  assert.equal([...fields].sort(), Object.keys(channelSchema.shape).sort())
  for (const [base, from] of Object.entries(bases)) {
    for (const [field, change] of CHANGES) {
      if (NOT_OF_THE_PROCESS.includes(field)) continue
      const [before, after] = [from, { ...from, ...change }].map(channel => config({ studio: channel }))
      const told = planChange(before!, after!, new Set(['studio'])).steps
      const { restarts, changed } = changesOf(before!.channels.studio!, after!.channels.studio!)
      const what = `${base}: ${JSON.stringify(change)}: ${told.map(({ text }) => text).join('; ')}`
      assert.is(
        told.some(({ effect }) => effect === 'restarts-channel'),
        restarts.length > 0,
        what,
      )
      if (restarts.length > 0) continue
      const connects = (name: string) =>
        before!.channels.studio!.targets[name]!.enabled && after!.channels.studio!.targets[name]!.enabled
      const reconnected = told
        .filter(({ effect }) => effect === 'reconnects-target')
        .map(({ path }) => path.split('.')[3])
      assert.equal([...new Set(reconnected)].sort(), changed.filter(connects).sort(), what)
    }
  }
})

test('another address of the RTMP server restarts what gets its streams', () => {
  const before = config({ studio: copied, own: { inputs: [{ ingest: 'a' }] } }, { ingest: {} })
  const after = config({ studio: copied, own: { inputs: [{ ingest: 'a' }] } }, { ingest: { listen: '127.0.0.1:1936' } })
  assert.equal(
    planChange(before, after, new Set(['studio', 'own'])).steps.map(({ path, effect }) => `${path}: ${effect}`),
    ['server.ingest: live', 'channels.own.inputs: restarts-channel'],
  )
})

test('targets are added and removed without a restart', () => {
  const { youtube, archive } = studio.targets
  assert.equal(steps({ targets: { youtube, archive, more: { record: 'r2' } } }), [
    'channels.studio.targets.own: live',
    'channels.studio.targets.more: live',
  ])
})

test('channels come and go', () => {
  const other = { ...studio, enabled: false }
  const plan = planChange(BEFORE, config({ other, third: studio }), new Set(['studio']))
  assert.equal(
    plan.steps.map(({ path, change, effect, channel }) => [path, change, effect, channel]),
    [
      ['channels.studio', 'removed', 'stops-channel', 'studio'],
      ['channels.other', 'added', 'live', 'other'],
      ['channels.third', 'added', 'starts-channel', 'third'],
    ],
  )
  assert.equal(plan.restarts, [])
})

test('what does not run restarts nothing', () => {
  const off = { ...studio, enabled: false }
  assert.equal(steps({ fill: 'none' }, off), ['channels.studio.fill: live'])
  assert.equal(steps({ fill: 'none', enabled: true }, off), [
    'channels.studio.enabled: starts-channel',
    'channels.studio.fill: live',
  ])
  const quiet = { ...studio, ...target('youtube', { enabled: false }) }
  assert.equal(
    steps({ targets: { ...quiet.targets, youtube: { ...quiet.targets.youtube, url: 'rtmp://h/a/b' } } }, quiet),
    ['channels.studio.targets.youtube.url: live'],
  )
})

test('only channels on air need a leave to restart', () => {
  const after = config({ studio: { ...studio, fill: 'none' } })
  assert.equal(planChange(BEFORE, after, new Set(['studio'])).restarts, ['studio'])
  assert.equal(planChange(BEFORE, after, new Set()).restarts, [])
})

test("the server's own fields", () => {
  const after = config(
    { studio },
    { listen: '127.0.0.1:1', probes: '127.0.0.1:2', logLevel: 'debug', users: 'u.yaml', readOnly: true },
  )
  assert.equal(
    planChange(BEFORE, after, new Set(['studio'])).steps.map(({ path, effect, channel }) => [path, effect, channel]),
    [
      ['server.listen', 'restarts-server', null],
      ['server.readOnly', 'live', null],
      ['server.logLevel', 'live', null],
      ['server.probes', 'restarts-server', null],
      ['server.users', 'restarts-server', null],
    ],
  )
})

test('texts for people, without secrets', () => {
  const after = config({
    studio: {
      ...studio,
      fill: 'none',
      ...target('youtube', { url: 'rtmp://a.rtmp.youtube.com/live2/hunter3-key' }),
      webhooks: [{ url: 'https://h/hunter3' }],
    },
    more: { inputs: [{ url: 'rtmp://h/live/hunter4' }] },
  })
  const { steps } = planChange(BEFORE, after, new Set())
  assert.equal(
    steps.map(({ text }) => text),
    [
      'studio.fill: slate → none; the channel starts anew',
      'studio.webhooks: 1 entry (what is not shown of it)',
      'studio.targets.youtube.url: rtmp://a.rtmp.youtube.com/live2/*** (what is not shown of it); ' +
        'this target is connected anew',
      'channel more is added; it starts',
    ],
  )
})

test('any change: no secret in it, and none without a step', () => {
  const url = fc.constantFrom('rtmp://h/live/hunter2a', 'rtmp://h/live/hunter2b', 'srt://h:1?passphrase=hunter2hunter2')
  const aTarget = fc.record({ url, enabled: fc.boolean() })
  const channel = fc.record({
    inputs: fc.array(fc.record({ url }), { minLength: 1, maxLength: 2 }),
    enabled: fc.boolean(),
    fill: fc.constantFrom('none', 'repeat'),
    mode: fc.constantFrom('copy', { encode: {} }, { encode: { bitrate: '1M' } }),
    targets: fc.dictionary(fc.constantFrom('a', 'b', 'c'), aTarget),
    webhooks: fc.array(fc.record({ url: fc.constantFrom('https://h/hunter2', 'https://h/hunter3') }), { maxLength: 2 }),
  })
  const any = fc.dictionary(fc.constantFrom('x', 'y'), channel).map(channels => config(channels))
  fc.assert(
    fc.property(any, any, (before, after) => {
      const plan = planChange(before, after, new Set(['x']))
      assert.not.match(JSON.stringify(plan), /hunter/)
      assert.is(plan.steps.length === 0, JSON.stringify(sorted(before)) === JSON.stringify(sorted(after)))
      for (const id of plan.restarts) assert.is(id, 'x')
    }),
    { numRuns: runs(300) },
  )
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => [name, sorted(one)])
}

test.run()
