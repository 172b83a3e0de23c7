import { native } from '../../../addon/binding'
import type { ElementHandle } from '../../../addon/gst'
import type { RxGstError } from '../../../core/errors'
import { checkTransport } from '../../../core/transport-options'
import { parseRtmpUrl, type RtmpUrl } from '../../../core/url'
import { relayFor } from '../../../engine/librtmp-relay'
import { explainTimeout, reach } from '../../../engine/reach'
import { rtmpInput } from '../../../pipelines/capture'
import { transportFor, type Transport } from '../../../pipelines/transport'
import type { ResolvedCaptureOptions } from '../../options'
import { unanswered } from '../unanswered'
import type { CaptureInput, OpenInput } from './input'

/** A stream of an RTMP server, by one of the three transports. */
export class RtmpInput implements CaptureInput {
  readonly transport: Transport
  readonly tracks = null
  readonly atEnd = 'retry'
  readonly #url: RtmpUrl

  constructor(address: string, options: ResolvedCaptureOptions) {
    this.#url = parseRtmpUrl(address, options.streamKey)
    checkTransport(options.transport, this.#url)
    this.transport = transportFor(options.transport)
  }

  get display(): string {
    return this.#url.display
  }

  get secrets(): readonly string[] {
    return this.#url.secrets
  }

  /** Whether certificates are among the bytes of the socket. */
  get secure(): boolean {
    return this.#url.scheme === 'rtmps'
  }

  get settled(): boolean {
    return this.transport !== 'librtmp'
  }

  /** librtmp has one error text for everything that can fail before there is a connection. So reach() looks first. */
  async settle({ connectTimeout }: ResolvedCaptureOptions, stopped: AbortSignal): Promise<void> {
    if (this.transport === 'librtmp') await reach(this.#url, connectTimeout, stopped)
  }

  open(options: ResolvedCaptureOptions): OpenInput {
    const relay = relayFor(this.#url, this.transport, options.connectTimeout)
    const graph = rtmpInput({
      url: this.#url,
      via: relay?.port() ?? null,
      transport: this.transport,
      timeout: Math.max(1, Math.ceil(options.connectTimeout / 1000)),
      decode: options.decode || options.analyse !== null,
      tracks: options,
    })
    return { graph, built: source => relay?.watch(source), close: () => relay?.close() }
  }

  fault(): null {
    return null
  }

  overdue(source: ElementHandle): RxGstError | null {
    return unanswered(native().transportStats(source)?.phase, this.#url)
  }

  explain(error: RxGstError): Promise<RxGstError | null> {
    return explainTimeout(error, this.#url, this.transport)
  }
}
