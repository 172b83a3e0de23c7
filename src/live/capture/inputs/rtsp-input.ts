import { RxGstError, type ErrorCode } from '../../../core/errors'
import { parseNetworkAddress, type NetworkAddress } from '../../../core/addresses/network-address'
import type { GstFault } from '../../../engine/fault'
import { privateAddressesRefused } from '../../../engine/private-addresses'
import { reach } from '../../../engine/reach'
import { INPUT } from '../../../pipelines/inputs/input-graph'
import { rtspInput } from '../../../pipelines/inputs/rtsp'
import type { ResolvedCaptureOptions } from '../../options'
import { inputFault, type FaultRule } from './faults'
import type { CaptureInput, CaptureTransport, OpenInput } from './input'

/** rtspsrc speaks by itself, and for the elements of UDP that it makes. */
const SOURCES = new Set(['rtspsrc', 'udpsrc', 'udpsink', 'rtpbin', 'rtpsession', 'rtpjitterbuffer'])

const RULES: readonly FaultRule[] = [
  [/answers with UDP where TCP was asked for/, 'ERR_ADDRESS_REFUSED'],
  [/unauthori[sz]ed|\b401\b|not authorized/i, 'ERR_AUTHENTICATION'],
  [/\b403\b|forbidden|not found|\b404\b|\b45[0-9]\b|unsupported transport|\b461\b/i, 'ERR_PLAY_REJECTED'],
  // Every stream of the session was refused.
  [/no supported stream/i, 'ERR_PLAY_REJECTED'],
  [/parse error/i, 'ERR_BAD_STREAM'],
  [/could not receive any UDP packets/i, 'ERR_STALLED'],
]
const DEFAULT_PORT = { rtsp: 554, rtsps: 322 } as const

/** What a server says that does not give the session over this transport. */
const REFUSED_TRANSPORT = /unsupported transport|\b461\b|allow more transport protocols/i

/** A camera, or another server of RTSP. */
export class RtspInput implements CaptureInput {
  readonly display: string
  readonly secrets: readonly string[]
  readonly tracks = INPUT.source
  readonly payloads = true
  readonly atEnd = 'retry'
  readonly settled = false
  readonly #address: NetworkAddress
  readonly #wanted: 'auto' | 'tcp' | 'udp'
  /** With 'auto': TCP, until the server refuses it; then UDP, until it refuses that. */
  #used: 'tcp' | 'udp'

  constructor(address: string, wanted: 'auto' | 'tcp' | 'udp') {
    this.#address = parseNetworkAddress(address, 'RTSP')
    if (this.#address.host === '') throw new RxGstError('ERR_URL', 'invalid RTSP URL: the host is missing')
    this.display = this.#address.display
    this.secrets = this.#address.secrets
    this.#wanted = wanted
    this.#used = wanted === 'udp' ? 'udp' : 'tcp'
  }

  get transport(): CaptureTransport {
    return `rtsp-${this.#used}`
  }

  get #peer() {
    const { host, port, scheme } = this.#address
    return { host, port: port ?? DEFAULT_PORT[scheme as 'rtsp'], display: this.display }
  }

  /** rtspsrc has one error text for all that can fail before there is a connection. */
  async settle({ connectTimeout }: ResolvedCaptureOptions, stopped: AbortSignal): Promise<void> {
    this.#checkUdp()
    await reach(this.#peer, connectTimeout, stopped)
  }

  #checkUdp(): void {
    if (this.#used === 'udp' && privateAddressesRefused(this.#peer))
      throw new RxGstError('ERR_ADDRESS_REFUSED', `${this.display}: over UDP a server says where our packets go to`)
  }

  open({ connectTimeout }: ResolvedCaptureOptions): OpenInput {
    // A connection that may not wait is not settled.
    this.#checkUdp()
    const { scheme, host, port, path, username, password } = this.#address
    const server = `${host.includes(':') ? `[${host}]` : host}${port === null ? '' : `:${port}`}`
    const location = `${scheme}://${server}${path}`
    return { graph: rtspInput({ location, username, password }, this.#used, connectTimeout) }
  }

  fault(fault: GstFault, wasLive: boolean): ErrorCode | null {
    // TCP has just been tried, and the element has one text for all that fails behind it.
    if (this.#address.scheme === 'rtsps' && !wasLive && /failed to connect/i.test(fault.debug)) return 'ERR_TLS'
    return inputFault(fault, wasLive, SOURCES, RULES)
  }

  overdue(): null {
    return null
  }

  async explain(): Promise<null> {
    return null
  }

  replaced({ gst }: RxGstError): boolean {
    // Over UDP the server says where packets of ours go to.
    if (privateAddressesRefused(this.#peer)) return false
    if (this.#wanted !== 'auto' || !REFUSED_TRANSPORT.test(`${gst?.text} ${gst?.debug}`)) return false
    // Refused both ways: a later connection, if there is one, begins with TCP.
    this.#used = this.#used === 'tcp' ? 'udp' : 'tcp'
    return this.#used === 'udp'
  }
}
