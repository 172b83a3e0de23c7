// suite: deep
import * as assert from 'uvu/assert'
import { Relay } from '../../../src/index'
import { makeFile, publish } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { startTcpProxy } from '../../support/peers/tcp-proxy'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { timed } from '../lib/timed'
import { assertGoesOn, view } from './packets'

const test = suite('relay: slow and frozen peers', { timeout: 120_000 })

const OPTIONS = { connectTimeout: 20_000, stallTimeout: 3000, reconnect: { initialDelay: 200, maxDelay: 400 } } as const

const isPicture = ({ type, data }: FlvTag): boolean => type === 'video' && data[1] === 1
const isKey = ({ data }: FlvTag): boolean => data[0] === 0x17

test('a slow target loses pictures up to a keyframe, counted, and disturbs nobody', async () => {
  // Some 100 kB/s, of which one target takes 40.
  const file = await makeFile(tempFile('in.flv'), {
    size: '320x180',
    pattern: 'noise',
    bitrate: '800k',
    gop: 10,
    duration: 5,
  })
  await using input = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using slow = await startRtmpServer({ kind: 'accept-publish', rate: 40_000 })
  await using nginx = await startNginx()
  await using relay = new Relay(input.url(), [slow.url(), nginx.url('good')], OPTIONS)
  await relay.start()
  const [bad, good] = relay.targets
  await nginx.published('good')
  await using viewer = view(nginx.url('good'))
  await until(() => bad!.stats().dropped > 100, { timeout: 60_000, what: () => JSON.stringify(bad!.stats()) })
  const { queueMs } = bad!.stats()
  assert.ok(queueMs > 500 && queueMs < 3500, `${queueMs} ms wait`)
  assert.equal([good!.stats().dropped, good!.stats().reconnects, good!.state.phase], [0, 0, 'live'])
  assert.ok(relay.stats().droppedNetwork >= bad!.stats().dropped)
  // Behind each hole a keyframe comes.
  const pictures = slow.connections[0]!.tags.filter(isPicture)
  for (let i = 1; i < pictures.length; i++) {
    if (pictures[i]!.timestamp - pictures[i - 1]!.timestamp < 60) continue
    assert.ok(isKey(pictures[i]!), `picture ${i} behind a hole`)
  }
  assert.ok(pictures.length > 20, `${pictures.length} pictures`)
  assertGoesOn(viewer.packets(), 'video')
})

test('stop() ends within 5 s while servers and sources are frozen', async () => {
  await using from = await startNginx()
  await using to = await startNginx()
  await using source = await publish(from.url('in'), { size: '160x90', gop: 10 })
  await from.published('in')
  for (const frozen of [to, from]) {
    const relay = new Relay(from.url('in'), [to.url('out'), from.url('beside')], OPTIONS)
    await relay.start()
    await until(() => relay.targets.every(({ state }) => state.phase === 'live'))
    frozen.kill('SIGSTOP')
    await sleep(1000)
    const took = await timed(() => relay.stop())
    assert.ok(took < 5000, `${took} ms`)
    assert.is(relay.state.phase, 'stopped')
    frozen.kill('SIGCONT')
    await from.published('in')
    await sleep(500)
  }
  assert.ok(source.running)
})

test('a target that takes nothing more is a stall, and connects again; so is an input that gives nothing', async () => {
  await using from = await startNginx()
  await using to = await startNginx()
  await using link = await startTcpProxy(to.port)
  await using wire = await startTcpProxy(from.port)
  await using source = await publish(from.url('in'), { size: '320x180', pattern: 'noise', bitrate: '4M', gop: 10 })
  await from.published('in')
  await using relay = new Relay(wire.url('in'), link.url('out'), OPTIONS)
  const seen: (string | null)[] = []
  relay.targets[0]!.state$.subscribe(({ phase, reason }) => void seen.push(phase, reason))
  await relay.start()
  link.freeze()
  await until(() => seen.includes('ERR_STALLED'), { what: () => seen.join(' '), timeout: 40_000 })
  link.thaw()
  await until(() => relay.targets[0]!.stats().reconnects === 1 && relay.targets[0]!.state.phase === 'live')
  wire.freeze()
  await until(() => relay.inputs[0]!.state.phase === 'stalled', { what: 'the stall' })
  assert.is(relay.inputs[0]!.state.reason, 'ERR_STALLED')
  wire.thaw()
  await until(() => relay.inputs[0]!.state.phase === 'live', { what: 'the input to be live' })
  await until(() => relay.onAir)
  assert.ok(source.running)
})

test.run()
