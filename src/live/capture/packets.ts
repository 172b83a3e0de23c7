import { BehaviorSubject, type Observable } from 'rxjs'
import type { PacketProbe } from '../../addon/record'

/** Where a capture has its packets for relays: no part of the surface of captures. */
export const PACKETS: unique symbol = Symbol('packets')

/** The encoded packets of a capture, for relays that copy them. They never stop the capture. */
export class CapturePackets {
  readonly #probe = new BehaviorSubject<PacketProbe | null>(null)
  /** The packets of the present connection, then those of each later one before they flow; null: there is none. */
  readonly probe$: Observable<PacketProbe | null> = this.#probe.asObservable()

  /**
   * @param display the capture's address, safe to show
   * @param watch tells the capture that somebody looks at its stream, until what it returns is called
   */
  constructor(
    readonly display: string,
    readonly watch: () => () => void,
  ) {}

  /** Another connection has these; null: it is over. */
  attach(probe: PacketProbe | null): void {
    this.#probe.next(probe)
  }
}
