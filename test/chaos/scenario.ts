import type { Stream, World } from './world'

/** One way to break the air, as a value: the engine breaks, waits, mends, waits, and judges. */
export interface Scenario {
  readonly name: string
  /** Which stream it happens to; the others may not notice. */
  readonly of: Stream
  /** How often in `npm run test:all` (0 = not there) and in `npm run test:chaos`. */
  readonly rounds: { readonly short: number; readonly long: number }
  /**
   * true (default): the stream must notice, and be live again after it is mended. false: it must stay live throughout.
   * 'either': it may do both.
   */
  readonly lost?: boolean | 'either'
  break(world: World, round: number): unknown
  /** ms for which it stays broken; it is never mended before the loss is noticed, where it must be. */
  readonly lasts?: number
  /**
   * Resolves with the moment (performance.now()) from which a client can succeed, or else it is the moment it is done.
   */
  mend?(world: World, round: number): Promise<number | void> | number | void
  /** What else must be true of the outage; texts of what is not. */
  check?(world: World, outage: Outage): Promise<string[]> | string[]
  /** No flash with its beep is to be expected after it. */
  readonly noPairs?: boolean
  /**
   * Target 0 without the proxy: its kernel buffers would go on taking what a server does not (2.6 MB on loopback, half
   * a minute), as no kernel of a real server does.
   */
  readonly direct?: boolean
  /** The peer that is back refuses some attempts still. */
  readonly refusals?: boolean
  /** ms for which a viewer may wait for a picture, where it is more than the rule's. */
  readonly wait?: number
  /** The capture may go on over librtmp, whose relay has three descriptors of its own. */
  readonly relayed?: boolean
}

export interface Outage {
  readonly round: number
  /** performance.now() */
  readonly brokenAt: number
  /** ms from the break until the stream said so; null = it did not. */
  noticed: number | null
  /** ms from when it could be had again until it was. */
  recovery: number
  /** ms that its policy let it wait of that, and the attempts that failed although the peer was well. */
  backoff: number
  failedAttempts: number
  /** ms in all without it. */
  dark: number
  /** Longest wait for a picture, ms, of a viewer that must not notice. */
  wait: number
  /** Offsets of the flashes and beeps that came after it, ms. */
  offsets: number[]
}
