// suite: deep
// deadline: 600
import * as assert from 'uvu/assert'
import { Relay } from '../../../src/index'
import { calmly } from '../../support/calm'
import { makeFile, publishFile, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { startTcpProxy } from '../../support/peers/tcp-proxy'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { assertGoesOn, view } from './packets'

const test = suite('relay: several inputs', { timeout: 250_000 })

const OPTIONS = {
  connectTimeout: 20_000,
  holdBack: 1500,
  reconnect: { initialDelay: 200, maxDelay: 400 },
} as const
/** Half a second in calm (test/e2e/relay/switches.test.ts counts it): here on a machine that stands still, too. */
const LONGEST_WAIT_MS = 2000

/** Two servers with the same programme, a keyframe every two seconds. */
async function programme(servers: readonly Nginx[]): Promise<Publisher[]> {
  const file = await makeFile(tempFile('programme.flv'), { size: '320x180', gop: 60, duration: 40 })
  const publishers = await Promise.all(servers.map(server => publishFile(server.url('in'), file, { loop: true })))
  await Promise.all(servers.map(server => server.published('in')))
  return publishers
}

test('one input’s loss is another’s cut: at once, in the middle of a group, and back after holdBack', () =>
  calmly(async () => {
    await using one = await startNginx()
    await using two = await startNginx()
    await using to = await startNginx()
    await programme([one, two])
    await using relay = new Relay([one.url('in'), two.url('in')], to.url('out'), OPTIONS)
    await relay.start()
    await until(() => relay.inputs.every(({ state }) => state.phase === 'live') && relay.inputs[0]!.onAir, {
      what: () => JSON.stringify(relay.inputs.map(one => [one.state, one.onAir, one.stats()])),
    })
    await to.published('out')
    await using viewer = view(to.url('out'))
    await until(() => viewer.packets().length > 60, { what: () => viewer.errors() })
    // In the middle of a group, so that the next keyframe is a second away.
    await sleep(700)
    // Which of them came first is a matter of chance.
    const { switches } = relay.stats()
    one.kill()
    await until(() => relay.inputs[1]!.onAir, { what: 'the second input to be on air' })
    await until(() => relay.stats().switches === switches + 1, { what: 'the switch to be counted' })
    const before = viewer.packets().length
    await until(() => viewer.packets().length > before + 100)
    assert.equal([relay.onAir, relay.targets[0]!.state.phase, relay.targets[0]!.stats().reconnects], [true, 'live', 0])
    await one.restart()
    await programme([one])
    await until(() => relay.inputs[0]!.state.phase === 'live', { what: 'the first input to be back' })
    const back = performance.now()
    await until(() => relay.inputs[0]!.onAir, { what: 'the first input to be on air again' })
    const held = performance.now() - back
    // The addon counts from the keyframe on; this process may hear of it late.
    assert.ok(held > OPTIONS.holdBack / 3, `held back for ${held} ms`)
    const then = viewer.packets().length
    await until(() => viewer.packets().length > then + 60)
    assert.ok(relay.stats().switches >= switches + 2)
    assert.ok(viewer.running)
    for (const kind of ['video', 'audio'] as const) {
      const longest = assertGoesOn(viewer.packets(), kind)
      assert.ok(longest < LONGEST_WAIT_MS, `${longest} ms without ${kind}`)
    }
  }))

test('an input that falls silent is left within half a second, before anybody calls it a stall', () =>
  calmly(async () => {
    await using one = await startNginx()
    await using two = await startNginx()
    await using to = await startNginx()
    await using link = await startTcpProxy(one.port)
    await programme([one, two])
    await using relay = new Relay([link.url('in'), two.url('in')], to.url('out'), OPTIONS)
    await relay.start()
    await until(() => relay.inputs.every(({ state }) => state.phase === 'live') && relay.inputs[0]!.onAir, {
      what: () => JSON.stringify(relay.inputs.map(one => [one.state, one.onAir, one.stats()])),
    })
    await to.published('out')
    await using viewer = view(to.url('out'))
    await until(() => viewer.packets().length > 60, { what: () => viewer.errors() })
    await sleep(500)
    link.freeze()
    await until(() => relay.inputs[1]!.onAir, { what: 'the second input to be on air' })
    assert.is(relay.inputs[0]!.state.phase, 'live')
    const before = viewer.packets().length
    await until(() => viewer.packets().length > before + 100)
    const longest = assertGoesOn(viewer.packets(), 'video')
    assert.ok(longest < LONGEST_WAIT_MS, `${longest} ms without a picture`)
    assertGoesOn(viewer.packets(), 'audio')
  }))

test('an input that is not there at the start comes when it can', async () => {
  await using one = await startNginx()
  await using two = await startNginx()
  await using to = await startNginx()
  two.kill()
  await programme([one])
  await using relay = new Relay([two.url('in'), one.url('in')], to.url('out'), OPTIONS)
  await relay.start()
  assert.is(relay.inputs[1]!.onAir, true)
  await until(() => relay.inputs[0]!.state.phase === 'reconnecting')
  await two.restart()
  await programme([two])
  await until(() => relay.inputs[0]!.onAir, { what: 'the preferred input to be on air' })
  assert.equal([relay.state.phase, relay.inputs[1]!.state.phase], ['live', 'live'])
})

test.run()
