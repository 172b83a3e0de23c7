// suite: deep
// lane: processor
// deadline: 1500
import * as assert from 'uvu/assert'
import { Output, type OutputOptions } from '../../../src/index'
import { solid } from '../../support/media/picture'
import { startNarrowLink } from '../../support/peers/narrow-link'
import { startNginx } from '../../support/peers/nginx'
import { startRtmpServer, type Connection } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { openFiles, usage } from '../../support/usage'
import { sleep, until } from '../../support/until'
import { BITRATE, onAir } from '../lib/adaptive-air'
import { codeOf } from '../lib/served'
import { assertConstantRate, assertGapless, pictures, tagsOf } from '../lib/sent'

// What happens to one group, or to one target of it, is nothing to the others.
const test = suite('encodes: isolation', { timeout: 150_000 })

const [width, height, fps] = [640, 360, 25]
const OPTIONS: OutputOptions = {
  width,
  height,
  fps,
  bitrate: '500k',
  keyframeInterval: 1,
  connectTimeout: 20_000,
  stallTimeout: 3000,
  // A machine that stands still costs no group a picture.
  bufferSize: 100,
}
const GREY = solid(width, height, [90, 90, 90])

/** Whoever watched it saw a constant rate, and heard sound from end to end. */
function assertUndisturbed(connection: Connection, least: number): void {
  const { video, audio } = tagsOf(connection)
  assert.ok(video.length >= least, `${video.length} pictures`)
  assertConstantRate(video, fps)
  assertGapless(audio, 44100)
  assert.is(connection.open, true)
}

for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
  test(`the server of one group gets ${signal}: the other goes on, and the target comes back`, async () => {
    await using nginx = await startNginx()
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    // What waits for a frozen server is soon more than the buffers on the way.
    const small = { url: nginx.url('small'), width: 320, height: 180, bitrate: '20M', rateControl: 'cbr' } as const
    await using output = new Output([server.url(), small], {
      ...OPTIONS,
      reconnect: { initialDelay: 100, maxDelay: 500 },
    })
    await output.start()
    await until(() => output.targets.every(({ state }) => state.phase === 'live'))
    await output.writeFrame(GREY)
    const good = await server.connection(0)
    await pictures(good, 25)
    nginx.kill(signal)
    const [, target] = output.targets
    await until(() => target!.state.phase !== 'live', { timeout: 30_000, what: () => target!.state.phase })
    const so = tagsOf(good).video.length
    await pictures(good, so + 50)
    if (signal === 'SIGSTOP') nginx.kill('SIGCONT')
    else await nginx.restart()
    await until(() => target!.state.phase === 'live', { timeout: 60_000, what: () => JSON.stringify(target!.state) })
    await pictures(good, tagsOf(good).video.length + 25)
    assertUndisturbed(good, so + 75)
    assert.is(output.stats().groups[0]!.dropped, 0)
  })
}

test('an encoder that is too slow loses pictures of its own; the clock and the other group do not notice', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const slow = { url: server.url('slow'), width: 1920, height: 1080, vcodec: 'libx265', preset: 'slower' } as const
  await using output = new Output([server.url('good'), slow], OPTIONS)
  await output.start()
  await until(() => server.connections.some(({ stream }) => stream === 'good'))
  const good = server.connections.find(({ stream }) => stream === 'good')!
  let over = false
  const writing = (async () => {
    for (let i = 0; !over; i++) await output.writeFrame(Uint8Array.from(GREY, (_, at) => (at * (i % 7)) & 255))
  })()
  const group = () => output.stats().groups.find(({ id }) => id === 'group-1')!
  await until(() => group().dropped > 30, { timeout: 60_000, what: () => JSON.stringify(output.stats()) })
  await pictures(good, 75)
  over = true
  await writing
  assertUndisturbed(good, 75)
  assert.is(output.stats().groups[0]!.dropped, 0)
  assert.ok(group().packets < output.stats().groups[0]!.packets)
})

test('the bitrate of a group follows the networks of its own targets', async () => {
  await using nginx = await startNginx()
  await using link = await startNarrowLink(nginx.port, 12e6)
  const narrow = { url: `rtmp://127.0.0.1:${link.port}/live/narrow`, width: 320, bitrate: '1M' }
  await using air = await onAir(nginx, [nginx.url('wide'), narrow], 'wide', {})
  const bitrates = () => air.output.stats().groups.map(({ bitrate }) => bitrate)
  await until(() => bitrates().join() === `${BITRATE},1000000`, { timeout: 40_000, what: () => bitrates().join() })
  link.limit(500_000)
  const what = () => JSON.stringify(air.output.stats().groups)
  await until(() => bitrates()[0] === BITRATE && bitrates()[1]! < 600_000, { timeout: 60_000, what })
  assert.is(air.output.stats().bitrate, BITRATE)
})

test('an encoder that is not there is the end of its targets alone, at the start and on air', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const missing = { url: server.url('missing'), vcodec: 'h264_nvenc' } as const
  await using output = new Output([server.url('good'), missing], OPTIONS)
  await output.start()
  const [one, other] = output.targets
  await until(() => other!.state.phase === 'failed', { timeout: 30_000 })
  assert.match(other!.state.reason!, /^ERR_(ENCODE|MISSING_PLUGIN)$/)
  assert.is(one!.state.phase, 'live')
  await output.removeTarget(missing.url)
  output.addTarget({ ...missing, width: 320 })
  await until(() => output.targets[1]!.state.phase === 'failed', { timeout: 30_000 })
  assert.equal(
    output.info!.groups.map(({ id }) => id),
    ['default'],
  )
  const good = await server.connection(0)
  await pictures(good, 50)
  assertUndisturbed(good, 50)
  await output.writeFrame(GREY)
})

test('where no group can be built, start() rejects with the reason', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const targets = [320, 160].map(side => ({ url: server.url(`m${side}`), width: side, vcodec: 'h264_nvenc' }) as const)
  const output = new Output(targets, OPTIONS)
  assert.match((await codeOf(output.start()))!, /^ERR_(ENCODE|MISSING_PLUGIN)$/)
  await output.stop()
})

test('the last target of a group takes the encoder with it, also of the default one', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const small = { url: server.url('small'), width: 320 }
  await using output = new Output([server.url('large'), small], OPTIONS)
  const ids = () => output.info!.groups.map(({ id }) => id)
  await output.start()
  await output.removeTarget(server.url('large'))
  assert.equal(ids(), ['group-1'])
  await until(() => output.targets[0]!.state.phase === 'live')
  await output.writeFrame(GREY)
  output.addTarget(server.url('again'))
  assert.equal(ids(), ['group-1', 'default'])
  await until(() => output.targets.every(({ state }) => state.phase === 'live'))
  // Counters of encoders that stop are neither forgotten nor counted twice.
  const counted: number[] = []
  const timer = setInterval(() => counted.push(output.stats().packets), 1)
  await output.removeTarget(small)
  clearInterval(timer)
  counted.forEach((packets, i) => assert.ok(i === 0 || packets >= counted[i - 1]!, counted.join()))
  await output.removeTarget(server.url('again'))
  // As ever: a program may write where nobody watches.
  assert.equal(ids(), ['default'])
  for (let i = 0; i < 30; i++) await output.writeFrame(GREY)
  output.addTarget({ ...small, url: server.url('late') })
  await until(() => output.targets[0]!.state.phase === 'live')
  await until(() => ids().join() === 'group-1', { what: () => ids().join() })
  await output.writeFrame(GREY)
})

test(
  'a hundred groups come and go: threads, descriptors and memory stay',
  async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    await using output = new Output(server.url('always'), { ...OPTIONS, width: 160, height: 90 })
    await output.start()
    await output.writeFrame(solid(160, 90, [90, 90, 90]))
    const cycle = async (i: number): Promise<void> => {
      const target = { url: server.url(`t${i}`), width: 80 + 2 * (i % 4), audioBitrate: i % 2 ? '64k' : '96k' }
      output.addTarget(target)
      await until(() => output.targets[1]!.state.phase === 'live', { what: () => JSON.stringify(output.targets) })
      await output.removeTarget(target)
    }
    for (let i = 0; i < 10; i++) await cycle(i)
    await sleep(3000)
    const warm = usage()
    for (let i = 10; i < 110; i++) await cycle(i)
    const back = () => usage().threads <= warm.threads + 4 && usage().fds <= warm.fds + 4
    const what = () => `${JSON.stringify(warm)} again; it is ${JSON.stringify(usage())}\n${openFiles().join('\n')}`
    await until(back, { timeout: 30_000, interval: 200, what })
    const grown = usage().rss - warm.rss
    assert.ok(grown < 40e6, `${Math.round(grown / 1e6)} MB more than before`)
    assert.equal(
      output.info!.groups.map(({ id }) => id),
      ['default'],
    )
    const good = await server.connection(0)
    assertUndisturbed(good, 100)
  },
  { timeout: 400_000 },
)

test.run()
