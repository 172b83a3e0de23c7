// suite: deep
// lane: processor
// deadline: 1800
import * as assert from 'uvu/assert'
import { startNarrowLink } from '../../support/peers/narrow-link'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { BITRATE, holes, onAir, SIZE } from '../lib/adaptive-air'

const test = suite('output: a bitrate that follows the network', { timeout: 600_000 })

let nginx: Nginx
/** Each attempt has a name of its own: nginx may hold the last one for a moment. */
let streams = 0
test.before(async () => void (nginx = await startNginx()))
test.after(async () => nginx.stop())

/** Packets that a link lost which is halved, and pictures that its viewer missed. */
async function lostByHalving(vcodec: 'libx264' | 'libopenh264'): Promise<number> {
  await using link = await startNarrowLink(nginx.port, 4 * BITRATE)
  const name = `s${++streams}`
  await using air = await onAir(nginx, `rtmp://127.0.0.1:${link.port}/live/${name}`, name, { vcodec })
  const { output, seen } = air
  await until(() => seen.length > 4 * SIZE.fps, { timeout: 40_000, what: () => `${seen.length} pictures` })
  await until(() => output.stats().bitrate === BITRATE, {
    timeout: 40_000,
    what: () => `nothing to be in the way: ${output.stats().bitrate}`,
  })

  link.limit(BITRATE / 2)
  await until(() => output.stats().bitrate < 0.6 * BITRATE, {
    timeout: 20_000,
    what: () => `a lower bitrate: ${output.stats().bitrate}, ${output.stats().queueMs} ms wait`,
  })
  await sleep(6000)
  const { bitrate, droppedNetwork, reconnects } = output.stats()
  assert.ok(bitrate < 0.7 * BITRATE, `${bitrate} bit/s`)
  assert.is(reconnects, 0)
  if (droppedNetwork + holes(seen) > 0) return droppedNetwork + holes(seen)
  // How old they become on the way there is for the bench: a machine that is busy is late by itself.
  const recent = () => seen.slice(-SIZE.fps).map(({ age }) => age)
  await until(() => recent().every(age => !(age > 1000)), {
    timeout: 30_000,
    what: () => `young pictures: ${recent().map(Math.round).join(' ')} ms`,
  })

  link.limit(4 * BITRATE)
  // Each jam on a busy machine makes the next step come later.
  await until(() => output.stats().bitrate > bitrate + 0.15 * BITRATE, {
    timeout: 100_000,
    what: () => `a higher bitrate: ${output.stats().bitrate}`,
  })
  return holes(seen)
}

for (const vcodec of ['libx264', 'libopenh264'] as const) {
  test(`${vcodec}: the link is halved: less is sent, none is lost, none waits for long; then more again`, async () => {
    let lost = await lostByHalving(vcodec)
    // On a busy machine the link carries nothing for a while, which no bitrate follows.
    for (let more = 0; more < 3 && lost > 0; more++) lost = await lostByHalving(vcodec)
    assert.is(lost, 0)
  })
}

test('without the option the bitrate stays; pictures that a narrow link does not take are counted', async () => {
  await using link = await startNarrowLink(nginx.port, BITRATE / 3)
  await using air = await onAir(nginx, `rtmp://127.0.0.1:${link.port}/live/constant`, 'constant', {
    adaptiveBitrate: false,
  })
  const { output } = air
  await until(() => output.stats().droppedNetwork > 0, { timeout: 40_000, what: () => JSON.stringify(output.stats()) })
  assert.is(output.stats().bitrate, BITRATE)
})

/** Packets that the slower one of two lost. */
async function lostByTheSlower(): Promise<number> {
  await using link = await startNarrowLink(nginx.port, 4 * BITRATE)
  const [fast, slow] = [`s${++streams}`, `s${++streams}`]
  await using air = await onAir(nginx, [nginx.url(fast), `rtmp://127.0.0.1:${link.port}/live/${slow}`], slow, {})
  const { output, seen } = air
  await until(
    () =>
      seen.length > 2 * SIZE.fps &&
      output.stats().bitrate === BITRATE &&
      output.targets.every(({ state }) => state.phase === 'live'),
    { timeout: 60_000, what: () => `${seen.length} pictures` },
  )
  link.limit(BITRATE / 2)
  await until(() => output.stats().bitrate < 0.6 * BITRATE, {
    timeout: 30_000,
    what: () => `a lower bitrate: ${output.stats().bitrate}`,
  })
  await until(() => output.stats().queueMs < 60, {
    timeout: 30_000,
    what: () => `an empty queue: ${output.stats().queueMs} ms`,
  })
  const lost = output.stats().droppedNetwork
  await output.removeTarget(`rtmp://127.0.0.1:${link.port}/live/${slow}`)
  await until(() => output.stats().bitrate === BITRATE, {
    timeout: 30_000,
    what: () => `the full bitrate: ${output.stats().bitrate}`,
  })
  return lost
}

test('two targets: the slower one decides, whichever place it has', async () => {
  let lost = await lostByTheSlower()
  for (let more = 0; more < 3 && lost > 0; more++) lost = await lostByTheSlower()
  assert.is(lost, 0)
})

test('not below `min`, whatever the link', async () => {
  await using link = await startNarrowLink(nginx.port, 4 * BITRATE)
  await using air = await onAir(nginx, `rtmp://127.0.0.1:${link.port}/live/least`, 'least', {
    adaptiveBitrate: { min: '600k' },
  })
  await until(() => air.seen.length > SIZE.fps, { timeout: 40_000, what: 'pictures' })
  link.limit(400_000)
  await until(() => air.output.stats().bitrate === 600_000, {
    timeout: 20_000,
    what: () => `${air.output.stats().bitrate}`,
  })
  await sleep(3000)
  assert.is(air.output.stats().bitrate, 600_000)
})

test.run()
