import * as assert from 'uvu/assert'
import type { MayConnect, OutputTargetView } from '../../../src/index'
import { startRtmpServer, type Connection } from '../../support/peers/rtmp-server'
import { status } from '../../support/peers/rtmp/fields'
import type { Suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { assertConstantRate, pictures, tagsOf } from './sent'
import { timed } from './timed'

/** A relay or an output that sends, with pictures of this rate. */
export interface GatedStream extends AsyncDisposable {
  readonly targets: readonly OutputTargetView[]
}
export type GatedTarget = string | { url: string; mayConnect: MayConnect }

const HELD = 'ERR_MAY_NOT_CONNECT'
/** Of what must not happen: far longer than the time between two questions, ms. */
const QUIET_MS = 1500

/** The answer of a program, which a test changes. */
export class Answer {
  value: boolean | number
  asked = 0

  constructor(value: boolean | number) {
    this.value = value
  }

  readonly mayConnect = (): boolean | number => {
    this.asked++
    return this.value
  }
}

export const phase = (stream: GatedStream, index: number, wanted: string): Promise<unknown> =>
  until(() => stream.targets[index]!.state.phase === wanted, {
    timeout: 40_000,
    what: () => `target ${index} to be ${wanted}: ${JSON.stringify(stream.targets[index]!.state)}`,
  })

export const held = (stream: GatedStream, index: number): Promise<unknown> =>
  until(() => stream.targets[index]!.state.reason === HELD, {
    timeout: 40_000,
    what: () => `target ${index} to be held: ${JSON.stringify(stream.targets[index]!.state)}`,
  })

/** Some more questions are asked, and nothing comes of them. */
export async function refused(answer: Answer): Promise<void> {
  const { asked } = answer
  await until(() => answer.asked > asked + 3, { what: 'more questions' })
}

/** What holds for every target that is asked, whatever sends to it. */
export function testGate(
  test: Suite,
  fps: number,
  open: (targets: readonly GatedTarget[]) => Promise<GatedStream>,
): void {
  test('closed, no byte reaches the server; what is live goes on, what is lost waits; nobody notices', async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    await using other = await startRtmpServer({ kind: 'accept-publish' })
    const answer = new Answer(false)
    await using stream = await open([other.url(), { url: server.url(), mayConnect: answer.mayConnect }])
    await phase(stream, 0, 'live')
    await refused(answer)
    const { phase: now, reason, attempt, nextRetryAt } = stream.targets[1]!.state
    assert.equal([now, reason, attempt, nextRetryAt], ['connecting', HELD, 1, null])
    assert.is(server.connections.length, 0)

    answer.value = true
    const took = await timed(() => server.connection(0))
    const first = await server.connection(0)
    assert.ok(took < 5000, `${took} ms from the yes to the connection`)
    await phase(stream, 1, 'live')
    answer.value = false
    const { asked } = answer
    await pictures(first, 2 * fps)
    await sleep(QUIET_MS)
    assert.equal([answer.asked, first.open, server.connections.length], [asked, true, 1])

    server.cut('fin')
    await held(stream, 1)
    assert.is(stream.targets[1]!.state.phase, 'reconnecting')
    await refused(answer)
    assert.is(server.connections.length, 1)
    answer.value = 60_000
    const second = await server.connection(1)
    await pictures(second, fps)
    await phase(stream, 1, 'live')
    assert.is(stream.targets[1]!.stats().reconnects, 1)
    assertConstantRate(tagsOf(other.connections[0]!).video, fps)
    assert.equal([other.connections.length, other.connections[0]!.open], [1, true])
  })

  test('a time that is over before the server is asked: no publish, no failure, and another question', async () => {
    let holdMs = 700
    const createStream = (it: Connection, { transaction }: { transaction: number }): void => {
      setTimeout(() => it.command(0, '_result', transaction, null, 1), holdMs)
    }
    await using server = await startRtmpServer({ kind: 'accept-publish', manner: { createStream } })
    const answer = new Answer(300)
    await using stream = await open([{ url: server.url(), mayConnect: answer.mayConnect }])
    await server.connection(1, ({ open: isOpen }) => !isOpen)
    const state = stream.targets[0]!.state
    assert.equal([state.phase, state.attempt], ['connecting', 1])
    for (const { commands } of server.connections) assert.not(commands.includes('publish'), commands.join())
    holdMs = 0
    answer.value = 20_000
    await phase(stream, 0, 'live')
  })

  test('a redirect behind the time is not followed', async () => {
    await using there = await startRtmpServer({ kind: 'accept-publish' })
    let holdMs = 700
    const connect = (it: Connection, { transaction }: { transaction: number }): void => {
      const ex = { code: 302, redirect: there.url('x').replace(/\/x$/, '') }
      const moved = { ...status('error', 'NetConnection.Connect.Rejected', 'moved'), ex }
      setTimeout(() => (it.command(0, '_error', transaction, null, moved), it.end('fin')), holdMs)
    }
    await using server = await startRtmpServer({ kind: 'accept-publish', manner: { connect } })
    const answer = new Answer(300)
    await using stream = await open([{ url: server.url(), mayConnect: answer.mayConnect }])
    await server.connection(1, ({ open: isOpen }) => !isOpen)
    assert.is(there.connections.length, 0)
    holdMs = 0
    answer.value = true
    await phase(stream, 0, 'live')
    assert.is(there.connections.length, 1)
  })

  test('a server that wishes to be left is left when the next connection may begin; no picture is lost', async () => {
    await using first = await startRtmpServer({ kind: 'accept-publish' })
    await using second = await startRtmpServer({ kind: 'accept-publish' })
    const answer = new Answer(true)
    await using stream = await open([{ url: first.url(), mayConnect: answer.mayConnect }])
    await phase(stream, 0, 'live')
    const old = await first.connection(0)
    await pictures(old, fps)
    answer.value = false
    old.askToReconnect(second.url().replace(/\/test$/, ''))
    await refused(answer)
    const { length } = tagsOf(old).video
    await pictures(old, length + fps)
    assert.equal([second.connections.length, old.open, stream.targets[0]!.state.phase], [0, true, 'live'])
    answer.value = 20_000
    const next = await second.connection(0, ({ tags }) => tags.length > 2 * fps)
    await until(() => !old.open, { what: 'the goodbye' })
    assert.equal([old.goodbye, first.connections.length], [true, 1])
    // Times go on over both, without a hole.
    const video = [...tagsOf(old).video, ...tagsOf(next).video]
    assertConstantRate(video, fps)
  })

  test('what throws is a no, and nothing else happens', async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    let asked = 0
    const mayConnect = (): boolean => {
      if (asked++ < 5) throw new Error('the store is away')
      return true
    }
    await using stream = await open([{ url: server.url(), mayConnect }])
    await phase(stream, 0, 'live')
    assert.is(server.connections.length, 1)
    assert.ok(asked >= 6, `${asked} questions`)
  })
}
