import type { Amf } from './amf0'
import type { encodeMessage } from './chunk'
import type { Connection } from './connection'
import type { FlvTag } from './flv'
import type { HandshakeManner } from './handshake'

/** FIN; RST; 'freeze' = the connection stays, nothing is read or written any more; 'silence' = no more media. */
export type Ending = 'fin' | 'rst' | 'freeze' | 'silence'

export type Behaviour =
  /** Accepts TCP, reads, says nothing. */
  | { kind: 'accept-silent' }
  /** S0 and S1, then nothing. */
  | { kind: 'half-handshake' }
  /** The whole handshake, then nothing. */
  | { kind: 'handshake-silent' }
  /** Random bytes, at once or in place of what follows the handshake. */
  | { kind: 'garbage'; after?: 'connect' | 'handshake' }
  | { kind: 'reject-connect'; description?: string }
  /** Sends its client to another address. */
  | { kind: 'redirect'; to: string }
  /** Floods in place of its answer to the first command. */
  | { kind: 'flood-connect'; what: Flood['what'] }
  | { kind: 'reject-play'; code?: 'NetStream.Play.Failed' | 'NetStream.Play.StreamNotFound' }
  | { kind: 'reject-publish'; code?: 'NetStream.Publish.BadName' | 'NetStream.Publish.Denied' }
  /** Says Play.Start, and never sends media. */
  | { kind: 'play-then-nothing' }
  /** 'random': media messages full of random bytes; 'avc-header': a truncated decoder configuration, then pictures. */
  | { kind: 'play-garbage-media'; what?: 'random' | 'avc-header' }
  | Flood
  | ServeFile
  | AcceptPublish

/** A command of a client. */
export interface Call {
  readonly name: string
  readonly transaction: number
  /** The object of `connect`; of others mostly null. */
  readonly first: Amf
  readonly rest: readonly Amf[]
}

/** What a server does at a command, in place of what most servers do, or before that. */
export type Manner = Readonly<Record<string, (it: Connection, call: Call) => 'as usual' | void>>

/** How a server's answers differ from what most servers say. */
export interface Answer {
  manner?: Manner
  handshake?: HandshakeManner
  /** Of the chunks that it writes. Default 4096; it does not say 128, which is the default of RTMP. */
  chunkSize?: number
  /** The message stream that the statuses come on. Default: that of createStream. */
  statusStream?: number
  /** A status that comes before Start. */
  first?: string
}

export interface ServeFile extends Answer {
  kind: 'serve-file'
  file: string
  /** 'real' (default) = by the timestamps; 'full' = as fast as the client reads. */
  pace?: 'real' | 'full'
  /** Again and again, with timestamps that go on. */
  loop?: boolean
  /** Stop after this much media, ms; default: the whole file. */
  until?: number
  /** What comes then. Default 'fin'. */
  then?: Ending
  /** Replaces each tag by what it returns: drop, change, repeat, shift in time. `index` counts on over loops. */
  edit?: (tag: FlvTag, index: number) => FlvTag[]
  /** Before each tag; what it returns is waited for. */
  before?: (it: Connection, tag: FlvTag, index: number) => Promise<void> | void
  /** Makes chunks of a message; default: those of chunk.ts. */
  encode?: typeof encodeMessage
  /** The message stream of the media. Default: that of createStream. */
  mediaStream?: number
  /** Replaces the bytes of each message, in chunks already, by what it returns; `index` counts the messages. */
  mangle?: (bytes: Buffer, index: number) => Buffer
}

/** More than a client should take, once it plays: as fast as it reads, until it leaves or `bytes` were sent. */
export interface Flood {
  kind: 'flood'
  /**
   * 'message': pictures of 16 MiB less one byte; 'chunk-size': the same in one chunk each, of the largest size there
   * is; 'chunk-streams': the first chunk of a message of 16 MiB on every one of 65,599 chunk streams, and never a
   * second one; 'zero-chunk': a chunk size of 0; 'pings': a ping behind the other, whose answers nobody reads;
   * 'metadata': onMetaData with 100,000 fields, again and again; 'short-pings': pings of 7 bytes each; 'bandwidths':
   * bandwidths and windows in turn, each of which wants an answer; 'buffer-lengths': events that want none;
   * 'cue-points': script tags of 13 bytes; 'statuses': commands of 50 kB; 'amf3': data messages that rtmp2 does not
   * know.
   */
  what:
    | 'message'
    | 'chunk-size'
    | 'chunk-streams'
    | 'zero-chunk'
    | 'pings'
    | 'metadata'
    | 'short-pings'
    | 'bandwidths'
    | 'buffer-lengths'
    | 'cue-points'
    | 'statuses'
    | 'amf3'
  /** Default: no end. */
  bytes?: number
}

export interface AcceptPublish extends Answer {
  kind: 'accept-publish'
  /** After so many bytes of media … */
  after?: number
  /** … this. Default 'fin'. 'freeze' = never reads again, so that the client's buffers fill. */
  then?: Exclude<Ending, 'silence'>
  /** Floods the publisher as soon as it has accepted it. */
  flood?: Flood['what']
  /** A slow reader: takes at most so many bytes a second, of all that comes. Default Infinity. */
  rate?: number
  /** What the answer to `connect` says besides, such as `fourCcList`. */
  says?: Readonly<Record<string, Amf>>
}

/** Random bytes that are the same every time, so that a failure can be had again. */
export function garbage(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed >>> 0
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
