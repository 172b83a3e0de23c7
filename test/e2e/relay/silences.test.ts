// suite: deep
import * as assert from 'uvu/assert'
import { Relay, type RelayOptions } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, tagInfo, type ReceivedTag, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'

const test = suite('relay: inputs that fall silent and go on', { timeout: 120_000 })

/** First byte of a picture in H.264 that is no keyframe. */
const DELTA = 0x27
const [ROUNDS, MOST_AHEAD_MS] = [3, 500]

/** Two inputs without any further keyframe, whose packets come only while they flow, and then all that have waited. */
interface Stage extends AsyncDisposable {
  readonly relay: Relay
  readonly flows: [boolean, boolean]
  readonly tags: readonly ReceivedTag[]
  /** Resolves when this input is on air, and the relay has looked at it since. */
  onAir(which: 0 | 1): Promise<void>
  /** Resolves when a fill goes on while nothing comes. */
  silent(): Promise<void>
  /** Asserts that no input has begun anew. */
  assertSame(): void
}

async function startStage(options: RelayOptions): Promise<Stage> {
  // Of so few pictures a second that a relay keeps all of them.
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', fps: 10, gop: 10, duration: 115 })
  const flows: [boolean, boolean] = [true, true]
  let keyframes = true
  const servers: RtmpServer[] = []
  for (const which of [0, 1] as const) {
    const server = await startRtmpServer({
      kind: 'serve-file',
      file,
      before: it => until(() => flows[which] || !it.open, { timeout: 120_000 }).then(() => {}),
      edit(tag) {
        if (keyframes || tag.type !== 'video' || !tagInfo(tag).keyframe) return [tag]
        const data = Buffer.from(tag.data)
        data[0] = DELTA
        return [{ ...tag, data }]
      },
    })
    servers.push(server)
  }
  const output = await startRtmpServer({ kind: 'accept-publish' })
  const urls = servers.map(server => server.url())
  const relay = new Relay(urls, output.url(), { connectTimeout: 20_000, stallTimeout: 90_000, ...options })
  const close = async (): Promise<void> => {
    await relay.stop()
    await Promise.all([...servers, output].map(server => server.stop()))
  }
  const what = (): string => `${JSON.stringify(relay)} ${JSON.stringify(relay.stats())}`
  try {
    await relay.start()
    await until(() => relay.inputs.every(({ state }) => state.phase === 'live'), { what })
    // Targets begin at a keyframe.
    const { tags } = await output.connection(0, it => it.tags.length > 10)
    keyframes = false
    return {
      relay,
      flows,
      tags,
      async onAir(which) {
        await until(() => relay.inputs[which]!.onAir, { what })
        const { packets } = relay.stats()
        await until(() => relay.stats().packets > packets + 5, { what })
      },
      async silent() {
        let [bytes, from] = [-1, 0]
        // The thread that reads the inputs gives these pictures: what was on its way has come.
        await until(
          () => {
            const { inBytes, repeated, filling } = relay.stats()
            if (inBytes !== bytes || filling === null) [bytes, from] = [inBytes, repeated]
            return repeated >= from + 3
          },
          { what },
        )
      },
      assertSame() {
        const connections = servers.map(server => server.connections.length)
        assert.equal(connections, [1, 1], what())
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

for (const fill of ['none', 'repeat'] as const) {
  test(`in turn, with fill ${fill}: each takes the other’s place in the middle of its group`, async () => {
    await using stage = await startStage({ fill })
    const { flows } = stage
    for (const lost of [0, 1, 0, 1] as const) {
      flows[lost] = false
      await stage.onAir(lost ? 0 : 1)
      flows[lost] = true
    }
    stage.assertSame()
  })
}

for (const [which, name] of ['the preferred one', 'the standby'].entries()) {
  test(`both at once: ${name} goes on first, ends the fill, and waits for no keyframe`, async () => {
    await using stage = await startStage({ fill: 'repeat' })
    stage.flows.fill(false)
    await stage.silent()
    stage.flows[which] = true
    await until(() => stage.relay.stats().filling === null, { what: () => JSON.stringify(stage.relay.stats()) })
    assert.equal([stage.relay.inputs[which]!.onAir, stage.relay.inputs[1 - which]!.onAir], [true, false])
    stage.assertSame()
  })
}

test(`${ROUNDS} silences whose packets come late: the stream does not fall behind them`, async () => {
  await using stage = await startStage({ fill: 'repeat' })
  const { relay, tags, flows } = stage
  /** By how much the next packets are ahead of their arrival, ms since any time. */
  const ahead = async (): Promise<number> => {
    const from = tags.length
    await until(() => tags.length > from + 60, { what: 'packets' })
    const media = tags.slice(from).filter(({ type }) => type !== 'script')
    return Math.max(...media.map(({ timestamp, arrival }) => timestamp - arrival))
  }
  const places = [await ahead()]
  for (let round = 0; round < ROUNDS; round++) {
    flows.fill(false)
    await stage.silent()
    flows.fill(true)
    await until(() => relay.stats().filling === null, { what: () => JSON.stringify(relay.stats()) })
    places.push(await ahead())
  }
  const steps = places.slice(1).map((place, i) => Math.round(place - places[i]!))
  // A silence is longer. On a machine that stands still while the late packets come, they seem to be at their end.
  assert.ok(Math.min(...steps) < MOST_AHEAD_MS, `further ahead with each silence: ${steps.join()} ms`)
  stage.assertSame()
})

test.run()
