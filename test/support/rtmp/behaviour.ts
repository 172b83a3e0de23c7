import type { FlvTag } from './flv'

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
  | { kind: 'reject-play'; code?: 'NetStream.Play.Failed' | 'NetStream.Play.StreamNotFound' }
  | { kind: 'reject-publish'; code?: 'NetStream.Publish.BadName' | 'NetStream.Publish.Denied' }
  /** Says Play.Start, and never sends media. */
  | { kind: 'play-then-nothing' }
  /** 'random': media messages full of random bytes; 'avc-header': a truncated decoder configuration, then pictures. */
  | { kind: 'play-garbage-media'; what?: 'random' | 'avc-header' }
  | ServeFile
  | AcceptPublish

export interface ServeFile {
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
}

export interface AcceptPublish {
  kind: 'accept-publish'
  /** After so many bytes of media … */
  after?: number
  /** … this. Default 'fin'. 'freeze' = never reads again, so that the client's buffers fill. */
  then?: Exclude<Ending, 'silence'>
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
