// suite: deep
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { makeFile } from '../../../test/support/peers/ffmpeg.js'
import { parseFlv, startRtmpServer, type FlvTag } from '../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../test/support/suite.js'
import { tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { ChannelPeer } from './support.js'

const test = suite('channel: operators', { timeout: 420_000 })

const ROUNDS = 20
const isMedia = ({ type, data }: FlvTag): boolean => type !== 'script' && data[1] === 1
const payload = ({ data }: FlvTag): string => data.toString('latin1')

test(`a target is added and removed ${ROUNDS} times, and the other one loses no packet`, async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', pattern: 'noise', gop: 15, duration: 300 })
  await using input = await startRtmpServer({ kind: 'serve-file', file })
  await using stays = await startRtmpServer({ kind: 'accept-publish' })
  await using comes = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const config = { inputs: [{ name: 'camera', url: input.url() }], targets: { stays: { url: stays.url() } } }
  const both = { ...config, targets: { ...config.targets, comes: { url: comes.url() } } }
  assert.is(await channel.configure(config), null)
  const { tags } = await stays.connection(0, it => it.tags.length > 30)
  for (let round = 0; round < ROUNDS; round++) {
    assert.is(await channel.configure(both), null)
    await channel.until(() => channel.target('comes')?.phase === 'live', 'the target that comes')
    await comes.connection(round, it => it.tags.some(isMedia))
    assert.is(await channel.configure(config), null)
    await channel.until(({ targets }) => targets.length === 1, 'the target that stays alone')
  }
  const total = tags.length
  await until(() => tags.length > total + 30)
  assert.is(stays.connections.length, 1)
  assert.is(channel.target('stays')!.dropped, 0)
  const source = parseFlv(readFileSync(file)).filter(isMedia)
  for (const kind of ['video', 'audio'] as const) {
    const sent = source.filter(({ type }) => type === kind).map(payload)
    const got = tags.filter(tag => tag.type === kind && isMedia(tag)).map(payload)
    const from = sent.indexOf(got[0]!)
    assert.ok(from >= 0 && got.length > 100, `${got.length} packets of ${kind}`)
    got.forEach((packet, i) => assert.ok(packet === sent[from + i], `${kind}: packet ${i} of ${got.length}`))
  }
})

test('the second input takes over; an operator switches; a target is stopped and started', async () => {
  const files = await Promise.all(
    ['testsrc2', 'smptebars'].map(pattern =>
      makeFile(tempFile(`${pattern}.flv`), { size: '320x180', pattern, gop: 30, duration: 10 }),
    ),
  )
  const [first, second] = files.map(file => ({ kind: 'serve-file', file, loop: true }) as const)
  await using one = await startRtmpServer(first!)
  await using two = await startRtmpServer(second!)
  await using output = await startRtmpServer({ kind: 'accept-publish' })
  await using channel = await ChannelPeer.start()
  const config = {
    inputs: [
      { name: 'main', url: one.url() },
      { name: 'backup', url: two.url() },
    ],
    holdBack: '1s',
    targets: { out: { url: output.url() } },
  }
  assert.is(await channel.configure(config), null)
  const onAir = (name: string): Promise<unknown> =>
    channel.until(({ inputs }) => inputs.some(it => it.name === name && it.onAir), `${name} on air`)
  await onAir('main')
  await channel.until(({ inputs, phase }) => phase === 'live' && inputs.every(it => it.phase === 'live'), 'both inputs')
  one.behave({ kind: 'play-then-nothing' })
  one.cut('rst')
  await onAir('backup')
  await channel.until(({ phase }) => phase === 'live', 'the channel on its backup')
  assert.is((await channel.ask({ type: 'switch', input: 'main' }))?.code, 'ERR_NOT_RUNNING')
  one.behave(first!)
  one.cut('rst')
  await onAir('main')
  await channel.until(({ inputs }) => inputs.every(it => it.phase === 'live'), 'both inputs again')
  assert.is(await channel.ask({ type: 'switch', input: 'backup' }), null)
  await onAir('backup')
  const samples = channel.of('sample').length
  await until(() => channel.of('sample').length > samples + 4)
  assert.ok(channel.status!.inputs[1]!.onAir, 'the choice holds')
  assert.ok(channel.of('event').filter(({ event }) => event.type === 'switch').length >= 4)

  assert.is(await channel.ask({ type: 'target-stop', target: 'out' }), null)
  await channel.until(({ targets }) => targets[0]!.phase === 'stopped' && !targets[0]!.enabled, 'the stopped target')
  await until(() => output.connections[0]!.goodbye)
  assert.is(await channel.ask({ type: 'target-start', target: 'out' }), null)
  await channel.until(({ targets, phase }) => targets[0]!.phase === 'live' && phase === 'live', 'the target again')
  await output.connection(1, it => it.tags.some(isMedia))
})

test.run()
