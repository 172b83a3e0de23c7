// What becomes of a stream that runs: it ends, breaks, moves or comes back.
import { RTMPCapture, RTMPOutput, type StreamState, type VideoFrame } from '../../../src/index'
import type { Connection } from '../../support/peers/rtmp/connection'
import { inTurn, startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import { sleep, until } from '../../support/until'
import { NO, PICTURE, pictures, served, SMALL, type Row } from './row'

const MOVED = 'moves, and stays live'
const QUICK = { reconnect: { initialDelay: 50, maxDelay: 100 }, connectTimeout: 20_000 } as const
/** ms: where nothing is to stall, longer than a busy machine stands still. */
const [CALM, HASTY] = [15_000, 2000]
/** ms: the next attempt is due at a random time up to this one, so hardly ever before a publisher has restarted. */
const AN_HOUR = 3_600_000
/** Pictures sent after the server did something: when they are shown, the capture has heard of it, and goes on. */
const MORE_PICTURES = 10

interface Watched {
  readonly state: StreamState
  readonly state$: { subscribe: (next: (state: StreamState) => void) => unknown }
}

/** The first reason for which it was not live any more; null as long as it is. */
function watch({ state$ }: Watched): { live: () => boolean; lost: () => string | null; back: () => boolean } {
  let live = false
  let lost: string | null = null
  let back = false
  state$.subscribe(({ phase, reason }) => {
    if (phase === 'live') [live, back] = [true, lost !== null]
    else if (live && lost === null) lost = reason ?? phase
  })
  return { live: () => live, lost: () => lost, back: () => back }
}

/**
 * What a capture makes of a server that does something in mid-stream, and whether it is live again: at the next
 * connection, or on the same one.
 */
const played =
  (then: (it: Connection) => void | Promise<void>, { initialDelay = 50, stallTimeout = CALM } = {}) =>
  async () => {
    let [sent, shown, enough] = [0, 0, Infinity]
    let isLive = (): boolean => false
    const first = await served({
      before: async (it, { type }, index) => {
        if (index === 60) {
          // On a busy machine the first picture is decoded later.
          await until(() => isLive(), { timeout: 20_000, what: () => 'a live capture' })
          await then(it)
          enough = sent + MORE_PICTURES
        }
        if (type === 'video') sent++
      },
    })
    await using server = await startRtmpServer(inTurn(first, await served()))
    await using capture = new RTMPCapture(server.url(), { ...QUICK, stallTimeout, reconnect: { initialDelay } })
    const { live, lost, back } = watch(capture)
    isLive = live
    await capture.start()
    const show = (frame: VideoFrame): void => {
      shown = frame.sequence + 1
      frame.close()
    }
    capture.frames$.subscribe({ next: show, error: () => {} })
    await until(() => (lost() === null ? shown >= enough : back()), {
      timeout: 30_000,
      what: () => `an end: ${JSON.stringify(capture.state)}`,
    })
    const where =
      server.connections.filter(({ role }) => role === 'player').length > 1 ? 'back' : 'back on the same one'
    return lost() === null ? 'goes on' : `\`${lost()}\`, ${where}`
  }

const published =
  (then: (it: Connection) => void | Promise<void>, stallTimeout = CALM) =>
  async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    await using output = new RTMPOutput(server.url(), { ...SMALL, ...QUICK, stallTimeout, bitrate: '2M' })
    const { lost, back } = watch(output.targets[0]!)
    await output.start()
    await output.writeFrame(PICTURE)
    const first = await server.connection(0, () => pictures(server) > 5)
    await then(first)
    const before = first.tags.length
    // One that never reads is found out when all buffers are full.
    const filling = first.ended === 'freeze' ? fill(output) : null
    await until(() => (lost() === null ? first.open && first.tags.length > before + 60 : back()), {
      timeout: 50_000,
      what: () => `an end: ${JSON.stringify(output.targets[0]!.state)}`,
    })
    await filling?.()
    return lost() === null ? 'goes on' : `\`${lost()}\`, back`
  }

/** Writes pictures of which none is like the other until it is told to stop. */
function fill(output: RTMPOutput): () => Promise<void> {
  let over = false
  const run = async (): Promise<void> => {
    for (let seed = 1; !over; ) {
      const picture = PICTURE.map(() => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0), seed >>> 24))
      await output.writeFrame(picture)
    }
  }
  const running = run().catch(() => {})
  return async () => {
    over = true
    await running
  }
}

/** Where clients are told to go. */
const addressOf = (server: RtmpServer): string => server.url('x').replace(/\/x$/, '')

/** Asked to move: whether all stays live, and the next server has it. */
const moved = {
  play: async (): Promise<string> => {
    await using next = await startRtmpServer(await served())
    await using server = await startRtmpServer(await served())
    await using capture = new RTMPCapture(server.url(), { ...QUICK, stallTimeout: CALM })
    const { lost } = watch(capture)
    await capture.start()
    capture.frames$.subscribe({ next: frame => frame.close(), error: () => {} })
    const first = await server.connection(0, ({ sent }) => sent > 60)
    first.askToReconnect(addressOf(next))
    await until(() => lost() !== null || (!first.open && next.connections.some(({ sent }) => sent > 60)))
    return lost() === null ? MOVED : `\`${lost()}\``
  },
  publish: async (): Promise<string> => {
    await using next = await startRtmpServer({ kind: 'accept-publish' })
    await using server = await startRtmpServer({ kind: 'accept-publish' })
    await using output = new RTMPOutput(server.url(), { ...SMALL, ...QUICK, stallTimeout: CALM })
    const { lost } = watch(output.targets[0]!)
    await output.start()
    await output.writeFrame(PICTURE)
    const first = await server.connection(0, () => pictures(server) > 5)
    first.askToReconnect(addressOf(next))
    await until(() => lost() !== null || (!first.open && pictures(next) > 5))
    return lost() === null ? MOVED : `\`${lost()}\``
  },
}

/** The publisher leaves and another one comes, on the connection that stays. */
const restarts = (gone: (it: Connection) => void) =>
  played(
    async it => {
      gone(it)
      await sleep(300)
      it.onStatus('status', 'NetStream.Play.PublishNotify')
    },
    { initialDelay: AN_HOUR },
  )

const ends = (name: string, then: (it: Connection) => void, stallTimeout = CALM): Row => ({
  name,
  play: played(then, { stallTimeout }),
  publish: published(then, stallTimeout),
})

export const endings: readonly Row[] = [
  ends('FIN', it => it.end('fin')),
  ends('RST', it => it.end('rst')),
  ends('reads and writes nothing any more', it => it.end('freeze'), HASTY),
  { name: 'no more media, the connection stays', play: played(it => it.end('silence'), { stallTimeout: HASTY }) },
  ends('says `close`', it => it.command(0, 'close', 0, null)),
  ends('Connect.Closed of level `status`', it => it.onStatus('status', 'NetConnection.Connect.Closed', NO)),
  ends('an error of a recording', it => it.onStatus('error', 'NetStream.Record.Failed', NO)),
  {
    name: 'Play.UnpublishNotify, and PublishNotify with new media 300 ms later',
    play: restarts(it => it.onStatus('status', 'NetStream.Play.UnpublishNotify')),
  },
  { name: 'StreamEOF, and new media 300 ms later', play: restarts(it => it.control(1, 1)) },
  { name: 'StreamDry, and new media 300 ms later', play: restarts(it => it.control(2, 1)) },
  {
    name: 'Play.UnpublishNotify, and no publisher',
    play: played(it => {
      it.onStatus('status', 'NetStream.Play.UnpublishNotify')
      it.end('silence')
    }),
  },
  {
    name: 'Play.Stop and Play.Complete, then FIN',
    play: played(it => {
      it.onStatus('status', 'NetStream.Play.Stop')
      it.onStatus('status', 'NetStream.Play.Complete')
      it.end('fin')
    }),
  },
  { name: 'Play.StreamNotFound', play: played(it => it.onStatus('error', 'NetStream.Play.StreamNotFound', NO)) },
  {
    name: 'Publish.BadName',
    publish: published(it => it.onStatus('error', 'NetStream.Publish.BadName', NO)),
  },
  {
    name: '`onFCUnpublish` and Unpublish.InternalKill, then FIN',
    publish: published(it => {
      const killed = { code: 'NetStream.Unpublish.InternalKill', description: 'Stop publishing stream.' }
      it.command(0, 'onFCUnpublish', 0, null, killed)
      it.onStatus('status', killed.code)
      it.end('fin')
    }),
  },
  { name: 'asks to reconnect elsewhere', ...moved },
]
