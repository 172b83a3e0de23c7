/** Types of native/record: the recorder, and the packets of a capture for it. */
import type { ElementHandle } from './gst'

/** Who gets packets in native code; one room of the addon gives it to another. */
export interface PacketListener {
  readonly packetListener: unique symbol
}

export interface RecorderOptions {
  readonly folder: string
  /** Of files, relative to the folder; strftime's fields stand for UTC. */
  readonly pattern: string
  readonly format: 'mp4' | 'flv' | 'ts'
  readonly segmentMs: number
  readonly indexPath: string
  /** Of packets that wait for the disk. */
  readonly mostBytes: number
}

/** What has happened to a segment. */
export interface SegmentNews {
  /** 'kept': it could not be removed. */
  readonly type: 'opened' | 'finished' | 'removed' | 'kept'
  /** 1, 2 …, by which rewrite() counts. */
  readonly number: number
  /** Relative to the folder. */
  readonly file: string
  /** Unix ms. */
  readonly begin: number
  /** ms. */
  readonly duration: number
  readonly bytes: number
}

export interface RecorderStats {
  readonly packets: number
  readonly bytes: number
  /** Packets that a full queue or a failed disk lost. */
  readonly dropped: number
  /** Packets that the writer has done with. */
  readonly handled: number
  /** Bytes on the disk. */
  readonly written: number
  /** Bytes of the segment that is being written. */
  readonly present: number
  readonly queueMs: number
  /** Nobody else writes into the folder: it waits for begin(). */
  readonly locked: boolean
  /** The folder is there, and can be written. */
  readonly ready: boolean
  /** The writer has ended: `error`, or as it was asked to. */
  readonly over: boolean
  /** 'full': the disk is; 'taken': another recorder has the folder. */
  readonly error: 'full' | 'taken' | 'other' | null
  readonly errorText: string
}

/** The recorder: a queue, and a thread that writes what comes out of it. */
export interface NativeRecorder {
  listener(): PacketListener
  /** Makes and locks the folder, and touches nothing in it. */
  start(): void
  /** Writes this index, of the segments that are there, and then packets. */
  begin(index: string): void
  /** The writer removes these files of the folder. */
  remove(files: readonly string[]): void
  /** The index is this one, and what has happened since the news of this number. */
  rewrite(index: string, number: number): void
  /** What has come is written, the segment ends, and so does the writer. */
  finish(): void
  take(): SegmentNews[]
  stats(): RecorderStats
  /** It no longer keeps the process alive. */
  unref(): void
  /** As finish(), and tells nothing more. */
  close(): void
}

/** The packets of one connection of a capture. */
export interface PacketProbe {
  /** Gives them to this listener, from now on or no more. */
  listen(listener: PacketListener, whether: boolean): void
  /** Caps of sound that is no AAC, which listeners do not get; null: none has come. */
  otherSound(): string | null
  /** An appsrc gets that sound, in running time; null: nobody does any more. */
  pour(appsrc: ElementHandle | null): void
  /** How much of it a full appsrc did not take, in buffers. */
  droppedSound(): number
  close(): void
}

/** Bytes of whole tags of FLV. */
export interface FlvPiece {
  readonly bytes: Uint8Array
  readonly start: boolean
  readonly keyframe: boolean
}

/** A live stream of FLV of the packets that its listener gets. */
export interface FlvTap {
  listener(): PacketListener
  take(): FlvPiece[]
  /** Packets that a full queue lost. */
  dropped(): number
  /** Nothing follows what was taken. */
  over(): boolean
  close(): void
}

/** What the room exports. */
export interface RecordExports {
  /** @param mostBytes that wait for take() */
  FlvTap: new (
    mostBytes: number,
    onPieces: () => void,
  ) => FlvTap
  Recorder: new (options: RecorderOptions, onChange: () => void) => NativeRecorder
  /**
   * @param pictures null: there are none, and the sound was encoded here
   * @param all element whose pad has all sound, before it is parsed
   */
  PacketProbe: new (
    pictures: ElementHandle | null,
    picturePad: string,
    sound: ElementHandle,
    soundPad: string,
    all?: ElementHandle,
    allPad?: string,
  ) => PacketProbe
}
