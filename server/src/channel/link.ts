/** The process's side of the socket: takes the supervisor's requests, answers each, and ends when it is alone. */
import { createServer, type Server, type Socket } from 'node:net'
import { refusePrivateAddresses, RxGstError } from 'rxgst'
import { FrameSocket } from '../core/frames.js'
import type { FromChannel, ToChannel } from '../core/wire.js'
import type { Channel } from './channel.js'
import { wireError } from './fault.js'

/** A process to which nobody comes has been forgotten. */
const FIRST_CONNECTION_MS = 30_000
/** The streams say goodbye within that when the supervisor has died. */
const ORPHAN_STOP_MS = 5000
const LONGEST_STOP_MS = 60_000
const LONGEST_HAND_OVER_MS = 600_000
/** For its goodbyes, a part of the time that it has waited for a word of its lease. */
const GOODBYE_PARTS = 4

export interface LinkOptions {
  readonly version: string
  /** The process ends; `why` is for people. */
  exit(code: number, why: string): void
  /** The process ends at once, and sends nothing more. */
  die(why: string): void
  /** Of the channel, once it is known. */
  onName(name: string): void
  /** As bootMs() of core. */
  bootMs(): number
}

type Wire = FrameSocket<ToChannel, FromChannel>

export class Link {
  readonly #options: LinkOptions
  readonly #server: Server
  #channel: Channel | null = null
  #wire: Wire | null = null
  #name: string | null = null
  /** ms for which the channel goes on alone; null: it does not. */
  #handOverMs: number | null = null
  #alone: NodeJS.Timeout | null = null
  #ending = false
  /** Ends a channel that hears nothing of its lease. */
  #lost: NodeJS.Timeout | undefined

  constructor(options: LinkOptions) {
    this.#options = options
    this.#server = createServer(socket => this.#accept(socket))
  }

  /** Resolves when the socket is there. */
  listen(path: string, channel: Channel): Promise<void> {
    this.#channel = channel
    this.#aloneFor(FIRST_CONNECTION_MS)
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, resolve)
    })
  }

  /** False: nobody hears it, or it was dropped since the supervisor reads too slowly. */
  send(message: FromChannel, bytes?: Uint8Array): boolean {
    return this.#wire?.send(message, bytes) ?? false
  }

  #accept(socket: Socket): void {
    // A second supervisor is taken only where the first one has said so.
    if (this.#ending || (this.#wire?.open && this.#handOverMs === null)) return void socket.destroy()
    this.#wire?.close()
    if (this.#alone) clearTimeout(this.#alone)
    this.#handOverMs = null
    const wire: Wire = new FrameSocket<ToChannel, FromChannel>(socket, {
      onFrame: header => void this.#take(wire, header),
      onClose: () => this.#onClose(wire),
    })
    this.#wire = wire
    wire.send({ type: 'hello', pid: process.pid, version: this.#options.version, name: this.#name })
    this.#channel!.tellAll()
  }

  #onClose(wire: Wire): void {
    if (this.#wire !== wire) return
    this.#wire = null
    for (const side of ['in', 'out'] as const) this.#channel!.closePreview(side)
    if (this.#handOverMs !== null) this.#aloneFor(this.#handOverMs)
    else this.end(ORPHAN_STOP_MS, 'the supervisor has gone')
  }

  #aloneFor(ms: number): void {
    this.#alone = setTimeout(() => this.end(ORPHAN_STOP_MS, `no supervisor has come within ${ms} ms`), ms)
  }

  async #take(wire: Wire, message: ToChannel): Promise<void> {
    const { id } = message
    if (!Number.isSafeInteger(id)) return wire.close()
    try {
      await this.#handle(message)
      wire.send({ type: 'done', id, error: null })
    } catch (error) {
      const mask = (text: string): string => this.#channel!.mask(text)
      wire.send({ type: 'done', id, error: wireError(error, mask) })
    }
    if (message.type === 'stop') wire.end()
  }

  async #handle(message: ToChannel): Promise<void> {
    const channel = this.#channel!
    switch (message.type) {
      case 'configure':
        refusePrivateAddresses(message.network?.privateAddresses === false, message.network)
        await channel.configure(message.config, message.onAirOnly === true, message.leased === true)
        this.#name = message.name
        return this.#options.onName(message.name)
      case 'may-connect':
        channel.gate.allow(message.forMs, message.sinceMs)
        return this.#endAfter(message.endAfterMs, message.sinceMs)
      case 'switch':
        return channel.switchTo(message.input)
      case 'target-start':
      case 'target-stop':
        return channel.enableTarget(message.target, message.type === 'target-start')
      case 'thumbnails':
        channel.takeThumbnails()
        return
      case 'preview-open':
        return channel.openPreview(sideOf(message.side))
      case 'preview-close':
        return channel.closePreview(sideOf(message.side))
      case 'stop':
        return this.end(deadlineOf(message.deadlineMs, LONGEST_STOP_MS), 'it was stopped')
      case 'hand-over':
        this.#handOverMs = deadlineOf(message.deadlineMs, LONGEST_HAND_OVER_MS)
        return
      case 'ping':
        // The answer comes from the event loop: that is what it proves.
        return
      default:
        throw new RxGstError('ERR_OPTION', 'the channel knows no such request')
    }
  }

  #endAfter(ms: unknown, sinceMs: number): void {
    if (ms !== undefined && !(typeof ms === 'number' && ms >= 0 && ms <= LONGEST_HAND_OVER_MS))
      throw new RxGstError('ERR_OPTION', 'a time to the end is a number of milliseconds')
    clearTimeout(this.#lost)
    if (ms === undefined) return
    const why = 'nothing was heard of its lease'
    const leftMs = () => sinceMs + ms - this.#options.bootMs()
    const end = (): void => {
      // A process that stood still meanwhile: another worker may publish by now.
      const goodbyeMs = ms / GOODBYE_PARTS + leftMs()
      if (goodbyeMs > 0) void this.end(goodbyeMs, why)
      else this.#options.die(why)
    }
    this.#lost = setTimeout(end, Math.max(0, leftMs()))
  }

  /** Stops the channel, and ends the process then, or after `ms`. */
  async end(ms: number, why: string): Promise<void> {
    // Of several ends the nearest one counts.
    setTimeout(() => this.#options.exit(0, why), ms)
    if (!this.#ending) {
      this.#ending = true
      this.#server.close()
    }
    await this.#channel!.stop()
    // What was sent leaves first.
    setImmediate(() => setImmediate(() => this.#options.exit(0, why)))
  }
}

function sideOf(side: unknown): 'in' | 'out' {
  if (side === 'in' || side === 'out') return side
  throw new RxGstError('ERR_OPTION', "a preview is of the side 'in' or 'out'")
}

function deadlineOf(ms: unknown, most: number): number {
  if (typeof ms === 'number' && ms >= 0) return Math.min(ms, most)
  throw new RxGstError('ERR_OPTION', 'a deadline is a number of milliseconds')
}
