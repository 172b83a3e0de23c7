/** Where the channels of a fleet run. Pure: each worker works it out for itself, from the same facts of the store. */

export interface PlacementWorker {
  readonly name: string
  readonly capacityCores: number
  /** What its channels take, measured or expected. */
  readonly usedCores: number
  /** Not draining, and heard of of late. */
  readonly available: boolean
}

export interface PlacementChannel {
  readonly name: string
  /** Measured, else expected. */
  readonly costCores: number
  readonly preferredWorker: string | null
  /** The worker that is ready for it. */
  readonly nextWorker: string | null
  /** A worker that must not have it, such as the holder of a channel whose standby is sought. */
  readonly avoid: string | null
}
