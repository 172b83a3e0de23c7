// suite: deep
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { Relay } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { calmly } from '../../support/calm'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'

const test = suite('relay: a switch of inputs', { timeout: 250_000 })

const ROUNDS = 20
/** What a viewer waits at a cut; a machine that stands still makes one of them longer. */
const [USUAL_WAIT_MS, LONGEST_WAIT_MS] = [500, 3000]
const MOST_OFFSET_MS = 40

const isMedia = ({ type, data }: FlvTag): boolean => type !== 'script' && data[1] === 1

test(`${ROUNDS} inputs lost in turn: a viewer waits half a second at most, with sound at its picture`, () =>
  calmly(async () => {
    const file = await makeFile(tempFile('in.flv'), { size: '320x180', pattern: 'noise', gop: 60, duration: 12 })
    // Where each packet lies in the source; what comes twice tells nothing.
    const places = new Map<string, number | null>()
    for (const tag of parseFlv(readFileSync(file)).filter(isMedia)) {
      const mark = tag.data.toString('latin1')
      places.set(mark, places.has(mark) ? null : tag.timestamp)
    }
    const serve = { kind: 'serve-file', file, loop: true } as const
    await using one = await startRtmpServer(serve)
    await using two = await startRtmpServer(serve)
    await using output = await startRtmpServer({ kind: 'accept-publish' })
    await using relay = new Relay([one.url(), two.url()], output.url(), {
      connectTimeout: 20_000,
      holdBack: 0,
      reconnect: { initialDelay: 100, maxDelay: 200 },
    })
    await relay.start()
    const { tags } = await output.connection(0, it => it.tags.length > 30)
    for (let round = 0; round < ROUNDS; round++) {
      await until(() => relay.inputs.every(({ state }) => state.phase === 'live'), { what: 'both inputs' })
      // At any place of a group of two seconds.
      await sleep(300 + ((round * 370) % 900))
      const onAir = relay.inputs.findIndex(input => input.onAir)
      ;[one, two][onAir]!.cut(round % 2 ? 'rst' : 'fin')
      await until(() => relay.inputs[1 - onAir]!.onAir || relay.inputs[onAir]!.state.phase === 'live')
      const before = tags.length
      await until(() => tags.length > before + 20)
    }
    const { reconnects, switches, droppedNetwork } = relay.stats()
    assert.equal([reconnects, droppedNetwork, output.connections.length], [0, 0, 1])
    assert.ok(switches >= ROUNDS - 2, `${switches} switches`)
    await relay.stop()
    const media = tags.filter(isMedia)
    const last = { audio: -1, video: -1, script: -1 }
    const shifts = { audio: null as number | null, video: null as number | null, script: null as number | null }
    let [offset, compared] = [0, 0]
    const waits = { audio: [] as number[], video: [] as number[], script: [] as number[] }
    for (const { type, timestamp, data } of media) {
      if (last[type] >= 0) {
        assert.ok(timestamp >= last[type], `${type}: ${timestamp} behind ${last[type]}`)
        waits[type].push(timestamp - last[type])
      }
      // Pictures that catch up are 1 ms apart: their sound has gone.
      const catchesUp = timestamp - last[type] <= 2
      last[type] = timestamp
      const place = places.get(data.toString('latin1'))
      const shift = place == null || catchesUp ? null : timestamp - place
      const other = type === 'audio' ? 'video' : 'audio'
      // Another input: what is known of the other kind is of the last one.
      if (shift === null || (shifts[type] !== null && Math.abs(shift - shifts[type]) > MOST_OFFSET_MS))
        shifts[other] = null
      shifts[type] = shift
      if (shifts.audio === null || shifts.video === null) continue
      // Each loop of a server is as long as its file.
      const apart = Math.abs(shifts.audio - shifts.video)
      if (apart > 5000) continue
      offset = Math.max(offset, apart)
      compared++
    }
    for (const kind of ['audio', 'video'] as const) {
      const longest = waits[kind].sort((a, b) => b - a).slice(0, ROUNDS)
      assert.ok(longest[0]! < LONGEST_WAIT_MS, `${longest} ms without ${kind}`)
      assert.ok(longest[ROUNDS / 2]! < USUAL_WAIT_MS, `${longest} ms without ${kind}`)
    }
    assert.ok(compared > 200, `${compared} were compared`)
    assert.ok(offset <= MOST_OFFSET_MS, `sound and picture are ${offset} ms apart`)
  }))

test('a switch by hand holds until that input is lost; then the order of preference holds', () =>
  calmly(async () => {
    const file = await makeFile(tempFile('in.flv'), { size: '160x90', gop: 60, duration: 12 })
    const serve = { kind: 'serve-file', file, loop: true } as const
    await using one = await startRtmpServer(serve)
    await using two = await startRtmpServer(serve)
    await using three = await startRtmpServer({ kind: 'play-then-nothing' })
    await using output = await startRtmpServer({ kind: 'accept-publish' })
    await using relay = new Relay([one.url(), two.url(), three.url()], output.url(), {
      holdBack: 0,
      reconnect: { first: true, initialDelay: 100, maxDelay: 200 },
    })
    const onAir = (): number => relay.inputs.findIndex(input => input.onAir)
    await relay.start()
    await until(() => onAir() === 0 && relay.inputs[1]!.state.phase === 'live', { what: 'both inputs' })
    const { tags } = await output.connection(0, it => it.tags.length > 30)
    assert.throws(() => relay.switchTo(2), /not live/)
    assert.throws(() => relay.switchTo(3), /index/)
    // Which of them came first is a matter of chance.
    const { switches } = relay.stats()
    relay.switchTo(1)
    await until(() => onAir() === 1, { what: 'the second input' })
    // Without the choice, the first one would be back at its next keyframe.
    const before = tags.filter(tag => isMedia(tag) && tag.type === 'video').length
    await until(() => tags.filter(tag => isMedia(tag) && tag.type === 'video').length > before + 150)
    assert.is(onAir(), 1)
    assert.is(relay.stats().switches, switches + 1)
    two.cut('rst')
    await until(() => onAir() === 0, { what: 'the first input' })
    await until(() => relay.inputs[1]!.state.phase === 'live', { what: 'the second input again' })
    const later = tags.length
    await until(() => tags.length > later + 100)
    assert.is(onAir(), 0)
    assert.equal(
      [relay.stats().switches - switches, relay.stats().droppedNetwork, output.connections.length],
      [2, 0, 1],
    )
    const times = tags.filter(tag => isMedia(tag) && tag.type === 'video').map(({ timestamp }) => timestamp)
    times.forEach((time, i) => assert.ok(i === 0 || time >= times[i - 1]!, `${time} behind ${times[i - 1]}`))
  }))

test.run()
