import { RxGstError, type ErrorCode } from '../../../core/errors'
import { parseSrtUrl, type SrtUrl } from '../../../core/addresses/srt'
import type { GstFault } from '../../../engine/fault'
import { pinnedHost, privateAddressesRefused } from '../../../engine/private-addresses'
import { INPUT } from '../../../pipelines/inputs/input-graph'
import { srtInput } from '../../../pipelines/inputs/srt'
import type { ResolvedCaptureOptions } from '../../options'
import { inputFault, type FaultRule } from './faults'
import type { CaptureInput, OpenInput } from './input'

const SOURCES = new Set(['srtsrc'])

/** libsrt's words, of its reasons for a refusal. */
const RULES: readonly FaultRule[] = [
  [/password|passphrase|encrypt|badsecret|unsecure/i, 'ERR_AUTHENTICATION'],
  [/rejected|refused by peer|forbidden|not found|conflict|peer/i, 'ERR_PLAY_REJECTED'],
  [/in use|bind/i, 'ERR_NAME_TAKEN'],
]

/** MPEG-TS over SRT: from a listener, from a caller, or between two that meet. */
export class SrtInput implements CaptureInput {
  readonly display: string
  readonly secrets: readonly string[]
  readonly transport = 'srt'
  readonly tracks = INPUT.demux
  readonly atEnd = 'retry'
  readonly #url: SrtUrl
  /** Of the next connection; null: nobody has looked. */
  #host: string | null = null

  constructor(address: string) {
    this.#url = parseSrtUrl(address)
    this.display = this.#url.display
    this.secrets = this.#url.secrets
  }

  /** A listener's host is this machine's own side. */
  get settled(): boolean {
    return this.#url.mode === 'listener' || !privateAddressesRefused(this.#url)
  }

  async settle({ connectTimeout }: ResolvedCaptureOptions, signal: AbortSignal): Promise<void> {
    this.#host = await pinnedHost(this.#url, connectTimeout, signal)
  }

  open(): OpenInput {
    const { host, display } = this.#url
    if (this.#host === null && !this.settled)
      throw new RxGstError('ERR_ADDRESS_REFUSED', `${display}: nobody has looked yet whether its address is public`)
    return { graph: srtInput({ ...this.#url, host: this.settled ? host : this.#host! }) }
  }

  fault(fault: GstFault, wasLive: boolean): ErrorCode | null {
    return inputFault(fault, wasLive, SOURCES, wasLive ? [] : RULES)
  }

  overdue(): null {
    return null
  }

  async explain(): Promise<null> {
    return null
  }
}
