/**
 * Types of native/rtmp/relay: copies of streams from server to server; and of native/relay: inputs and targets of other
 * kinds.
 */
import type { RtmpUrl } from '../core/url'
import type { ElementHandle } from './gst'
import type { TargetStats } from './output'
import type { PacketListener } from './record'
import type { RtmpPhase } from './rtmp'

type AddressParts = 'host' | 'port' | 'application' | 'stream' | 'tcUrl' | 'username' | 'password'

/** Where a connection leads. */
export interface ConnectionAddress extends Pick<RtmpUrl, AddressParts> {
  readonly tls: boolean
  /** ms until the server must have accepted the stream. */
  readonly timeout: number
}

/** Why a connection is over. */
export interface RelayFailure {
  /** Of docs/errors.md. */
  readonly code: string
  readonly text: string
  readonly phase: string
  /** The server's own words; '' where it said none. */
  readonly serverCode: string
  readonly serverText: string
  /** It ended without a word. */
  readonly silent: boolean
  /** For how long the server had taken the stream; 0: it never did. */
  readonly acceptedMs: number
}

export type RelayEvent =
  | 'started'
  | 'ready'
  | 'left'
  | 'back'
  | 'takes'
  | 'wish'
  | 'moved'
  | 'on-air'
  | 'fill'
  | 'configured'
  | 'over'

/**
 * What happened to a connection. 'started': its server has accepted it. 'ready': an input has something to begin with.
 * 'left', 'back': an input's publisher. 'takes': the FourCCs that a server names. 'wish': a
 * server wishes to be left, which followWish() does. 'moved': it is at another address,
 * where its server sent it. 'on-air': this input goes on air, in place of another or as the first. 'over': it has
 * failed, or (`failure` null) ended. Of no connection (0) are 'fill': no input is on air, and the fill begins; and
 * 'configured': the pictures on air have another configuration.
 */
export interface RelayNews {
  readonly connection: number
  readonly what: RelayEvent
  readonly text: string
  readonly failure: RelayFailure | null
}

interface SessionCounters {
  readonly inBytes: number
  readonly outBytes: number
  readonly outBytesAcked: number
  /** Bytes that the peer's TCP has acknowledged; null: unknown. */
  readonly acknowledged: number | null
  readonly received: number | null
  readonly phase: RtmpPhase
}

/** Counters of an input's connection. */
export interface RelayInputCounters extends SessionCounters {
  /** Pictures and sound. */
  readonly packets: number
  readonly bytes: number
  readonly pictures: number
  readonly keyframes: number
  /** ms since the last one; null: none has come. */
  readonly pictureAge: number | null
  readonly soundAge: number | null
  readonly onAir: boolean
}

/** Counters of a target's connection. */
export interface RelayTargetCounters extends SessionCounters {
  readonly packets: number
  readonly bytes: number
  /** Packets that a full queue did not take. */
  readonly dropped: number
  /** The connection's own time of the last packet. */
  readonly positionMs: number
  readonly queueMs: number
}

/** What a stream is, as far as its tags and metadata say; 0: they do not. */
export interface RelayFacts {
  readonly tracks: readonly { readonly kind: 'video' | 'audio'; readonly id: number; readonly codec: string }[]
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly sampleRate: number
  readonly channels: number
}

/** What a slate must be like. */
export interface RelayFillPicture {
  /** Of the configuration. */
  readonly serial: number
  /** null: no input has had a picture. */
  readonly picture: {
    readonly codec: 'h264' | 'hevc' | 'other'
    readonly record: Uint8Array
    readonly picture: Uint8Array
  } | null
}

/** What goes out while no input is on air. */
export interface RelayFill {
  /** ms since it began; null: an input is on air, or nothing is. */
  readonly age: number | null
  /** Pictures. */
  readonly repeated: number
  /** How often it has begun. */
  readonly fills: number
  /** The present or last one shows the slate. */
  readonly slate: boolean
  /** It has no silence for the sound that there was. */
  readonly soundStops: boolean
}

/** A copy: connections of inputs, of which one is on air, and of targets. Media never come to JavaScript. */
export interface PacketRelay {
  /** @param rank 0: preferred to all others. Returns the connection's number. */
  addInput(address: ConnectionAddress, rank: number): number
  /**
   * @param publishBy µs of CLOCK_MONOTONIC: later the server is not asked for the stream, and the connection is over
   *   with ERR_MAY_NOT_CONNECT; 0: at any time
   */
  addTarget(address: ConnectionAddress, publishBy: number): number
  /** Follows the last wish of a target's server, if there is one. `publishBy`: that of the next server. */
  followWish(connection: number, publishBy: number): void
  /**
   * The input of this rank goes before all others until another one takes its place on air; it goes on air now. False:
   * it is not ready.
   */
  prefer(rank: number): boolean
  /** What waits for its network still leaves, then a goodbye; 'over' is told. */
  finish(connection: number): void
  /** Ends a connection, of which nothing more is told. */
  closeConnection(connection: number): void
  news(): readonly RelayNews[]
  /** null: it is closed. */
  input(connection: number): RelayInputCounters | null
  target(connection: number): RelayTargetCounters | null
  facts(): RelayFacts | null
  /** Pictures and sound that came from inputs on air. */
  packets(): number
  fillPicture(): RelayFillPicture
  /**
   * Returns whether it fits the pictures on air.
   * @param parts its configuration record, a keyframe, and the pictures behind it
   */
  setSlate(serial: number, codec: 'h264' | 'hevc', parts: readonly Uint8Array[]): boolean
  /** Begins also where no input has been on air. */
  startFill(): void
  /** For good. */
  endFill(): void
  fill(): RelayFill
  close(): void
}

/** What the room exports besides. */
export interface RelayExports {
  /**
   * @param onNews called when there are news
   * @param holdBack ms for which an input that is preferred must have been well before it goes on air again
   * @param fill what goes out while no input is on air
   */
  PacketRelay: new (
    onNews: () => void,
    holdBack: number,
    fill: 'none' | 'repeat' | 'slate',
  ) => PacketRelay
}

/** An input of a relay that gets packets, and has no connection of its own. */
export interface PacketInput {
  /** By which the relay tells of it. */
  number(): number
  /** For whoever has packets. */
  listener(): PacketListener
  /** Packets that a full queue did not take. */
  dropped(): number
  close(): void
}

/** Targets of a relay that are no servers of RTMP: a part of what a fan-out of an output does. */
export interface RelayFanout {
  /** A target that takes an MPEG transport stream, from the next keyframe on. Returns its number. */
  addStream(appsrc: ElementHandle): number
  /** Gives a listener the packets as they are; returns its number, which remove() takes. */
  listen(listener: PacketListener): number
  /** With `end` what waits still leaves; else returns how many packets are lost. */
  remove(target: number, end: boolean): number
  /** null: it is a recording, or no target. */
  stats(target: number): TargetStats | null
  close(): void
}

/** What native/relay exports. */
export interface RelayKindsExports {
  /** @param rank 0: preferred to all others */
  PacketInput: new (
    relay: PacketRelay,
    rank: number,
  ) => PacketInput
  RelayFanout: new (relay: PacketRelay) => RelayFanout
}
