// suite: deep
import * as assert from 'uvu/assert'
import { Relay } from '../../../src/index'
import { makeFile, publishFile } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { assertCopy, assertGoesOn, view } from './packets'

const test = suite('relay: reconnects', { timeout: 90_000 })

const OPTIONS = { connectTimeout: 20_000, reconnect: { initialDelay: 200, maxDelay: 400 } } as const
const SOURCE = { size: '320x180', gop: 15, duration: 30 } as const

test('the input dies and comes back: targets stay, viewers stay, and the time goes on', async () => {
  const file = await makeFile(tempFile('source.flv'), SOURCE)
  await using from = await startNginx()
  await using to = await startNginx()
  await using first = await publishFile(from.url('in'), file)
  await from.published('in')
  await using relay = new Relay(from.url('in'), to.url('out'), OPTIONS)
  const phases: string[] = []
  relay.targets[0]!.state$.subscribe(({ phase }) => void phases.push(phase))
  await relay.start()
  await to.published('out')
  await using viewer = view(to.url('out'))
  await until(() => viewer.packets().length > 60, { what: () => viewer.errors() })
  from.kill()
  const killed = performance.now()
  await until(() => relay.inputs[0]!.state.phase === 'reconnecting', { what: 'the loss to be noticed' })
  assert.is(relay.state.phase, 'reconnecting')
  assert.not(relay.onAir)
  await first.exited
  await from.restart()
  // This process may hear late of its end: it lasts for so long at least, and for `outage` at most.
  const least = performance.now() - killed
  await using second = await publishFile(from.url('in'), file)
  await until(() => relay.inputs[0]!.state.phase === 'live', { what: 'the input to come back' })
  const outage = performance.now() - killed
  await using original = view(from.url('in'))
  await until(() => original.packets().length > 30, { what: () => original.errors() })
  const before = viewer.packets().length
  await until(() => viewer.packets().length > before + 120, { what: () => viewer.errors() })
  assert.ok(second.running && viewer.running)
  assert.equal(phases, ['idle', 'connecting', 'live'])
  assert.equal([relay.stats().reconnects, relay.stats().inputReconnects], [0, 1])
  const gap = assertGoesOn(viewer.packets(), 'video')
  assertGoesOn(viewer.packets(), 'audio')
  assert.ok(gap > least - 1500 && gap < outage + 2500, `${gap} ms in the stream for ${outage} ms`)
  const { video, audio } = assertCopy(original.packets(), viewer.packets().slice(before + 40))
  assert.ok(video > 20 && audio > 20, `${video} pictures, ${audio} packets of sound`)
})

test('a target dies and comes back: it begins at a keyframe and at 0, and the other one notices nothing', async () => {
  const file = await makeFile(tempFile('source.flv'), SOURCE)
  await using from = await startNginx()
  await using to = await startNginx()
  await using source = await publishFile(from.url('in'), file, { loop: true })
  await from.published('in')
  await using relay = new Relay(from.url('in'), [from.url('safe'), to.url('out')], OPTIONS)
  const [safe, out] = relay.targets
  const phases: string[] = []
  await relay.start()
  await until(() => relay.targets.every(({ state }) => state.phase === 'live'))
  safe!.state$.subscribe(({ phase }) => void phases.push(phase))
  await using original = view(from.url('in'))
  await using viewer = view(from.url('safe'))
  await until(() => viewer.packets().length > 30 && original.packets().length > 30)
  to.kill()
  await until(() => out!.state.phase === 'reconnecting', { what: 'the loss to be noticed' })
  await to.restart()
  await until(() => out!.state.phase === 'live', { what: 'the target to come back' })
  await to.published('out')
  await using late = view(to.url('out'))
  await until(() => late.packets().length > 60, { what: () => late.errors() })
  assert.equal([out!.stats().reconnects, safe!.stats().reconnects], [1, 0])
  assert.ok(out!.stats().dropped > 0, 'what it lost is counted')
  assert.is(safe!.stats().dropped, 0)
  assert.equal(phases, ['live'])
  assert.ok(source.running && viewer.running)
  assert.ok(late.packets()[0]!.dts < 8000, `it begins anew: ${late.packets()[0]!.dts} ms`)
  for (const copy of [viewer, late]) assert.ok(assertCopy(original.packets(), copy.packets()).video > 10)
})

test('another publisher under the same name: the server stays, and so do targets and times', async () => {
  const file = await makeFile(tempFile('source.flv'), SOURCE)
  await using from = await startNginx()
  await using to = await startNginx()
  await using first = await publishFile(from.url('in'), file)
  await from.published('in')
  await using relay = new Relay(from.url('in'), to.url('out'), OPTIONS)
  await relay.start()
  await to.published('out')
  await using viewer = view(to.url('out'))
  await until(() => viewer.packets().length > 60, { what: () => viewer.errors() })
  const phases: string[] = []
  relay.inputs[0]!.state$.subscribe(({ phase }) => phases.push(phase))
  await first.stop()
  await until(() => phases.at(-1) !== 'live', { what: 'the input to be lost' })
  await sleep(1500)
  // What came just before the end is no sign of life.
  assert.equal(phases.filter(phase => phase === 'live').length, 1, phases.join())
  await using second = await publishFile(from.url('in'), file)
  const before = viewer.packets().length
  await until(() => viewer.packets().length > before + 150, { what: () => JSON.stringify(relay) })
  assert.ok(second.running && viewer.running)
  assert.is(relay.targets[0]!.stats().reconnects, 0)
  for (const kind of ['video', 'audio'] as const) {
    const gap = assertGoesOn(viewer.packets(), kind)
    assert.ok(gap > 200 && gap < 20_000, `${gap} ms`)
  }
})

test.run()
