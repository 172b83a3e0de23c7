import type { ErrorCode } from '../../../core/errors'
import { parseSrtUrl, type SrtUrl } from '../../../core/addresses/srt'
import type { GstFault } from '../../../engine/fault'
import { INPUT } from '../../../pipelines/inputs/input-graph'
import { srtInput } from '../../../pipelines/inputs/srt'
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
  readonly settled = true
  readonly #url: SrtUrl

  constructor(address: string) {
    this.#url = parseSrtUrl(address)
    this.display = this.#url.display
    this.secrets = this.#url.secrets
  }

  async settle(): Promise<void> {}

  open(): OpenInput {
    return { graph: srtInput(this.#url) }
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
