/** Types of native/js: what wakes JavaScript, and the addon itself in its process. */

/** What may change on a connection, one bit each. The addon has the same table (native/js/changes.h). */
export const CHANGE = {
  /** Pictures, sound or packets wait in a tap. */
  frames: 1 << 0,
  audio: 1 << 1,
  packets: 1 << 2,
  /** Size, shape, rate or channels are others than before. Told before the first picture or sound of that kind. */
  info: 1 << 3,
  /** A picture found no memory. */
  held: 1 << 4,
  /** The time of a picture's decoding was taken for its own. */
  mistimed: 1 << 5,
  /** A tap's stream has ended. */
  ended: 1 << 6,
  /** A tap got what it cannot read. */
  wrong: 1 << 7,
} as const

/** The wake-up that the taps of one connection share. */
export interface Changes {
  /** Takes the bits of CHANGE that onWake has not got yet: blocking readers do not let the event loop turn. */
  take(): number
  /** Only these bits wake JavaScript from now on, at first all do; others are told with the next wake-up. */
  wakeFor(changes: number): void
  /** onWake is not called any more. */
  close(): void
}

/** What the room exports. */
export interface JsExports {
  /** `onWake`: is called with the bits of CHANGE that have come up since the last call. */
  Changes: new (
    onWake: (changes: number) => void,
  ) => Changes
  /** Must be equal to CHANGE. */
  changeBits: Record<string, number>
  /**
   * Keeps another addon in memory when the worker that loaded it ends; this one stays by itself.
   * @param name of its file, without `.node`
   */
  keepLoaded(name: string): void
}
