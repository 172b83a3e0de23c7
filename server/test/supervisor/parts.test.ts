import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { channelSchema } from '../../src/core/schema.js'
import { ExitAlerts } from '../../src/supervisor/channel/exit-alerts.js'
import { flvPrelude } from '../../src/supervisor/channel/flv-prelude.js'
import { Backoff, GOOD_AFTER_MS } from '../../src/supervisor/child/backoff.js'
import { childEnvironment } from '../../src/supervisor/child/environment.js'
import { Lines } from '../../src/supervisor/child/lines.js'
import { StartLane } from '../../src/supervisor/child/start-lane.js'
import { ChannelMetrics, mergeExpositions } from '../../src/supervisor/exposition.js'
import { Lease } from '../../src/supervisor/lease.js'
import { maskDeep, masker, Secrets, secretsOf } from '../../src/supervisor/mask.js'
import { RetriedWrites } from '../../src/supervisor/store/retried-writes.js'

const test = suite('parts of the supervisor')

test('backoff: at once, then longer, at most 30 s; a good time begins anew', () => {
  const backoff = new Backoff()
  assert.equal(
    Array.from({ length: 9 }, () => backoff.next(10)),
    [0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000],
  )
  assert.is(backoff.next(GOOD_AFTER_MS), 0)
  assert.is(backoff.next(GOOD_AFTER_MS - 1), 1000)
})

test('lane: so many at once, the urgent ones first', () => {
  const lane = new StartLane(2)
  const begun: string[] = []
  for (const name of ['a', 'b', 'c', 'd']) lane.enter(() => begun.push(name), false)
  lane.enter(() => begun.push('urgent'), true)
  assert.equal(begun, ['a', 'b'])
  lane.leave()
  assert.equal(begun, ['a', 'b', 'urgent'])
  lane.leave()
  lane.leave()
  assert.equal(begun, ['a', 'b', 'urgent', 'c', 'd'])
})

test('lines: bounded in length and number, without secrets and control characters', () => {
  const told: string[] = []
  const lines = new Lines(masker(['secretkey']), line => told.push(line))
  lines.push('one\ntw')
  lines.push('o\u001b[31m secretkey\n')
  lines.push(`${'x'.repeat(1e6)}`)
  lines.push(`${'y'.repeat(10)}\nlast\n`)
  assert.equal(told.slice(0, 2), ['one', 'two [31m ***'])
  assert.is(told[2]!.length, 2001)
  assert.is(told[3], 'last')
  for (let i = 0; i < 1000; i += 1) lines.push(`line ${i}\n`)
  assert.is(lines.last.length, 20)
  assert.is(lines.last.at(-1), 'line 999')
  assert.ok(told.length + lines.dropped >= 1000 && lines.dropped > 500)
})

test('environment: what a child needs, and none of the configuration’s secrets', () => {
  const own = {
    PATH: '/bin',
    TWITCH_KEY: 'k',
    GST_DEBUG: '3',
    NOTIFY_SOCKET: '/run/x',
    LC_ALL: 'C',
    NODE_OPTIONS: '--x',
  }
  assert.equal(childEnvironment(own), { PATH: '/bin', GST_DEBUG: '3', LC_ALL: 'C' })
})

test('masks: keys, passwords and tokens of a channel, wherever they stand', () => {
  const channel = channelSchema.parse({
    inputs: [{ url: 'srt://10.0.0.5:9000?mode=caller&passphrase=pass%20phrase1' }],
    targets: {
      t: { url: 'rtmp://user:pa55word@host/app/stream-key-1' },
      u: { url: 'rtmp://host/app', streamKey: 'very/secret' },
    },
    webhooks: [{ url: 'https://hooks.example/services/T0000000', secret: 'hooksecret' }],
  })
  const mask = masker(secretsOf(channel))
  const text = JSON.stringify(channel)
  for (const secret of ['pass%20phrase1', 'pa55word', 'stream-key-1', 'very/secret', 'T0000000', 'hooksecret']) {
    assert.match(text, secret)
    assert.not.match(mask(text), secret)
  }
  assert.not.match(mask('pass phrase1 pass+phrase1'), 'pass phrase1')
  const status = { phase: 'live', reason: { code: 'ERR_live', message: 'live: refused' } }
  assert.equal(maskDeep(status, masker(['live'])), {
    phase: 'live',
    reason: { code: 'ERR_live', message: '***: refused' },
  })
})

test('metrics: counters of processes that died are added, gauges are gone, labels stay', () => {
  const metrics = new ChannelMetrics()
  const text = (n: number) =>
    `# HELP c_total Things\n# TYPE c_total counter\nc_total{a="x y}"} ${n}\nc_total ${n}\n# TYPE g gauge\ng 5\n` +
    `# TYPE h histogram\nh_bucket{le="1"} ${n}\nh_bucket{le="+Inf"} ${n}\nh_sum ${n}\nh_count ${n}\n`
  metrics.take(text(3))
  metrics.ended()
  const merged = () => mergeExpositions([['studio', metrics.current()]])
  assert.not.match(merged(), '\ng{')
  assert.match(merged(), 'c_total{channel="studio",a="x y}"} 3')
  metrics.take(text(2))
  assert.match(merged(), 'c_total{channel="studio"} 5')
  assert.match(merged(), 'h_bucket{channel="studio",le="+Inf"} 5')
  assert.match(merged(), 'h_sum{channel="studio"} 5')
  assert.match(merged(), 'g{channel="studio"} 5')
  const next = new ChannelMetrics()
  next.restore(metrics.bases())
  next.take(text(4))
  assert.match(mergeExpositions([['studio', next.current()]]), 'c_total{channel="studio"} 7')
  const both = mergeExpositions([
    ['a', next.current()],
    ['b', next.current()],
  ])
  assert.is(both.match(/# TYPE c_total counter/g)!.length, 1)
})

test('prelude: header, metadata and configurations, up to the first picture', () => {
  const tag = (type: number, body: number[]) =>
    Buffer.from([type, 0, 0, body.length, ...Array(7).fill(0), ...body, 0, 0, 0, 0])
  const header = Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0', 'latin1')
  const start = [header, tag(18, [2]), tag(9, [0x17, 0]), tag(8, [0xaf, 0]), tag(9, [0x90, 104])]
  const picture = tag(9, [0x17, 1])
  assert.equal(flvPrelude(Buffer.concat([...start, picture, tag(18, [2])])), Buffer.concat(start))
  assert.is(flvPrelude(Buffer.from('GIF89a and so on')), null)
  const cut = Buffer.concat([...start, picture]).subarray(0, header.length + 20)
  assert.ok(flvPrelude(cut)!.length <= cut.length)
})

test('lease: it is free when its process is killed', async () => {
  const state = tempDir()
  const script = `import(${JSON.stringify(new URL('../../src/supervisor/lease.js', import.meta.url).href)})
    .then(({ Lease }) => Lease.take(${JSON.stringify(state)}))
    .then(() => { console.log('held'); setInterval(() => {}, 1000) })`
  const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  const refused = await Lease.take(state).catch(error => error)
  assert.is(refused.code, 'ERR_STATE_IN_USE')
  assert.match(refused.message, `process ${holder.pid}`)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const lease = await Lease.take(state)
  lease.release()
  const again = await Lease.take(state)
  again.release()
  const nowhere = await Lease.take(join(state, 'missing')).catch(error => error)
  assert.is(nowhere.code, 'ENOENT')
})

test('secrets: those of before are known until the next process begins', () => {
  const secrets = new Secrets()
  secrets.begin(['first-key'])
  secrets.add(['second-key'])
  secrets.add(['third-key'])
  assert.is(secrets.mask('first-key second-key third-key'), '*** *** ***')
  secrets.begin(['third-key'])
  assert.is(secrets.mask('first-key third-key'), 'first-key ***')
})

test('exits: four in a row are critical, three that come alone within an hour a warning', () => {
  let nowMs = 0
  const raised = new Set<string>()
  const exits = new ExitAlerts(
    'a',
    {
      raiseOwn: (channel, rule, severity, _, subject = rule) => void raised.add(`${channel} ${severity} ${subject}`),
      clearOwn: (_, rule, subject = rule) => {
        for (const one of raised) if (one.endsWith(` ${subject}`)) raised.delete(one)
      },
    },
    () => nowMs,
  )
  for (const inRow of [1, 2, 3]) assert.is(exits.ended(inRow, 'signal SIGSEGV'), null)
  assert.equal([...raised], [])
  assert.match(exits.ended(4, 'signal SIGSEGV')!.message, 'ended 4 times in a row: signal SIGSEGV')
  assert.equal([...raised], ['a critical process-exits'])
  exits.well()
  assert.equal([...raised], [])
  nowMs += 1_700_000
  exits.ended(1, 'signal SIGKILL')
  assert.equal([...raised], [])
  nowMs += 1_700_000
  exits.ended(1, 'signal SIGKILL')
  assert.equal([...raised], ['a warning often'])
  nowMs += 3_600_000
  exits.look()
  assert.equal([...raised], ['a warning often'])
  nowMs += 1
  exits.look()
  assert.equal([...raised], [])
  for (let i = 0; i < 3; i += 1) {
    exits.ended(1, 'signal SIGKILL')
    nowMs += 1_800_001
  }
  assert.equal([...raised], [], 'more than an hour')
})

test('a file that could not be written is tried again, with its newest text, until it is', async () => {
  const health: (string | null)[] = []
  const written: string[] = []
  let full = true
  const writes = new RetriedWrites(error => health.push(error?.message ?? null), 10)
  const write = (text: string) => () => {
    if (full) throw new Error('no room')
    written.push(text)
  }
  writes.run('one', write('a'))
  writes.run('one', write('b'))
  writes.run('two', write('c'))
  assert.equal(health, ['no room', 'no room', 'no room'])
  full = false
  await until(() => health.at(-1) === null, { timeout: 30_000 })
  assert.equal(written.sort(), ['b', 'c'])
  writes.run('one', write('d'))
  assert.equal([written.at(-1), health.at(-1)], ['d', null])
})

test.run()
