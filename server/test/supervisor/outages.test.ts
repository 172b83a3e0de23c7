import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { channelSchema, type ChannelConfig } from '../../src/core/schema.js'
import type { ChannelPhase, ChannelStatus } from '../../src/core/status.js'
import {
  BACK_MS,
  LOST_MS,
  NO_INPUT_MS,
  Outages,
  STEADY_MS,
  type Expected,
} from '../../src/supervisor/channel/outages.js'
import { testChannel, testServer } from './support/server.js'

const test = suite('outages')

const reason = { code: 'ERR_CONNECTION_LOST', message: 'the connection was lost' }

/** Phases of the parts of a channel, by their names; 'off' is a target that is disabled. */
function status(phase: ChannelPhase, inputs: Record<string, string>, targets: Record<string, string>): ChannelStatus {
  const part = ([name, its]: [string, string]) => ({
    ...{ name, url: 'rtmp://h/live', phase: its, nextRetryAt: null },
    reason: its === 'live' ? null : reason,
  })
  const figures = { platform: null, bitrate: 0, dropped: 0, reconnects: 0, queueMs: 0 }
  return {
    ...{ phase, reason: null, since: 0, nextRetryAt: null, video: null, audio: null },
    inputs: Object.entries(inputs).map(one => ({ ...part(one), onAir: one[1] === 'live' })),
    targets: Object.entries(targets).map(one => ({
      ...{ ...part(one), ...figures, kind: 'rtmp', enabled: one[1] !== 'off' },
    })),
  }
}

const expected = (fill: ChannelConfig['fill'], isStandby = false): Expected => {
  const given = { ...channelSchema.parse({ inputs: [{ url: 'rtmp://h/live/in' }] }), fill }
  return { given, isStandby }
}
const NO_FILL = expected('none')

/** What is raised, at each of these times. */
function raised(outages: Outages, at: ChannelStatus, ...times: number[]): string[] {
  return raisedOf(NO_FILL, outages, at, ...times)
}

function raisedOf(given: Expected, outages: Outages, at: ChannelStatus, ...times: number[]): string[] {
  return times.map(nowMs =>
    outages
      .look('studio', at, nowMs, given)
      .map(({ rule, subject }) => `${rule} ${subject}`)
      .join(', '),
  )
}

test('no input: after its time, until one is back', () => {
  const outages = new Outages([])
  const lost = status('reconnecting', { camera: 'reconnecting' }, { youtube: 'reconnecting' })
  const live = status('live', { camera: 'live' }, { youtube: 'live' })
  assert.equal(raised(outages, live, 0), [''])
  assert.equal(raised(outages, lost, 1000, 1000 + NO_INPUT_MS - 1, 1000 + NO_INPUT_MS, 1000 + 2 * LOST_MS), [
    ...['', '', 'no-input inputs', 'no-input inputs'],
  ])
  const [outage] = outages.look('studio', lost, 1000 + 2 * LOST_MS, NO_FILL)
  assert.is(outage!.message, 'studio: nothing comes in, no input is live: the connection was lost')
  assert.is(outage!.severity, 'critical')
  assert.equal(raised(outages, live, 100_000, 100_000 + BACK_MS - 1, 100_000 + BACK_MS), [
    'no-input inputs',
    'no-input inputs',
    '',
  ])
  assert.equal(raised(outages, lost, 200_000), [''])
})

test('a short break is none, and begins anew each time', () => {
  const outages = new Outages([])
  const lost = status('filling', { camera: 'reconnecting' }, {})
  const live = status('live', { camera: 'live' }, {})
  assert.equal(raised(outages, lost, 0, NO_INPUT_MS - 1), ['', ''])
  assert.equal(raised(outages, live, NO_INPUT_MS), [''])
  assert.equal(raised(outages, lost, NO_INPUT_MS + 1, 2 * NO_INPUT_MS), ['', ''])
})

/** Looks each second of so many cycles, and counts how often something began and was over. */
function cycle(
  outages: Outages,
  bad: [ChannelStatus, number],
  good: [ChannelStatus, number],
  times: number,
  fromMs = 0,
) {
  let [nowMs, before, raises, ends] = [fromMs, '', 0, 0]
  for (let i = 0; i < times; i += 1) {
    for (const [at, seconds] of [bad, good]) {
      for (let second = 0; second < seconds; second += 1, nowMs += 1000) {
        const now = raised(outages, at, nowMs)[0]!
        if (now !== '' && before === '') raises += 1
        if (now === '' && before !== '') ends += 1
        before = now
      }
    }
  }
  return { raises, ends, nowMs }
}

test('what comes and goes is one outage from the third time on, until it has been back for long', () => {
  const lost = status('reconnecting', { camera: 'reconnecting' }, {})
  const live = status('live', { camera: 'live' }, { a: 'live' })
  const failed = status('live', { camera: 'live' }, { a: 'failed' })
  const outages = new Outages([])
  const input = cycle(outages, [lost, 12], [live, 4], 60)
  assert.equal([input.raises, input.ends], [3, 2])
  const { nowMs } = input
  const back = nowMs - 4000
  assert.equal(raised(outages, live, nowMs, back + STEADY_MS - 1, back + STEADY_MS), [
    ...['no-input inputs', 'no-input inputs', ''],
  ])
  // Much later it is as good as new.
  const later = nowMs + 600_000
  assert.equal(raised(outages, lost, later, later + NO_INPUT_MS), ['', 'no-input inputs'])
  assert.equal(raised(outages, live, later + 20_000, later + 20_000 + BACK_MS), ['no-input inputs', ''])

  const target = cycle(new Outages([]), [failed, 32], [live, 4], 20)
  assert.equal([target.raises, target.ends], [3, 2])
  const rare = cycle(new Outages([]), [lost, 12], [live, 300], 6)
  assert.equal([rare.raises, rare.ends], [6, 6])
})

test('one of several inputs, and a target, each by its name', () => {
  const outages = new Outages([])
  const half = status('live', { camera: 'live', backup: 'reconnecting' }, { a: 'live', b: 'failed', c: 'off' })
  assert.equal(raised(outages, half, 0, LOST_MS - 1, LOST_MS), [
    '',
    '',
    'input-lost input backup, target-lost target b',
  ])
})

test('targets are not blamed for a missing input, unless the fill goes out', () => {
  const [none, fill] = [new Outages([]), new Outages([])]
  const noInput = { camera: 'reconnecting' }
  const away = status('reconnecting', noInput, { a: 'reconnecting' })
  assert.equal(raised(none, away, 0, LOST_MS), ['', 'no-input inputs'])
  // Nor where the fill has never gone out: there may be no picture for it yet.
  assert.equal(raisedOf(expected('repeat'), none, away, 2 * LOST_MS, 4 * LOST_MS), [
    'no-input inputs',
    'no-input inputs',
  ])
  const half = status('filling', noInput, { a: 'reconnecting', b: 'live' })
  assert.equal(raised(fill, half, 0, LOST_MS), ['', 'no-input inputs, target-lost target a'])
})

test('where the last target is lost as well while the fill should go out, all of them are told', () => {
  const noInput = { camera: 'reconnecting' }
  const [first, half, dark] = [
    status('filling', noInput, { a: 'live', b: 'live' }),
    status('filling', noInput, { a: 'reconnecting', b: 'live' }),
    status('reconnecting', noInput, { a: 'reconnecting', b: 'reconnecting', new: 'connecting' }),
  ]
  for (const fill of ['repeat', 'slate'] as const) {
    const outages = new Outages([])
    const look = (at: ChannelStatus, ...times: number[]) => raisedOf(expected(fill), outages, at, ...times)
    assert.equal(look(first, 0), [''])
    assert.equal(look(half, 1000, 1000 + LOST_MS), ['', 'no-input inputs, target-lost target a'])
    const from = 2000 + LOST_MS
    assert.equal(look(dark, from, from + LOST_MS - 1, from + LOST_MS), [
      'no-input inputs, target-lost target a',
      'no-input inputs, target-lost target a',
      'no-input inputs, target-lost target a, target-lost target b',
    ])
    assert.equal(look(status('stopped', {}, {}), from + LOST_MS + 1), [''])
  }
})

test('a target that is told stays so until it is back, also without an input and a fill', () => {
  const outages = new Outages([{ rule: 'target-lost', metric: 'target a' }])
  const dark = status('reconnecting', { camera: 'reconnecting' }, { a: 'reconnecting', b: 'reconnecting' })
  assert.equal(raised(outages, dark, 0, LOST_MS), ['target-lost target a', 'no-input inputs, target-lost target a'])
  const live = status('live', { camera: 'live' }, { a: 'live', b: 'live' })
  assert.equal(raised(outages, live, LOST_MS + 1, LOST_MS + 1 + BACK_MS).at(-1), '')
})

test('a target that waits for the lease is dark where the lease is, and waits its turn beside it', () => {
  const waits = { code: 'ERR_MAY_NOT_CONNECT', message: 'waits for the lease of the channel' }
  const live = status('live', { camera: 'live' }, { a: 'reconnecting' })
  const held = { ...live, targets: live.targets.map(target => ({ ...target, reason: waits })) }
  const [holder, standby] = [new Outages([]), new Outages([])]
  assert.equal(raised(holder, held, 0, LOST_MS), ['', 'target-lost target a'])
  assert.equal(raisedOf(expected('none', true), standby, held, 0, LOST_MS), ['', ''])
  // One that was lost before is not back because it waits.
  const lost = new Outages([])
  assert.equal(raised(lost, live, 0, LOST_MS), ['', 'target-lost target a'])
  assert.equal(raised(lost, held, LOST_MS + 1, LOST_MS + 1 + BACK_MS), ['target-lost target a', 'target-lost target a'])
})

test('a channel that is stopped lacks nothing; one that is raised stays so over another supervisor', () => {
  const outages = new Outages([{ rule: 'no-input', metric: 'inputs' }])
  assert.equal(raised(outages, status('reconnecting', { camera: 'reconnecting' }, {}), 0), ['no-input inputs'])
  assert.equal(raised(outages, status('stopped', { camera: 'stopped' }, {}), 1), [''])
})

test('the alert is in the book and with the receivers, and is over when the channel is stopped', async () => {
  const server = await testServer({ channels: { studio: testChannel({ title: 'lost' }) } })
  const { supervisor, alerts } = server
  const studio = supervisor.channelList.get('studio')
  await until(() => studio.status.phase === 'reconnecting')
  // A whole number: sums of it are exact.
  const now = Math.ceil(performance.now())
  studio.watch(now)
  studio.watch(now + NO_INPUT_MS)
  assert.equal(
    supervisor.channel('studio').alerts.map(({ rule, severity }) => [rule, severity]),
    [['no-input', 'critical']],
  )
  assert.is(alerts.length, 1)
  studio.watch(now + NO_INPUT_MS + 1)
  assert.is(alerts.length, 1, 'told once')
  await supervisor.stop('studio', 'olga')
  studio.watch(now + NO_INPUT_MS + 2)
  assert.equal(supervisor.channel('studio').alerts, [])
  assert.is(alerts.at(-1)!.clearedBy, 'recovered')
  await supervisor.close(5000)
})

test('the receivers of a channel that is deleted hear that its alert is over', async () => {
  const told: string[] = []
  const webhooks = [{ type: 'slack', url: 'https://hooks.slack.com/services/of-the-channel' }]
  const { supervisor } = await testServer({ channels: { studio: testChannel({ title: 'lost', webhooks }) } }, null, {
    notifier: {
      send: ({ rule, clearedAt }, channel) =>
        void told.push(
          `${rule} ${clearedAt === null ? 'raised' : 'cleared'} ${channel?.webhooks.length ?? 'to nobody'}`,
        ),
      test: async () => ({ sent: 0, failed: [] }),
    },
  })
  const studio = supervisor.channelList.get('studio')
  await until(() => studio.status.phase === 'reconnecting', { timeout: 60_000 })
  // A whole number: sums of it are exact.
  const now = Math.ceil(performance.now())
  studio.watch(now)
  studio.watch(now + NO_INPUT_MS)
  await supervisor.deleteChannel('studio', { user: 'olga', allowRestart: true })
  assert.equal(told, ['no-input raised 1', 'no-input cleared 1'])
  await supervisor.close(5000)
})

test.run()
