import { RxGstError } from '../core/errors'
import { debianPackage } from '../gst/debian'
import type { Logger } from '../core/types'
import { native } from '../native/binding'
import { Descent, type CodecKind, type Rung, type Verdict } from '../pipelines/ladder'
import { pluginOf, prove, refuse, verdictOf } from './prove'

const LATE: Verdict = { works: false, refusal: { reason: 'its trial takes too long', remedy: 'wait for npx rxgst doctor' } }

/** What start() waits for trials, ms; half of connectTimeout where that is less. What takes longer is for the next stream. */
const MOST_PATIENCE = 5000

/** The decoder or encoder of one stream: the best that has proven itself here, and the next one when it fails. */
export class CodecChoice {
  readonly #kind: CodecKind
  readonly #descent: Descent
  readonly #logger: Logger
  readonly #patience: number
  /** Whose trials took too long for this stream. */
  readonly #late = new Set<string>()
  #loaded: string | null = null
  #settling: Promise<void> | null = null

  constructor(kind: CodecKind, rungs: readonly Rung[], { logger, connectTimeout }: { readonly logger: Logger; readonly connectTimeout: number }) {
    this.#kind = kind
    this.#descent = new Descent(rungs, (factory) => (this.#late.has(factory) ? LATE : verdictOf(rungs.find((rung) => rung.factory === factory)!)))
    this.#logger = logger
    this.#patience = Math.min(MOST_PATIENCE, connectTimeout / 2)
  }

  /** Whether settle() has nothing to wait for, as on every machine without such a device. */
  get settled(): boolean {
    const { rung, untried } = this.#descent
    return untried.length === 0 && (rung === null || rung.device === 'software' || rung.factory === this.#loaded)
  }

  /** Tries what is there and has not been tried on this machine. ERR_MISSING_PLUGIN, ERR_ENCODE: what was asked for is not there, does not work. */
  settle(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => (this.#settling = null))
    return this.#settling
  }

  async #settle(): Promise<void> {
    const until = performance.now() + this.#patience
    while (!this.settled) {
      const [next] = this.#descent.untried
      if (next) await this.#prove(next, until - performance.now())
      else await this.#load(this.#descent.rung!.factory)
    }
    if (!this.#descent.rung) throw this.#nothing()
  }

  async #prove(rung: Rung, patience: number): Promise<void> {
    this.#logger.debug(`${rung.factory} is tried in a process of its own`)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<{ verdict: Verdict }>((resolve) => (timer = setTimeout(() => resolve({ verdict: LATE }), Math.max(0, patience))))
    const { verdict } = await Promise.race([prove(this.#kind, rung), late])
    clearTimeout(timer)
    if (verdict === LATE) this.#late.add(rung.factory)
    if (verdict.works) this.#logger.info(`${rung.factory} has proven itself`)
    else this.#logger.info(`${rung.factory} is not used: ${verdict.refusal.reason}`)
  }

  async #load(factory: string): Promise<void> {
    const file = pluginOf(factory)
    const missing = await new Promise<string[]>((resolve) => native().loadFactories([factory], resolve, file === null ? [] : [file]))
    if (missing.length === 0) this.#loaded = factory
    else refuse(factory, `GStreamer has no ${factory} in this process, which began before its driver was there`)
  }

  #nothing(): RxGstError {
    const { refusals } = this.#descent
    const element = refusals[0]?.factory ?? null
    const why = refusals.map(({ factory, refusal }) => `${factory}: ${refusal.reason}${refusal.remedy ? ` (${refusal.remedy})` : ''}`).join('; ')
    const text = `no ${this.#kind} that was asked for works on this machine: ${why}`
    if (!refusals.every(({ refusal }) => refusal.absent)) return new RxGstError('ERR_ENCODE', text, { element, retryable: false })
    return new RxGstError('ERR_MISSING_PLUGIN', `${text}; the element is part of the Debian package ${debianPackage(element ?? '')}`, { element })
  }

  /** The element in use. */
  get factory(): string {
    const { rung } = this.#descent
    if (!rung) throw this.#nothing()
    return rung.factory
  }

  get isHardware(): boolean {
    const device = this.#descent.rung?.device ?? 'software'
    return device !== 'software'
  }

  /** What the element lets be set; null: what Debian 12's does. */
  get properties(): ReadonlySet<string> | null {
    return this.isHardware ? new Set(native().elementType(this.factory)?.properties ?? []) : null
  }

  /**
   * It has failed; whether another takes over, for as long as this stream lasts. `running`: on air, where an element that
   * was not asked for is better than none.
   */
  fall(error: RxGstError, running: boolean): boolean {
    const failed = this.#descent.rung?.factory
    const next = this.#descent.fall(running)
    if (!next) return false
    this.#logger.error(`${failed} failed: ${error.code}: ${error.message}; ${next.factory} takes over`)
    return true
  }
}
