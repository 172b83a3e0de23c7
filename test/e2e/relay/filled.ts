import * as assert from 'uvu/assert'
import { Relay, type RelayOptions } from '../../../src/index'
import { flashFile, pairs, worstOffset } from '../../chaos/flash-beep'
import { fileOf, isPicture, watch, type Viewer } from '../../chaos/viewer'
import { exec } from '../../support/child'
import { publishFile, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { startRtmpServer, tagInfo, type ReceivedTag } from '../../support/peers/rtmp-server'
import { sleep, until } from '../../support/until'

/** What a viewer may wait for a picture, and by how much sound may be beside its picture, ms. */
const [MOST_WAIT_MS, MOST_OFFSET_MS] = [500, 40]
const TICK_MS = 10

/** A flash with its beep every second, and a keyframe with it. */
export const flashes = (seconds = 16): Promise<string> => flashFile({ size: '320x180', seconds })

/** One place from which a relay plays. */
export interface Place {
  readonly server: Nginx
  readonly publisher: Publisher
  /** Where there is none that runs. */
  publish(): Promise<void>
}

/** Servers with a stream, a relay that plays from all of them, a viewer, and a server that notes each packet. */
export interface Stage extends AsyncDisposable {
  readonly places: readonly Place[]
  readonly relay: Relay
  readonly viewer: Viewer
  readonly tags: readonly ReceivedTag[]
  /** How long this process stood still between two moments, ms. */
  stoodStill(from: number, to: number): number
  /** Waits until an input is on air, and for so long after that. */
  settled(ms: number): Promise<void>
}

export async function startStage(file: string, options: RelayOptions, inputs = 1): Promise<Stage> {
  const opened: AsyncDisposable[] = []
  const close = async (): Promise<void> => {
    for (const one of opened.reverse()) await one[Symbol.asyncDispose]()
  }
  const open = async <T extends AsyncDisposable>(promise: Promise<T>): Promise<T> => {
    const one = await promise
    opened.push(one)
    return one
  }
  try {
    const [places, to, raw] = await Promise.all([
      Promise.all(Array.from({ length: inputs }, () => startPlace(file, open))),
      open(startNginx()),
      open(startRtmpServer({ kind: 'accept-publish' })),
    ])
    const relay = new Relay(
      places.map(({ server }) => server.url('in')),
      [to.url('out'), raw.url()],
      { connectTimeout: 20_000, stallTimeout: 4000, reconnect: { initialDelay: 100, maxDelay: 300 }, ...options },
    )
    opened.push(relay)
    await relay.start()
    const { tags } = await raw.connection(0, it => it.tags.length > 10)
    await to.published('out')
    const viewer = await open(watch(to.url('out')))
    const stills: [at: number, ms: number][] = []
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      if (now - last > 2 * TICK_MS) stills.push([now, now - last - TICK_MS])
      last = now
    }, TICK_MS)
    opened.push({ [Symbol.asyncDispose]: async () => clearInterval(timer) })
    return {
      places,
      relay,
      viewer,
      tags,
      stoodStill: (from, to) => stills.reduce((sum, [at, ms]) => sum + (at > from && at - ms < to ? ms : 0), 0),
      async settled(ms) {
        await until(() => relay.inputs.some(({ onAir }) => onAir) && relay.stats().filling === null, {
          what: () => `an input to be on air: ${JSON.stringify(relay)}`,
          timeout: 40_000,
        })
        await sleep(ms)
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function startPlace(file: string, open: <T extends AsyncDisposable>(one: Promise<T>) => Promise<T>) {
  const server = await open(startNginx())
  let publisher = await open(publishFile(server.url('in'), file, { loop: true }))
  await server.published('in')
  return {
    server,
    get publisher() {
      return publisher
    },
    async publish() {
      if (publisher.running) return
      publisher = await open(publishFile(server.url('in'), file, { loop: true }))
    },
  }
}

/** Asserts what a viewer asks of a stream that never ends, since a moment, over so many returns of an input. */
export async function assertWatchable(stage: Stage, since: number, returns: readonly number[]): Promise<void> {
  const { relay, viewer, tags } = stage
  assert.ok(viewer.running, `the viewer was thrown out\n${viewer.complaints()}`)
  const { reconnects, droppedNetwork } = relay.stats()
  assert.equal([reconnects, droppedNetwork], [0, 0], 'reconnects, packets dropped')
  const waits: string[] = []
  for (const [who, all] of Object.entries({ viewer: viewer.tags, server: tags })) {
    waits.push(`the ${who} ${longestWait(stage, who, all, since).toFixed(0)} ms`)
    assertTimes(who, all)
  }
  const [, found] = await Promise.all([assertDecodes(viewer.tags), pairs(tags)])
  const worst = worstOffset(found)
  assert.ok(worst <= MOST_OFFSET_MS, `sound ${worst} ms beside its picture`)
  console.log(`  the longest wait for a picture: ${waits.join(', ')}; the worst offset: ${worst.toFixed(0)} ms`)
  returns.forEach((at, i) => {
    const next = returns[i + 1] ?? Infinity
    assert.ok(
      found.some(({ arrival }) => arrival > at && arrival < next),
      `a flash and its beep behind return ${i}`,
    )
  })
}

/** Without the time for which this process stood still. */
function longestWait(stage: Stage, who: string, tags: readonly ReceivedTag[], since: number): number {
  let [last, longest] = [since, 0]
  for (const { arrival } of tags.filter(tag => tag.arrival >= since && isPicture(tag))) {
    const wait = arrival - last - stage.stoodStill(last, arrival)
    assert.ok(wait <= MOST_WAIT_MS, `the ${who} waited ${wait.toFixed(0)} ms for a picture`)
    longest = Math.max(longest, wait)
    last = arrival
  }
  return longest
}

function assertTimes(who: string, tags: readonly ReceivedTag[]): void {
  for (const kind of ['video', 'audio'] as const) {
    let last = -1
    for (const { timestamp } of tags.filter(tag => tag.type === kind && !tagInfo(tag).header)) {
      assert.ok(timestamp >= last, `${who}: ${kind} at ${timestamp} ms behind ${last} ms`)
      assert.ok(last < 0 || timestamp - last <= MOST_WAIT_MS, `${who}: no ${kind} from ${last} to ${timestamp} ms`)
      last = timestamp
    }
  }
}

async function assertDecodes(tags: readonly ReceivedTag[]): Promise<void> {
  // Each picture at its own time: at the rate that ffmpeg takes for the stream's, several would have one.
  const own = ['-fps_mode', 'passthrough', '-enc_time_base', '1:1000']
  const args = ['-v', 'error', '-nostdin', '-i', fileOf(tags), ...own, '-f', 'null', '-']
  const { stderr } = await exec('ffmpeg', args, { timeout: 120_000 })
  assert.is(stderr.toString(), '', 'what ffmpeg says of the stream')
}
