import type { Socket } from 'node:net'
import { reset } from '../reset'
import { decodeAmf, encodeAmf, type Amf } from './amf0'
import { garbage, type Answer, type Behaviour, type Ending } from './behaviour'
import { ChunkReader, encodeMessage, type Message } from './chunk'
import { status, uint16, uint32 } from './fields'
import { flood } from './flood'
import { tagTypeOf, type FlvTag } from './flv'
import { shakeHands } from './handshake'
import { playGarbage, serveFile } from './play'

const CHUNK_SIZE = 4096
/** Chunks have it as long as nobody says otherwise. */
const UNSAID_CHUNK_SIZE = 128
const PROTOCOL = 2
const COMMAND = 3
export const MEDIA_STREAM = 1

export interface ReceivedTag extends FlvTag {
  /** performance.now() at its arrival. */
  arrival: number
}

/** One client of the server, from its first byte to its last. */
export class Connection {
  readonly openedAt = performance.now()
  closedAt: number | null = null
  bytesIn = 0
  /** From the connect and play/publish commands. */
  app = ''
  stream = ''
  role: 'player' | 'publisher' | null = null
  /** All fields of the connect command. */
  connectArguments: Amf = null
  /** What a publisher sent. */
  readonly tags: ReceivedTag[] = []
  /** Names of all commands, in order. */
  readonly commands: string[] = []
  /** It said goodbye (deleteStream, closeStream or FCUnpublish) before it left. */
  goodbye = false
  /** How we ended it, if we did. */
  ended: Ending | null = null
  /** Media messages written to a player. */
  sent = 0
  /** All bytes written to it. */
  bytesOut = 0
  /** Of the chunks that we write. */
  chunkSize = UNSAID_CHUNK_SIZE
  /** Its last acknowledgement. */
  acknowledged = 0
  /** The windows that it announced, in order. */
  readonly windows: number[] = []
  /** How many pings it has answered. */
  pongs = 0

  readonly #reader = new ChunkReader()
  #ackWindow = Infinity
  #acked = 0
  #mediaIn = 0
  #messages = 0

  constructor(
    readonly index: number,
    readonly socket: Socket,
    readonly behaviour: Behaviour,
  ) {
    socket.setNoDelay(true)
    socket.on('data', chunk => void (this.bytesIn += chunk.length))
    socket.on('error', () => {})
    socket.on('close', () => void (this.closedAt = performance.now()))
    void this.#talk()
  }

  get open(): boolean {
    return this.closedAt === null
  }

  /** Ends it now, whatever it was doing; a second ending adds to the first. */
  end(how: Ending): void {
    this.ended = how
    if (how === 'fin') this.socket.end()
    else if (how === 'rst') reset(this.socket)
    else if (how === 'freeze') this.socket.pause()
  }

  /** Resolves with false when the socket's buffer is full: then wait for 'drain'. */
  send(chunkStream: number, type: number, streamId: number, payload: Buffer, timestamp = 0): boolean {
    if (this.socket.destroyed || this.socket.writableEnded || this.ended === 'freeze') return true
    const { behaviour } = this
    const encode = (behaviour.kind === 'serve-file' ? behaviour.encode : undefined) ?? encodeMessage
    const bytes = encode(chunkStream, { type, streamId, timestamp, payload }, this.chunkSize)
    const mangle = behaviour.kind === 'serve-file' ? behaviour.mangle : undefined
    return this.write(mangle ? mangle(bytes, this.#messages++) : bytes)
  }

  write(bytes: Buffer): boolean {
    this.bytesOut += bytes.length
    return this.socket.write(bytes)
  }

  setChunkSize(bytes: number): void {
    this.send(PROTOCOL, 1, 0, uint32(bytes))
    this.chunkSize = bytes
  }

  /** A control event of a stream, or of a ping. */
  control(event: number, number: number): void {
    this.send(PROTOCOL, 4, 0, Buffer.concat([uint16(event), uint32(number)]))
  }

  async #talk(): Promise<void> {
    const { kind } = this.behaviour
    if (kind === 'accept-silent') return void this.socket.resume()
    if (kind === 'garbage' && this.behaviour.after !== 'handshake') return this.#babble()
    const { handshake } = this.behaviour as Answer
    const rest = await shakeHands(this.socket, kind === 'half-handshake' ? 'half' : handshake)
    if (!rest) return
    if (kind === 'garbage') return this.#babble()
    if (kind === 'handshake-silent') return void this.socket.resume()
    this.socket.on('data', chunk => {
      this.#receive(chunk)
      if (this.behaviour.kind === 'accept-publish' && this.behaviour.rate)
        this.#rest((chunk.length / this.behaviour.rate) * 1000)
    })
    this.#receive(rest)
    if (!this.ended) this.socket.resume()
  }

  /** Reads nothing for so long, ms. */
  #rest(ms: number): void {
    this.socket.pause()
    setTimeout(() => this.ended !== 'freeze' && this.socket.resume(), ms).unref()
  }

  #babble(): void {
    this.socket.write(garbage(65_536, this.index + 1))
    this.socket.resume()
  }

  #receive(bytes: Buffer): void {
    for (const message of this.#reader.push(bytes)) this.#handle(message)
    if (this.bytesIn - this.#acked >= this.#ackWindow / 2) {
      this.#acked = this.bytesIn
      this.send(PROTOCOL, 3, 0, uint32(this.bytesIn))
    }
  }

  #handle({ type, payload, timestamp }: Message): void {
    if (type === 5) {
      this.#ackWindow = payload.readUInt32BE()
      this.windows.push(this.#ackWindow)
    } else if (type === 3) this.acknowledged = payload.readUInt32BE()
    else if (type === 4) this.#pong(payload)
    else if (type === 20) this.#command(decodeAmf(payload))
    else this.#media(type, timestamp, payload)
  }

  /** A ping wants the same bytes back. */
  #pong(payload: Buffer): void {
    if (payload.readUInt16BE() === 7) this.pongs++
    if (payload.readUInt16BE() === 6) this.send(PROTOCOL, 4, 0, Buffer.concat([uint16(7), payload.subarray(2)]))
  }

  #command([name, transaction, first, ...rest]: Amf[]): void {
    this.commands.push(String(name))
    const id = Number(transaction)
    const own = (this.behaviour as Answer).manner?.[String(name)]
    if (name === 'connect') this.#note(first)
    if (name === 'play' || name === 'publish') {
      this.stream = String(rest[0])
      this.role = name === 'play' ? 'player' : 'publisher'
    }
    if (own && own(this, { name: String(name), transaction: id, first, rest }) !== 'as usual') return
    if (name === 'connect') return this.#connect(id)
    if (name === 'createStream') return this.command(0, '_result', id, null, MEDIA_STREAM)
    if (name === 'play') return this.#play()
    if (name === 'publish') return this.#publish()
    if (name === 'deleteStream' || name === 'closeStream' || name === 'FCUnpublish') this.goodbye = true
    // releaseStream, FCPublish, _checkbw, getStreamLength …: whoever waits for an answer gets an empty one.
    else if (id > 0) this.command(0, '_result', id, null, undefined)
  }

  #note(fields: Amf): void {
    this.connectArguments = fields
    this.app = String((fields as { app?: Amf } | null)?.app ?? '')
  }

  /** What a server says before it answers `connect`. */
  limits(window: number, chunkSize: number): void {
    this.send(PROTOCOL, 5, 0, uint32(window))
    this.send(PROTOCOL, 6, 0, Buffer.concat([uint32(window), Buffer.of(2)]))
    if (chunkSize !== this.chunkSize) this.setChunkSize(chunkSize)
  }

  #connect(id: number): void {
    this.limits(2_500_000, (this.behaviour as Answer).chunkSize ?? CHUNK_SIZE)
    if (this.behaviour.kind === 'flood-connect') return void flood(this, this.behaviour)
    const says = this.behaviour.kind === 'accept-publish' ? this.behaviour.says : {}
    const server = { fmsVer: 'FMS/3,0,1,123', capabilities: 31, ...says }
    if (this.behaviour.kind === 'reject-connect') {
      const description = this.behaviour.description ?? 'No such application'
      this.command(0, '_error', id, null, status('error', 'NetConnection.Connect.Rejected', description))
      this.end('fin')
      return
    }
    if (this.behaviour.kind === 'redirect') {
      const moved = {
        ...status('error', 'NetConnection.Connect.Rejected', 'moved'),
        ex: { code: 302, redirect: this.behaviour.to },
      }
      this.command(0, '_error', id, null, moved)
      this.end('fin')
      return
    }
    this.command(0, '_result', id, server, status('status', 'NetConnection.Connect.Success', 'Welcome'))
  }

  #play(): void {
    const { behaviour } = this
    if (behaviour.kind === 'reject-play') {
      this.onStatus('error', behaviour.code ?? 'NetStream.Play.StreamNotFound')
      return
    }
    // The stream begins.
    this.control(0, MEDIA_STREAM)
    this.#before()
    this.onStatus('status', 'NetStream.Play.Reset')
    this.onStatus('status', 'NetStream.Play.Start')
    this.startMedia()
  }

  /** What a player gets. */
  startMedia(): void {
    const { behaviour } = this
    if (behaviour.kind === 'serve-file') void serveFile(this, behaviour)
    if (behaviour.kind === 'play-garbage-media') void playGarbage(this, behaviour.what ?? 'random')
    if (behaviour.kind === 'flood') void flood(this, behaviour)
  }

  #publish(): void {
    const { behaviour } = this
    if (behaviour.kind === 'reject-publish') this.onStatus('error', behaviour.code ?? 'NetStream.Publish.BadName')
    else {
      this.#before()
      this.onStatus('status', 'NetStream.Publish.Start')
    }
    if (behaviour.kind === 'accept-publish' && behaviour.flood) void flood(this, { what: behaviour.flood })
  }

  #media(type: number, timestamp: number, payload: Buffer): void {
    const kind = tagTypeOf(type)
    if (!kind || this.role !== 'publisher') return
    // '@setDataFrame' is for the server; what players get, and what a file holds, is what follows.
    const setData = encodeAmf('@setDataFrame')
    const data = kind === 'script' && payload.indexOf(setData) === 0 ? payload.subarray(setData.length) : payload
    this.tags.push({ type: kind, timestamp, data, arrival: performance.now() })
    this.#mediaIn += payload.length
    const { behaviour } = this
    if (behaviour.kind !== 'accept-publish' || this.ended) return
    if (this.#mediaIn >= (behaviour.after ?? Infinity)) this.end(behaviour.then ?? 'fin')
  }

  #before(): void {
    if ('first' in this.behaviour && this.behaviour.first) this.onStatus('status', this.behaviour.first)
  }

  /** Wishes to be left. */
  askToReconnect(tcUrl: string): void {
    const code = 'NetConnection.Connect.ReconnectRequest'
    this.command(0, 'onStatus', 0, null, { ...status('status', code, 'update'), tcUrl })
  }

  onStatus(level: 'status' | 'error' | 'warning', code: string, description = code): void {
    const { statusStream = MEDIA_STREAM } = this.behaviour as Answer
    this.command(statusStream, 'onStatus', 0, null, status(level, code, description))
  }

  command(streamId: number, ...values: Amf[]): void {
    this.send(COMMAND, 20, streamId, encodeAmf(...values))
  }
}
