// suite: deep
import { inspect } from 'node:util'
import type { Observable } from 'rxjs'
import * as assert from 'uvu/assert'
import {
  RTMPCapture,
  RTMPOutput,
  StreamMonitor,
  type ReconnectOptions,
  type RTMPOutputOptions,
  type RxGstError,
  type StreamState,
} from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import type { Manner } from '../../support/peers/rtmp/behaviour'
import { status } from '../../support/peers/rtmp/fields'
import { inTurn } from '../../support/peers/rtmp/in-turn'
import { adobeLogin, llnwLogin } from '../../support/peers/rtmp/logins'
import { startRtmpServer, type Behaviour, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'

const test = suite('redirects and logins, end to end', { timeout: 60_000 })

/** Each has a word in it that nobody may say. */
const ACCOUNT = { user: 'ann@tv', password: 'planted+pass=word' }
const USER = 'ann%40tv:planted%2Bpass%3Dword'
const KEY = 'planted-key?token=planted/token'
const [SIZE, PICTURE] = [{ width: 64, height: 64, fps: 25 }, new Uint8Array(64 * 64 * 3)] as const
const OPTIONS: RTMPOutputOptions = { ...SIZE, bitrate: '200k', connectTimeout: 20_000, stallTimeout: 20_000 }

let file: string
test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '160x90', fps: 25, gop: 12, duration: 2 })
})

const url = ({ port }: Pick<RtmpServer, 'port'>, user = USER): string => `rtmp://${user}@127.0.0.1:${port}/live`

const moving = (to: string): Manner => ({
  connect: (it, { transaction }) => {
    const words = status('error', 'NetConnection.Connect.Rejected', `moved to ${to}`)
    it.command(0, '_error', transaction, null, { ...words, ex: { code: 302, redirect: to } })
    it.end('fin')
  },
})

/** The first one until it has nothing against it, then the other. */
const both = (one: Manner, other: Manner): Manner => ({
  connect: (it, call) => (one['connect']!(it, call) === 'as usual' ? other['connect']!(it, call) : undefined),
})

interface Direction {
  readonly name: string
  readonly serve: (manner?: Manner) => Behaviour
  /** Runs until media flow; whoever it gives notes to hears all that is said. */
  readonly run: (at: string, note: Note, more?: { reconnect?: false | ReconnectOptions }) => Promise<Running>
}
type Note = (...values: unknown[]) => void
interface Running extends AsyncDisposable {
  readonly back: () => Promise<void>
}

/** Notes all states; how often it was live. */
function hear(state$: Observable<StreamState>, note: Note): () => number {
  let [lives, live] = [0, false]
  state$.subscribe({
    next: state => {
      note(state)
      if (state.phase === 'live' && !live) lives++
      live = state.phase === 'live'
    },
    error: note,
  })
  return () => lives
}

const quietly = (note: Note) => ({ debug: note, info: note, warn: note, error: note })

/** Starts it, and notes all states; stops it where it does not start. */
async function begin(it: RTMPCapture | RTMPOutput, note: Note) {
  const lives = hear(it.state$, note)
  const stop = () => it.stop()
  await it.start().catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { lives, stop }
}

const capture: Direction = {
  name: 'a capture',
  serve: manner => ({ kind: 'serve-file', file, loop: true, manner }),
  run: async (at, note, more = {}) => {
    const it = new RTMPCapture(at, {
      streamKey: KEY,
      connectTimeout: 20_000,
      stallTimeout: 20_000,
      logger: quietly(note),
      reconnect: { initialDelay: 50 },
      ...more,
    })
    const { lives, stop } = await begin(it, note)
    ;(await it.getFrame()).close()
    using monitor = new StreamMonitor()
    monitor.attachStream(it, 'in')
    note(it, it.info, it.stats(), await monitor.prometheus())
    return {
      back: async () => {
        await until(() => lives() === 2)
        ;(await it.getFrame()).close()
      },
      [Symbol.asyncDispose]: stop,
    }
  },
}

const output: Direction = {
  name: 'an output',
  serve: manner => ({ kind: 'accept-publish', manner }),
  run: async (at, note, more = {}) => {
    const it = new RTMPOutput(at, {
      ...OPTIONS,
      streamKey: KEY,
      logger: quietly(note),
      reconnect: { initialDelay: 50 },
      ...more,
    })
    const { lives, stop } = await begin(it, note)
    await it.writeFrame(PICTURE)
    using monitor = new StreamMonitor()
    monitor.attachStream(it, 'out')
    note(it, it.targets, JSON.stringify(it.targets), it.stats(), await monitor.prometheus())
    return {
      back: async () => void (await until(() => lives() === 2)),
      [Symbol.asyncDispose]: stop,
    }
  },
}

/** Keeps what is said, and finds what nobody may say. */
function ears(): { note: Note; assertSilent: () => void } {
  const said: unknown[] = []
  const assertSilent = (): void => {
    const text = said
      .map(
        one =>
          (one instanceof Error ? `${one.message} ${one.stack} ${JSON.stringify(one)}` : '') +
          inspect(one, { depth: 9, showHidden: true }),
      )
      .join('\n')
    assert.ok(text.length > 0)
    assert.not.match(text, /planted|response=|challenge=/)
  }
  return { note: (...values) => void said.push(...values), assertSilent }
}

const flows = (server: RtmpServer, index: number) =>
  server.connection(index, ({ tags, sent, role }) => role !== null && tags.length + sent > 5)

const LOGINS = {
  adobe: () => adobeLogin(ACCOUNT),
  'adobe without an opaque value': () => adobeLogin(ACCOUNT, { opaque: false }),
  llnw: () => llnwLogin(ACCOUNT),
}

for (const direction of [capture, output]) {
  for (const [name, login] of Object.entries(LOGINS)) {
    test(`${direction.name} logs in, ${name}, and again when it was lost`, async () => {
      await using server = await startRtmpServer(direction.serve(login()))
      const { note, assertSilent } = ears()
      {
        await using running = await direction.run(url(server), note)
        const third = await flows(server, 2)
        assert.equal([third.app.replace(/\?.*/, ''), third.stream], ['live', KEY])
        third.end('rst')
        await running.back()
        await flows(server, 5)
      }
      assert.is(server.connections.length, 6)
      assertSilent()
    })
  }

  test(`${direction.name} logs in, and is sent to another port, which hears the key and no login`, async () => {
    await using second = await startRtmpServer(direction.serve())
    const place = `rtmp://127.0.0.1:${second.port}/other?token=planted-too`
    await using first = await startRtmpServer(direction.serve(both(adobeLogin(ACCOUNT), moving(place))))
    const { note, assertSilent } = ears()
    {
      await using running = await direction.run(url(first), note)
      const there = await flows(second, 0)
      assert.equal([there.app, there.stream], ['other?token=planted-too', KEY])
      // Each new connection begins where the program said.
      there.end('rst')
      await running.back()
      await flows(second, 1)
    }
    assert.is(first.connections.length, 6)
    assertSilent()
  })

  test(`${direction.name} is sent to another application, which asks for the login`, async () => {
    const asks = adobeLogin(ACCOUNT)['connect']!
    const goes = moving('/other?token=planted-too')['connect']!
    const manner: Manner = { connect: (it, call) => (it.app.startsWith('other') ? asks : goes)(it, call) }
    await using server = await startRtmpServer(direction.serve(manner))
    const { note, assertSilent } = ears()
    {
      await using running = await direction.run(url(server), note)
      assert.ok(running)
      const there = await flows(server, 3)
      assert.match(there.app, /^other\?token=planted-too&authmod=adobe&user=/)
      assert.is(there.stream, KEY)
    }
    assertSilent()
  })

  test(`${direction.name}: a wrong password is final, and the server may quote it`, async () => {
    const quoting: Manner = {
      connect: (it, call) => {
        const words = `[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=authfailed for planted+pass=word, ${KEY}`
        it.command(0, '_error', call.transaction, null, status('error', 'NetConnection.Connect.Rejected', words))
        it.end('fin')
      },
    }
    for (const manner of [adobeLogin({ ...ACCOUNT, password: 'other' }), quoting]) {
      await using server = await startRtmpServer(direction.serve(manner))
      const { note, assertSilent } = ears()
      const error = await direction.run(url(server), note).then(
        () => assert.unreachable('it went on'),
        (reason: unknown) => reason as RxGstError,
      )
      note(error)
      assert.equal([error!.code, error!.retryable], ['ERR_AUTHENTICATION', false])
      const before = server.connections.length
      assert.ok(before <= 3, `${before} connections`)
      assertSilent()
    }
  })

  test(`${direction.name} gives user and password to the host and port that were named, and to no other`, async () => {
    await using second = await startRtmpServer(direction.serve(adobeLogin(ACCOUNT)))
    await using first = await startRtmpServer(direction.serve(moving(`rtmp://127.0.0.1:${second.port}/live`)))
    const { note, assertSilent } = ears()
    const error = await direction.run(url(first), note, { reconnect: false }).then(
      () => assert.unreachable('it went on'),
      (reason: unknown) => reason as RxGstError,
    )
    note(error)
    assert.is(error!.code, 'ERR_AUTHENTICATION')
    assert.equal(
      second.connections.map(({ app }) => app),
      ['live'],
    )
    assertSilent()
  })
}

test('the next server refuses: its code, then the first is asked again', async () => {
  await using second = await startRtmpServer({ kind: 'reject-publish', code: 'NetStream.Publish.BadName' })
  const first = await startRtmpServer(
    inTurn(output.serve(moving(`rtmp://127.0.0.1:${second.port}/live`)), output.serve()),
  )
  await using _ = first
  const { note, assertSilent } = ears()
  await using running = await output.run(`rtmp://127.0.0.1:${first.port}/live`, note, {
    reconnect: { first: true, initialDelay: 50 },
  })
  assert.ok(running)
  await flows(first, 1)
  assert.is(second.connections.length, 1)
  assertSilent()
})

test.run()
