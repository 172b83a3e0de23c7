import { BehaviorSubject, type Observable } from 'rxjs'
import type { PacketListener, PacketProbe } from '../../addon/record'
import type { CaptureInput } from './inputs/input'

/** Where a capture has its packets for relays: no part of the surface of captures. */
export const PACKETS: unique symbol = Symbol('packets')

/** The encoded packets of a capture, for relays that copy them. They never stop the capture. */
export class CapturePackets {
  readonly #probe = new BehaviorSubject<PacketProbe | null>(null)
  /** The packets of the present connection, then those of each later one before they flow; null: there is none. */
  readonly probe$: Observable<PacketProbe | null> = this.#probe.asObservable()
  readonly #input: Pick<CaptureInput, 'display' | 'position'>

  /**
   * @param watch tells the capture that somebody looks at its stream, until what it returns is called
   */
  constructor(
    input: Pick<CaptureInput, 'display' | 'position'>,
    readonly watch: () => () => void,
  ) {
    this.#input = input
  }

  /** The capture's address, safe to show. */
  get display(): string {
    return this.#input.display
  }

  /** Begins where an earlier capture of the same address was: of a playlist, nothing comes twice. */
  follow(earlier: CapturePackets): void {
    const { position } = earlier.#input
    if (position) this.#input.position = position
  }

  /** Gives a listener the packets of each connection; returns how it leaves. */
  join(listener: PacketListener): () => void {
    let last: PacketProbe | null = null
    const unwatch = this.watch()
    const connections = this.probe$.subscribe(probe => {
      last = probe
      probe?.listen(listener, true)
    })
    return () => {
      connections.unsubscribe()
      last?.listen(listener, false)
      unwatch()
    }
  }

  /** Another connection has these; null: it is over. */
  attach(probe: PacketProbe | null): void {
    this.#probe.next(probe)
  }
}
