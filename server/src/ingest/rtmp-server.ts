/**
 * The RTMP part of node-media-server, with bounds that it does not have: who may send and play, how much of a stream is
 * kept for new players, how much waits for one of them.
 */
import { createRequire } from 'node:module'
import type { AddressInfo, Server, Socket } from 'node:net'
import { Refusals } from '../core/refusals.js'
import { allowedStream } from './stream-name.js'
import type { IngestEvent, ToIngest } from './wire.js'

const MOST_CONNECTIONS = 100
/** Since the last keyframe; a stream without pictures never has one. */
const MOST_GROUP_BYTES = 16 * 1024 * 1024
/** What waits for a player that does not read. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024
/** Messages that a connection may begin before it sends a stream with its key, and while it does. */
const MOST_COMMAND_BYTES = 256 * 1024
const MOST_MESSAGE_BYTES = 24 * 1024 * 1024
const WATCH_INTERVAL_MS = 1000
/** The refusal leaves before the connection is cut. */
const REFUSAL_MS = 200

type Streams = Extract<ToIngest, { type: 'configure' }>['streams']

/** The used part of node-media-server 2, which has no types. */
interface Session {
  readonly socket: Socket
  isStarting: boolean
  publishStreamId: number
  publishStreamPath: string
  playStreamPath: string
  rtmpGopCacheQueue: Set<Buffer>
  flvGopCacheQueue: Pick<Set<Buffer>, 'add' | 'clear'>
  readonly parserPacket: Packet
  /** Of each channel of its chunks: the last message, or one that is not complete. */
  readonly inPackets: ReadonlyMap<number, Packet>
  rtmpPacketAlloc(): void
  sendStatusMessage(stream: number, level: string, code: string, description: string): void
  stop(): void
}
interface Packet {
  readonly header: { readonly length: number }
  readonly capacity: number
}
interface Context {
  readonly sessions: Map<string, Session>
  readonly nodeEvent: { on(event: string, listener: (id: string, path: string, args: unknown) => void): void }
}
type RtmpServerClass = new (config: {
  rtmp: { port: number; chunk_size: number; gop_cache: boolean }
}) => {
  readonly tcpServer: Server
  stop(): void
}

const require = createRequire(import.meta.url)
const Rtmp = require('node-media-server/src/node_rtmp_server') as RtmpServerClass
const { setLogType } = require('node-media-server/src/node_core_logger') as { setLogType(level: number): void }
const context = require('node-media-server/src/node_core_ctx') as Context

/** A new player gets the pictures since the last keyframe, where they are not too many. */
class Group extends Set<Buffer> {
  private bytes = 0
  private closed = true

  open(): void {
    this.closed = false
  }

  override add(chunk: Buffer): this {
    this.bytes += chunk.length
    if (this.bytes > MOST_GROUP_BYTES) super.clear()
    else if (!this.closed) super.add(chunk)
    return this
  }

  override clear(): void {
    this.bytes = 0
    super.clear()
  }
}

const NO_GROUP = { add: () => new Set<Buffer>(), clear: () => {} }

export class RtmpServer {
  readonly port: number
  private streams: Streams = {}
  private readonly published = new WeakMap<Session, string>()
  private readonly refusals = new Refusals(() => performance.now())

  private constructor(
    server: InstanceType<RtmpServerClass>,
    private readonly onEvent: (event: IngestEvent) => void,
  ) {
    this.port = (server.tcpServer.address() as AddressInfo).port
    const { nodeEvent, sessions } = context
    server.tcpServer.on('connection', socket => this.guard(socket))
    nodeEvent.on('preConnect', id => this.bound(sessions.get(id)))
    nodeEvent.on('prePublish', (id, path, args) => this.decidePublish(sessions.get(id), path, args))
    nodeEvent.on('postPublish', id => this.begin(sessions.get(id)))
    nodeEvent.on('donePublish', id => this.tell('ingest-ended', sessions.get(id)))
    nodeEvent.on('prePlay', id => this.decidePlay(sessions.get(id)))
    setInterval(() => this.watch(), WATCH_INTERVAL_MS)
  }

  /** Rejects with the error of the address. */
  static async listen(host: string, port: number, onEvent: (event: IngestEvent) => void): Promise<RtmpServer> {
    setLogType(0)
    const server = new Rtmp({ rtmp: { port, chunk_size: 60_000, gop_cache: true } })
    const { tcpServer } = server
    tcpServer.maxConnections = MOST_CONNECTIONS
    tcpServer.on('connection', socket => {
      // It would collect ten packets before it sends them: 1/7 s of media. Where more came in one read it would cork
      // the next ten before it uncorks these, and a player would get nothing.
      socket.cork = () => {}
      socket.setNoDelay(true)
    })
    await new Promise<void>((resolve, reject) => {
      tcpServer.once('error', reject)
      tcpServer.listen({ host, port }, () => {
        tcpServer.off('error', reject)
        resolve()
      })
    })
    return new RtmpServer(server, onEvent)
  }

  /** Streams that are not there any more, or have another key now, end. */
  setStreams(streams: Streams): void {
    const before = this.streams
    this.streams = streams
    for (const session of context.sessions.values()) {
      const name = nameOf(session.publishStreamPath)
      if (name !== null && before[name] !== streams[name]) session.stop()
    }
  }

  /** Its library throws at much that is no RTMP: that ends one connection, and no other. */
  private guard(socket: Socket): void {
    const session = [...context.sessions.values()].find(one => one.socket === socket)
    const [read] = socket.listeners('data') as ((data: Buffer) => void)[]
    if (!session || !read) return void socket.destroy()
    const allocate = session.rtmpPacketAlloc
    session.rtmpPacketAlloc = () => {
      const begun = [...session.inPackets.values()].reduce((sum, { capacity }) => sum + capacity, 0)
      const most = this.published.has(session) ? MOST_MESSAGE_BYTES : MOST_COMMAND_BYTES
      if (begun + session.parserPacket.header.length > most) throw new Error('messages that are too large')
      allocate.call(session)
    }
    socket.off('data', read)
    socket.on('data', (data: Buffer) => {
      try {
        read(data)
      } catch {
        // Its message may quote what was sent, and so a key.
        this.refused('ingest-malformed', session)
        session.stop()
        socket.destroy()
      }
    })
  }

  private bound(session: Session | undefined): void {
    if (!session) return
    session.rtmpGopCacheQueue = new Group()
    session.flvGopCacheQueue = NO_GROUP
  }

  private decidePublish(session: Session | undefined, path: string, args: unknown): void {
    if (!session) return
    const published = this.published.get(session)
    if (published !== undefined) {
      // Its library has forgotten which stream this connection sends, and would never free its name.
      session.publishStreamPath = published
      session.stop()
      return
    }
    const key = (args as { key?: unknown } | null)?.key
    const name = allowedStream(this.streams, path, key)
    if (name !== null) session.publishStreamPath = `/live/${name}`
    else this.refuse(session)
  }

  private begin(session: Session | undefined): void {
    if (!session) return
    this.published.set(session, session.publishStreamPath)
    if (session.rtmpGopCacheQueue instanceof Group) session.rtmpGopCacheQueue.open()
    this.tell('ingest-started', session)
  }

  /** The channels of this machine alone play: others watch the pages, or the targets. */
  private decidePlay(session: Session | undefined): void {
    if (!session) return
    const { remoteAddress = '', localAddress } = session.socket
    const own = remoteAddress === localAddress || /^(::1|(::ffff:)?127\.)/.test(remoteAddress)
    const name = nameOf(session.playStreamPath)
    if (!own || name === null || !Object.hasOwn(this.streams, name)) session.stop()
  }

  /** Its library would go on with the publication: what does not run it leaves alone. */
  private refuse(session: Session): void {
    session.isStarting = false
    this.refused('ingest-refused', session)
    const { publishStreamId } = session
    session.publishStreamPath = ''
    session.sendStatusMessage(publishStreamId, 'error', 'NetStream.Publish.Unauthorized', 'wrong name or key')
    session.socket.pause()
    setTimeout(() => {
      session.isStarting = true
      session.stop()
    }, REFUSAL_MS)
  }

  private refused(type: IngestEvent['type'], { socket }: Session): void {
    const untold = this.refusals.take()
    if (untold !== null) this.onEvent({ type, stream: null, address: socket.remoteAddress ?? '', untold })
  }

  private watch(): void {
    for (const session of context.sessions.values()) {
      if (session.socket.writableLength > MOST_WAITING_BYTES) session.stop()
    }
  }

  private tell(type: IngestEvent['type'], session: Session | undefined): void {
    const stream = nameOf(session?.publishStreamPath ?? '')
    if (session && stream !== null) this.onEvent({ type, stream, address: session.socket.remoteAddress ?? '' })
  }
}

const nameOf = (path: string) => /^\/live\/([a-z0-9][a-z0-9_-]{0,62})$/.exec(path)?.[1] ?? null
