// suite: deep
import * as assert from 'uvu/assert'
import { makeFile } from '../../../test/support/peers/ffmpeg.js'
import { startRtmpServer } from '../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../test/support/suite.js'
import { tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { ChannelPeer } from './support.js'

const test = suite('channel: alerts of content', { timeout: 300_000 })

const rule = (metric: string) => ({
  name: `${metric}-short`,
  metric,
  raise: { above: 3, for: 0 },
  clear: { below: 0.5, for: 0 },
  severity: 'critical',
})

test('black, frozen and silent raise alerts, and what moves and sounds clears them', async () => {
  const size = '320x180'
  const audio = { amplitude: 0.00001 }
  const dead = await makeFile(tempFile('dead.flv'), { size, pattern: 'color=black', gop: 15, duration: 20, audio })
  const alive = await makeFile(tempFile('alive.flv'), { size, pattern: 'noise', gop: 15, duration: 20 })
  const serve = (file: string) => ({ kind: 'serve-file', file, loop: true }) as const
  await using input = await startRtmpServer(serve(dead))
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const rules = ['black', 'freeze', 'silence'].map(rule)
  const config = {
    inputs: [{ name: 'camera', url: input.url() }],
    targets: { out: { url: output.url() } },
    monitor: { content: true, rules },
  }
  assert.is(await channel.configure(config), null)
  const alerts = (cleared: boolean): string[] =>
    // Each once: a busy machine holds up the input, so that they come and go.
    [
      ...new Set(
        channel
          .of('alert')
          .filter(({ alert }) => (alert.clearedAt !== null) === cleared)
          .map(({ alert }) => String(alert.rule)),
      ),
    ].sort()
  const all = ['black-short', 'freeze-short', 'silence-short']
  await until(() => alerts(false).length >= 3, { what: () => `three alerts: ${alerts(false)}`, timeout: 60_000 })
  assert.equal(alerts(false), all)
  assert.match(String(channel.of('alert')[0]!.alert.message), /^camera: /)
  input.behave(serve(alive))
  input.cut('fin')
  await until(() => alerts(true).length >= 3, { what: () => `three clears: ${alerts(true)}`, timeout: 60_000 })
  assert.equal(alerts(true), all)
  await until(() => channel.of('sample').some(({ sample }) => (sample.values.loudness ?? -99) > -40))

  // Rules change on air: an alert of rules that are no more is cleared.
  assert.is(await channel.configure({ ...config, monitor: { content: true, rules: [] } }), null)
  assert.is(output.connections.length, 1)
})

test('loudness is judged by its target, which can be changed on air', async () => {
  const source = { size: '320x180', gop: 15, duration: 20, audio: { amplitude: 0.5, beep: false } } as const
  const file = await makeFile(tempFile('loud.flv'), source)
  await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using channel = await ChannelPeer.start()
  const offTarget = { metric: 'loudness', as: 'offTarget', severity: 'warning' }
  const rules = [
    { name: 'too-loud', ...offTarget, raise: { above: 4, for: 2000 }, clear: { below: 3, for: 0 } },
    { name: 'near', ...offTarget, raise: { below: 4, for: 4000 }, clear: { above: 5, for: 0 } },
  ]
  const config = (more: object): object => ({
    ...{ inputs: [{ name: 'camera', url: input.url() }], targets: {} },
    monitor: { content: true, rules, ...more },
  })
  assert.is(await channel.configure(config({})), null)
  const raised = (): string[] =>
    channel
      .of('alert')
      .filter(({ alert }) => alert.clearedAt === null)
      .map(({ alert }) => String(alert.rule))
  await until(() => raised().length > 0, { what: () => `too-loud: ${raised()}`, timeout: 90_000 })
  assert.equal(raised(), ['too-loud'])
  const { loudness } = channel.of('sample').at(-1)!.sample.values
  assert.ok(loudness! > -18, `${loudness} LUFS`)

  assert.is(await channel.configure(config({ targets: { loudness } })), null)
  await until(() => raised().includes('near'), { what: () => `near: ${raised()}`, timeout: 90_000 })
  assert.equal(raised(), ['too-loud', 'near'])
  const last = channel.of('alert').filter(({ alert }) => alert.rule === 'too-loud')
  assert.ok(typeof last.at(-1)!.alert.clearedAt === 'number', 'it is over')
})

test.run()
