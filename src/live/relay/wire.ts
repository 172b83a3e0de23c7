import { native } from '../../addon/binding'
import type { ConnectionAddress, PacketInput, PacketRelay, RelayFailure, RelayNews } from '../../addon/relay'
import { ERRORS } from '../../core/error-table'
import { RxGstError, type ErrorCode } from '../../core/errors'
import { peerText } from '../../core/peer-text'
import type { RtmpUrl } from '../../core/url'
import type { FillKind } from './slate-options'

type Listener = (news: RelayNews) => void

/** Numbers of connections begin with 1. */
const NO_CONNECTION = 0

/** The native copy of one relay, and whom its news are for. */
export class RelayWire {
  readonly packets: PacketRelay
  readonly #listeners = new Map<number, Listener>()

  /**
   * @param holdBack ms
   * @param listener of what concerns no connection
   */
  constructor(holdBack: number, fill: FillKind, listener: Listener) {
    this.packets = new (native().PacketRelay)(() => this.#onNews(), holdBack, fill)
    this.#listeners.set(NO_CONNECTION, listener)
  }

  addInput(url: RtmpUrl, timeout: number, rank: number, listener: Listener): number {
    return this.#listen(this.packets.addInput(addressOf(url, timeout), rank), listener)
  }

  /** An input that gets packets of a pipeline. */
  addPackets(rank: number, listener: Listener): PacketInput {
    const input = new (native().PacketInput)(this.packets, rank)
    this.#listen(input.number(), listener)
    return input
  }

  /** `publishBy`: as publishByUs() has it; null: the server may be asked for the stream at any time. */
  addTarget(
    url: RtmpUrl,
    { timeout, publishBy }: { readonly timeout: number; readonly publishBy: number | null },
    listener: Listener,
  ): number {
    return this.#listen(this.packets.addTarget(addressOf(url, timeout), publishBy ?? 0), listener)
  }

  /** Nothing more is told of it. */
  closeConnection(connection: number): void {
    this.#listeners.delete(connection)
    this.packets.closeConnection(connection)
  }

  close(): void {
    this.#listeners.clear()
    this.packets.close()
  }

  // News come in a later turn than the call that adds their connection.
  #listen(connection: number, listener: Listener): number {
    this.#listeners.set(connection, listener)
    return connection
  }

  #onNews(): void {
    for (const news of this.packets.news()) this.#listeners.get(news.connection)?.(news)
  }
}

function addressOf(url: RtmpUrl, timeout: number): ConnectionAddress {
  const { scheme, host, port, application, stream, tcUrl, username, password } = url
  return { tls: scheme === 'rtmps', host, port, application, stream, tcUrl, username, password, timeout }
}

/**
 * The error of a connection that is over.
 * @param wasLive whether media had flowed: a server that closes silently then has refused nothing any more
 */
export function errorOf(failure: RelayFailure, url: RtmpUrl, wasLive: boolean): RxGstError {
  const { silent, acceptedMs, serverCode, serverText } = failure
  const told = failure.code in ERRORS ? (failure.code as ErrorCode) : 'ERR_CONNECTION_LOST'
  const lost = wasLive && /_REJECTED$/.test(told) && silent && acceptedMs > 0
  const code = lost ? 'ERR_CONNECTION_LOST' : told
  const words = [serverCode, serverText === '' ? '' : `(${serverText})`].filter(word => word !== '').join(' ')
  const hint = code === 'ERR_PLAY_REJECTED' ? '; perhaps nobody publishes it now, or under another name' : ''
  const text = peerText(words === '' ? failure.text : `${failure.text}: ${words}`, url.secrets)
  // A TLS handshake that breaks off comes from a server that starts or stops; a bad certificate stays bad.
  const retryable = code === 'ERR_TLS' && !/certificate/i.test(failure.text) ? true : undefined
  return new RxGstError(code, `${url.display}: ${text}${hint}`, { retryable })
}
