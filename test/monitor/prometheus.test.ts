// The export in Prometheus' own eyes (promtool), and what is shipped with it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { METRIC_NAMES, type MetricName } from '../../src/meter/metrics'
import { DEFAULT_RULES } from '../../src/monitor/default-rules'
import { StreamMonitor } from '../../src/monitor/stream-monitor'
import { exec } from '../support/child'
import { FakeClock } from '../support/fake-clock'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'
import { FakeStream } from './fake-stream'
import type { Told } from './readings'

const test = suite('prometheus')

const repository = join(__dirname, '../../..')
const shipped = (name: string): string => join(repository, 'monitoring', name)

/** Everything has a value. */
const FULL: Told & { bytes: { video: number; audio: number } } = {
  values: {
    bitrate: 2e6,
    fps: 25,
    latency: 12,
    lateness: 30,
    endToEndLatency: 80,
    droppedFrames: 3,
    jitter: 4,
    keyframeInterval: 2,
    avDrift: -7,
    noData: 0.1,
    freeze: 0,
    black: 12,
    silence: 0,
    loudness: -23.4,
    truePeak: -3,
    queueMs: 20,
    reconnects: 2,
    uptime: 50,
  },
  tracks: { video: { bitrate: 1.9e6, jitter: 3, noData: 0.1 }, audio: { bitrate: 1e5, jitter: 4, noData: 0.2 } },
  details: {
    latencyP95: 30,
    keyframeAge: 1,
    fpsPts: 25.1,
    avSkew: 3,
    'silence.1': 0,
    'silence.2': 4,
    loudnessMomentary: -20,
    loudnessIntegrated: -23,
    ackLagBytes: 100,
    shortLives: 3,
    srtRtt: 40,
    srtLatency: 200,
    srtBitrate: 3e6,
    hlsBandwidth: 2.5e6,
    hlsBehind: 12_500,
  },
  srt: { received: 900, lost: 7 },
  hls: { loaded: 40, retried: 2, lost: 1 },
  frames: 250,
  dropped: 3,
  bytes: { video: 1000, audio: 100 },
}

function monitoring(told: typeof FULL | Told = FULL, metrics?: MetricName[], direction: 'in' | 'out' = 'in') {
  const clock = new FakeClock()
  const monitor = new StreamMonitor(metrics, {}, clock)
  const stream = new FakeStream(direction)
  stream.told = told
  monitor.attachStream(stream, 'camera')
  clock.pass(1000)
  return { clock, monitor, stream }
}

const group = (id: string, packets: number) => ({ id, packets, bytes: 10 * packets, dropped: 1 })

/** Every name that there is: captures and outputs have some of their own. */
const everything = async (): Promise<string> =>
  (await monitoring().monitor.prometheus()) +
  (await monitoring({ ...FULL, groups: [group('default', 1)] }, undefined, 'out').monitor.prometheus())

/** Series → value. */
const seriesOf = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
const namesOf = (text: string): string[] => [...new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!))]

test('every series, by name, labels and base unit', async () => {
  const { monitor } = monitoring()
  const series = seriesOf(await monitor.prometheus())
  const camera = 'stream="camera",direction="in"'
  const expected: Record<string, number> = {
    [`rxgst_stream_bytes_total{${camera},track="video"}`]: 1000,
    [`rxgst_stream_bytes_total{${camera},track="audio"}`]: 100,
    [`rxgst_bitrate_bits_per_second{${camera},track="video"}`]: 1.9e6,
    [`rxgst_bitrate_bits_per_second{${camera},track="audio"}`]: 1e5,
    [`rxgst_frames_total{${camera},kind="video"}`]: 250,
    [`rxgst_frames_total{${camera},kind="audio"}`]: 0,
    [`rxgst_frames_total{${camera},kind="keyframe"}`]: 0,
    [`rxgst_frames_dropped_total{${camera},cause="queue"}`]: 3,
    [`rxgst_frames_per_second{${camera}}`]: 25,
    [`rxgst_frames_per_media_second{${camera}}`]: 25.1,
    [`rxgst_latency_seconds_bucket{le="0.01",${camera}}`]: 0,
    [`rxgst_latency_seconds_bucket{le="0.02",${camera}}`]: 1,
    [`rxgst_latency_seconds_count{${camera}}`]: 1,
    [`rxgst_latency_seconds_sum{${camera}}`]: 0.012,
    [`rxgst_latency_p95_seconds{${camera}}`]: 0.03,
    [`rxgst_lateness_seconds{${camera}}`]: 0.03,
    [`rxgst_end_to_end_latency_seconds{${camera}}`]: 0.08,
    [`rxgst_jitter_seconds{${camera},track="video"}`]: 0.003,
    [`rxgst_jitter_seconds{${camera},track="audio"}`]: 0.004,
    [`rxgst_keyframe_interval_seconds{${camera}}`]: 2,
    [`rxgst_keyframe_age_seconds{${camera}}`]: 1,
    [`rxgst_av_drift_seconds{${camera}}`]: -0.007,
    [`rxgst_av_skew_seconds{${camera}}`]: 0.003,
    [`rxgst_no_data_seconds{${camera}}`]: 0.1,
    [`rxgst_track_no_data_seconds{${camera},track="video"}`]: 0.1,
    [`rxgst_track_no_data_seconds{${camera},track="audio"}`]: 0.2,
    [`rxgst_freeze_seconds{${camera}}`]: 0,
    [`rxgst_black_seconds{${camera}}`]: 12,
    [`rxgst_silence_seconds{${camera}}`]: 0,
    [`rxgst_channel_silence_seconds{${camera}}`]: 4,
    [`rxgst_loudness_lufs{${camera}}`]: -23.4,
    [`rxgst_loudness_momentary_lufs{${camera}}`]: -20,
    [`rxgst_loudness_integrated_lufs{${camera}}`]: -23,
    [`rxgst_true_peak_dbtp{${camera}}`]: -3,
    [`rxgst_queue_seconds{${camera}}`]: 0.02,
    [`rxgst_unacknowledged_bytes{${camera}}`]: 100,
    [`rxgst_reconnects_total{${camera}}`]: 2,
    [`rxgst_short_lives{${camera}}`]: 3,
    [`rxgst_srt_rtt_seconds{${camera}}`]: 0.04,
    [`rxgst_srt_latency_seconds{${camera}}`]: 0.2,
    [`rxgst_srt_bitrate_bits_per_second{${camera}}`]: 3e6,
    [`rxgst_srt_packets_total{${camera},kind="received"}`]: 900,
    [`rxgst_srt_packets_total{${camera},kind="lost"}`]: 7,
    [`rxgst_hls_bandwidth_bits_per_second{${camera}}`]: 2.5e6,
    [`rxgst_hls_behind_seconds{${camera}}`]: 12.5,
    [`rxgst_hls_segments_total{${camera},kind="loaded"}`]: 40,
    [`rxgst_hls_segments_total{${camera},kind="retried"}`]: 2,
    [`rxgst_hls_segments_total{${camera},kind="lost"}`]: 1,
    [`rxgst_uptime_seconds{${camera}}`]: 50,
    [`rxgst_stream_live{${camera}}`]: 1,
    [`rxgst_alert{${camera},rule="black-warning",severity="warning"}`]: 1,
    [`rxgst_alert{${camera},rule="black-critical",severity="critical"}`]: 0,
  }
  for (const [name, value] of Object.entries(expected)) {
    const found = series.get(name)
    assert.ok(found !== undefined && Math.abs(found - value) < 1e-9, `${name}: ${found} in place of ${value}`)
  }
  const others = [...series.keys()].filter(
    name => !(name in expected) && !/^rxgst_(alert\{|latency_seconds_bucket)/.test(name),
  )
  assert.equal(others, [])
  assert.is([...series.keys()].filter(name => name.startsWith('rxgst_alert{')).length, DEFAULT_RULES.length)
})

test('an output is on the air or off it', async () => {
  const { monitor, stream, clock } = monitoring(FULL, undefined, 'out')
  const read = async () =>
    [...seriesOf(await monitor.prometheus())]
      .filter(([name]) => /^rxgst_(off_air|target_down)/.test(name))
      .map(([, value]) => value)
  assert.equal(await read(), [0, 0])
  stream.told = { live: 0, phase: 'reconnecting' }
  clock.pass(4000)
  assert.equal(await read(), [3, 0], 'one target is away')
  stream.told = { live: false, phase: 'reconnecting' }
  clock.pass(3000)
  assert.equal(await read(), [6, 2])
  stream.told = { live: false, phase: 'stopped' }
  clock.pass(1000)
  assert.equal(await read(), [])
})

test('an output with several encoders has series of each, and of those that there are now', async () => {
  const { monitor, stream, clock } = monitoring(
    { ...FULL, groups: [group('default', 100), group('group-1', 50)] },
    undefined,
    'out',
  )
  const read = async () =>
    [...seriesOf(await monitor.prometheus())].filter(([name]) => name.startsWith('rxgst_group_')).map(one => one.join())
  const labels = (id: string) => `{stream="camera",direction="out",group="${id}"}`
  assert.equal(await read(), [
    `rxgst_group_frames_total${labels('default')},100`,
    `rxgst_group_frames_total${labels('group-1')},50`,
    `rxgst_group_bytes_total${labels('default')},1000`,
    `rxgst_group_bytes_total${labels('group-1')},500`,
    `rxgst_group_dropped_total${labels('default')},1`,
    `rxgst_group_dropped_total${labels('group-1')},1`,
  ])
  stream.told = FULL
  clock.pass(1000)
  assert.equal(await read(), [])
})

test('promtool complains of nothing but the unit that bitrates are always told in', async () => {
  const text = await monitoring().monitor.prometheus()
  const file = join(tempDir(), 'metrics')
  writeFileSync(file, text)
  const { stdout } = await exec('sh', ['-c', `promtool check metrics < ${file} 2>&1 || [ $? = 3 ]`])
  assert.equal(
    stdout.toString().trim().split('\n'),
    ['rxgst_bitrate', 'rxgst_hls_bandwidth', 'rxgst_srt_bitrate'].map(
      name => `${name}_bits_per_second use base unit "bytes" instead of "bits"`,
    ),
  )
})

test('it can be served', async () => {
  const { monitor } = monitoring()
  assert.is(monitor.contentType, 'text/plain; version=0.0.4; charset=utf-8')
})

test('what has no value has no series', async () => {
  const { monitor } = monitoring({ values: { fps: null, bitrate: NaN }, live: false })
  const series = [...seriesOf(await monitor.prometheus())].filter(([name]) => !name.startsWith('rxgst_alert'))
  assert.equal(
    series.map(([name, value]) => `${name.slice(0, name.indexOf('{'))} ${value}`),
    [
      'rxgst_stream_bytes_total 0',
      'rxgst_stream_bytes_total 0',
      'rxgst_frames_total 0',
      'rxgst_frames_total 0',
      'rxgst_frames_total 0',
      'rxgst_reconnects_total 0',
      'rxgst_stream_live 0',
    ],
  )
})

test('a monitor of one metric exports that one', async () => {
  const { monitor } = monitoring(FULL, ['fps'])
  const series = [...seriesOf(await monitor.prometheus()).keys()].map(name => name.slice(0, name.indexOf('{')))
  assert.equal(
    [...new Set(series)],
    [
      'rxgst_frames_total',
      'rxgst_stream_live',
      'rxgst_alert',
      'rxgst_frames_per_second',
      'rxgst_frames_per_media_second',
    ],
  )
})

test('counters go on over reconnects, and never back', async () => {
  const { monitor, stream, clock } = monitoring()
  const read = async () => {
    const series = seriesOf(await monitor.prometheus())
    const value = (name: string) => series.get([...series.keys()].find(key => key.startsWith(name))!)!
    return [
      value('rxgst_stream_bytes_total'),
      value('rxgst_frames_total'),
      value('rxgst_frames_dropped_total'),
      value('rxgst_reconnects_total'),
    ]
  }
  assert.equal(await read(), [1000, 250, 3, 2])
  assert.equal(await read(), [1000, 250, 3, 2], 'asking changes nothing')
  // A meter that begins anew: what it has counted is not lost.
  stream.told = {
    ...FULL,
    bytes: { video: 400, audio: 0 },
    frames: 10,
    dropped: 1,
    values: { ...FULL.values, reconnects: 0 },
  }
  clock.pass(1000)
  assert.equal(await read(), [1400, 260, 4, 2])
  stream.told = { ...stream.told, bytes: { video: 500, audio: 0 }, values: { ...FULL.values, reconnects: 1 } }
  clock.pass(3000)
  assert.equal(await read(), [1500, 260, 4, 3])
})

test('a detached stream’s series go, and another’s stay', async () => {
  const { monitor, clock } = monitoring()
  const other = new FakeStream('out')
  other.told = FULL
  monitor.attachStream(other, 'other')
  clock.pass(1000)
  monitor.detachStream('camera')
  const text = await monitor.prometheus()
  assert.not.match(text, 'camera')
  assert.match(text, 'rxgst_latency_seconds_count{stream="other",direction="out"} 1')
  monitor[Symbol.dispose]()
  assert.is(seriesOf(await monitor.prometheus()).size, 0)
})

test('texts that are asked for at once are each whole', async () => {
  const { monitor } = monitoring()
  const texts = await Promise.all(Array.from({ length: 10 }, () => monitor.prometheus()))
  assert.is(new Set(texts).size, 1)
  assert.ok(seriesOf(texts[0]!).size > 60)
})

test('a name with quotes and backslashes stays one label', async () => {
  const { monitor } = monitoring()
  const stream = new FakeStream('in')
  stream.told = FULL
  monitor.attachStream(stream, 'a "b" \\ {c="d"}')
  assert.match(
    await monitor.prometheus(),
    'rxgst_stream_bytes_total{stream="a \\"b\\" \\\\ {c=\\"d\\"}",direction="in",track="video"} 0',
  )
})

const metricsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/\brxgst_[a-z0-9_]+/g)].map(([name]) => name)),
]
const exists = (text: string) => (name: string) => new RegExp(`^${name}[{ ]`, 'm').test(text)

test('the shipped alert rules are valid, do what they say, and know no metric that is not exported', async () => {
  await exec('promtool', ['check', 'rules', shipped('prometheus-rules.yml')])
  await exec('promtool', ['test', 'rules', join(repository, 'test/monitor/fixtures/prometheus-rules.yml')])
  const text = await everything()
  const rules = readFileSync(shipped('prometheus-rules.yml'), 'utf8').replace(/^#.*$/gm, '')
  const used = metricsIn(rules)
  assert.ok(used.length >= 5)
  // Those of the server: server/test/supervisor/metrics.test.ts.
  assert.equal(
    used.filter(name => !name.startsWith('rxgst_server_') && !exists(text)(name)),
    [],
  )
  const groupings = rules.match(/\bby \([^)]*\)/g) ?? []
  assert.ok(groupings.length > 5)
  for (const grouping of groupings) assert.match(grouping, /\bchannel\b/)
})

interface Panel {
  id: number
  type: string
  title: string
  targets?: { expr: string; datasource: { uid: string } }[]
}

test('the dashboard shows every metric, and none that is not exported; its queries are PromQL', async () => {
  const dashboard = JSON.parse(readFileSync(shipped('grafana-dashboard.json'), 'utf8')) as {
    uid: string
    panels: Panel[]
    templating: { list: { name: string }[] }
  }
  const { panels } = dashboard
  assert.is(new Set(panels.map(({ id }) => id)).size, panels.length)
  const queries = panels.flatMap(({ targets = [] }) => targets)
  assert.ok(queries.every(({ datasource }) => datasource.uid === '${datasource}'))

  const text = await everything()
  const used = metricsIn(queries.map(({ expr }) => expr).join('\n'))
  assert.equal(
    used.filter(name => !exists(text)(name)),
    [],
    'unknown',
  )
  const shown = used.map(name => name.replace(/_(bucket|sum|count)$/, ''))
  assert.equal(
    namesOf(text).filter(name => !shown.includes(name)),
    [],
    'not shown',
  )

  for (const { expr } of queries) assert.is(expr.split('{').length, expr.split('{channel=~"$channel",').length, expr)
  for (const grouping of queries.flatMap(({ expr }) => expr.match(/\bby \([^)]*\)/g) ?? []))
    assert.match(grouping, /\bchannel\b/)

  const variables = dashboard.templating.list.map(({ name }) => name)
  const filled = queries.map(({ expr }) =>
    expr
      .replaceAll('$__rate_interval', '5m')
      .replace(/\$(\w+)/g, (_, name: string) => (variables.includes(name) ? '.*' : `unknown variable ${name}`)),
  )
  const rules = {
    groups: [{ name: 'dashboard', rules: filled.map((expr, index) => ({ record: `panel:${index}`, expr })) }],
  }
  const file = join(tempDir(), 'rules.yml')
  writeFileSync(file, JSON.stringify(rules)) // JSON is YAML
  await exec('promtool', ['check', 'rules', file])
})

test('every metric has its series', async () => {
  const common = /^rxgst_(stream_live|alert)\{/
  for (const metric of METRIC_NAMES) {
    const series = [...seriesOf(await monitoring(FULL, [metric]).monitor.prometheus()).keys()]
    assert.ok(
      series.some(name => !common.test(name)),
      metric,
    )
  }
})

test.run()
