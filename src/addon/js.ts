/** Types of native/js: the wake-ups of JavaScript, and the addon in its process. */

/** The changes of a connection, one bit each. The addon has the same table (native/js/changes.h). */
export const CHANGE = {
  /** Pictures, sound or packets wait in a tap. */
  frames: 1 << 0,
  audio: 1 << 1,
  packets: 1 << 2,
  /**
   * Size, pixel aspect ratio, rate or channels have changed. Comes before the first picture or sound of the new kind.
   */
  info: 1 << 3,
  /** A picture found no memory. */
  held: 1 << 4,
  /** A picture got the time of its decoding, since its own was impossible. */
  mistimed: 1 << 5,
  /** A tap's stream has ended. */
  ended: 1 << 6,
  /** A tap got data that it cannot read. */
  wrong: 1 << 7,
} as const

/** The wake-up that the taps of one connection share. */
export interface Changes {
  /** Takes the bits of CHANGE that onWake() has not got yet: under a blocking reader the event loop does not turn. */
  take(): number
  /** From now on only these bits wake JavaScript; others come with the next wake-up. At first all bits do. */
  wakeFor(changes: number): void
  /** Ends the calls of onWake(). */
  close(): void
}

/** What the room exports. */
export interface JsExports {
  /** @param onWake called with the bits of CHANGE that have come up since the last call */
  Changes: new (
    onWake: (changes: number) => void,
  ) => Changes
  /** Must be equal to CHANGE. */
  changeBits: Record<string, number>
  /** How wake-ups call in the next turn of the event loop: Node's own, which no fake timers replace. */
  nextTurnBy(setImmediate: (callback: (argument: unknown) => void, argument: unknown) => unknown): void
  /**
   * Keeps another addon in memory after the worker that loaded it has ended; this one stays by itself.
   * @param name its file name, without `.node`
   */
  keepLoaded(name: string): void
}
