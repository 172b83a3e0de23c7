import { withPatience } from '../../core/deadline'
import { RxGstError } from '../../core/errors'
import type { Logger } from '../../core/types'
import { debianPackage } from '../../engine/debian'
import { native } from '../../addon/binding'
import { Fallback, type CodecKind, type Candidate, type Verdict } from '../../pipelines/candidates'
import { load } from '../../engine/prepare'
import { pluginOf, runTrial, refuse, verdictOf } from './trial'

const LATE: Verdict = {
  works: false,
  refusal: { reason: 'its trial takes too long', remedy: 'wait for npx rxgst doctor' },
}
const WORKS: Verdict = { works: true }

/**
 * What start() waits for trials, ms; half of connectTimeout where that is less. What takes longer is for the next
 * stream.
 */
const MOST_PATIENCE = 5000
/** A plugin that is loaded opens its driver, which may not return, ms. */
const LOAD_DEADLINE = 3000

/** The decoder or encoder of one stream: the best that has proven itself here, and the next one when it fails. */
export class CodecChoice {
  readonly #kind: CodecKind
  readonly #candidates: readonly Candidate[]
  readonly #fallback: Fallback
  readonly #logger: Logger
  readonly #patience: number
  /**
   * What this stream keeps to, whatever others find out: those that are loaded work, those that took too long do not.
   */
  readonly #own = new Map<string, Verdict>()
  #settling: Promise<void> | null = null
  /** Those of this stream that failed on the way. */
  readonly #failures: string[] = []
  #reason: string | null | undefined

  constructor(
    kind: CodecKind,
    candidates: readonly Candidate[],
    { logger, connectTimeout }: { readonly logger: Logger; readonly connectTimeout: number },
  ) {
    this.#kind = kind
    this.#candidates = candidates
    this.#fallback = new Fallback(candidates, factory => this.#verdict(factory))
    this.#logger = logger
    this.#patience = Math.min(MOST_PATIENCE, connectTimeout / 2)
  }

  #verdict(factory: string): Verdict | undefined {
    return this.#own.get(factory) ?? verdictOf(this.#candidates.find(candidate => candidate.factory === factory)!)
  }

  /** Whether settle() has nothing to wait for, as on every machine without such a device. */
  get settled(): boolean {
    const { candidate, untried } = this.#fallback
    return (
      untried.length === 0 &&
      (candidate === null || candidate.device === 'software' || this.#own.has(candidate.factory))
    )
  }

  /**
   * Tries what is there and has not been tried on this machine; loads what works, and software, so that nothing waits
   * when it has to take over. ERR_MISSING_PLUGIN, ERR_ENCODE: what was asked for is not there, does not work.
   */
  settle(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => (this.#settling = null))
    return this.#settling
  }

  async #settle(): Promise<void> {
    const until = performance.now() + this.#patience
    while (!this.settled) {
      const [next] = this.#fallback.untried
      if (next) await this.#runTrial(next, until - performance.now())
      else await this.#load()
    }
    if (!this.#fallback.candidate) throw this.#nothing()
  }

  /** The same where nothing can be waited for: what is not loaded is left out. */
  settleNow(): void {
    for (const { factory, device } of this.#candidates)
      if (device !== 'software' && !this.#own.has(factory)) this.#own.set(factory, LATE)
  }

  /**
   * Why software does it though a device is there and was asked for; null: it does not, or none is, or was. Found out
   * where `factory` is asked for: looking at devices takes too long for every picture.
   */
  get reason(): string | null {
    return this.#reason ?? null
  }

  /** Software in place of a device is never silent: it takes several times the processor. */
  #look(): void {
    const refused = this.#fallback.refusals
      .filter(({ refusal }) => !refusal.deviceless)
      .map(({ factory, refusal }) => `${factory}: ${refusal.reason}`)
    const all = this.isHardware ? [] : [...this.#failures, ...refused]
    this.#reason = all.length === 0 ? null : all.join('; ')
    if (this.#reason === null || this.#failures.length > 0) return
    const does = this.#kind === 'decoder' ? 'decodes' : 'encodes'
    this.#logger.warn(`${this.#fallback.candidate?.factory} ${does} in software: ${this.#reason}`)
  }

  async #runTrial(candidate: Candidate, patience: number): Promise<void> {
    const verdict = patience <= 0 ? LATE : await this.#try(candidate, patience)
    if (verdict === LATE) this.#own.set(candidate.factory, LATE)
    if (verdict.works) this.#logger.info(`${candidate.factory} has proven itself`)
    else this.#logger.info(`${candidate.factory} is not used: ${verdict.refusal.reason}`)
  }

  async #try(candidate: Candidate, patience: number): Promise<Verdict> {
    this.#logger.debug(`${candidate.factory} is tried in a process of its own`)
    return withPatience(
      runTrial(this.#kind, candidate).then(({ verdict }) => verdict),
      patience,
      LATE,
    )
  }

  /** All that works, the lower ones too. */
  async #load(): Promise<void> {
    const working = this.#candidates.filter(
      ({ factory, device }) => device === 'software' || this.#verdict(factory)?.works,
    )
    for (const { factory, device } of working) {
      if (this.#own.has(factory)) continue
      const loading = load([factory], [pluginOf(factory) ?? '']).then(missing => missing.length === 0)
      const there = await withPatience(loading, LOAD_DEADLINE, null)
      if (device === 'software') continue
      if (there) this.#own.set(factory, WORKS)
      else
        refuse(
          factory,
          there === null
            ? 'its driver does not return'
            : `GStreamer has no ${factory} in this process, which began before its driver was there`,
        )
    }
  }

  #nothing(): RxGstError {
    const { refusals } = this.#fallback
    const element = refusals[0]?.factory ?? null
    const why = refusals
      .map(({ factory, refusal }) => `${factory}: ${refusal.reason}${refusal.remedy ? ` (${refusal.remedy})` : ''}`)
      .join('; ')
    const text = `no ${this.#kind} that was asked for works on this machine: ${why}`
    if (!refusals.every(({ refusal }) => refusal.absent))
      return new RxGstError('ERR_ENCODE', text, { element, retryable: false })
    return new RxGstError(
      'ERR_MISSING_PLUGIN',
      `${text}; the element is part of the Debian package ${debianPackage(element ?? '')}`,
      { element },
    )
  }

  /** The element in use. */
  get factory(): string {
    const { candidate } = this.#fallback
    if (!candidate) throw this.#nothing()
    if (this.#reason === undefined) this.#look()
    return candidate.factory
  }

  get isHardware(): boolean {
    const device = this.#fallback.candidate?.device ?? 'software'
    return device !== 'software'
  }

  /**
   * It has failed; whether another takes over, for as long as this stream lasts. `running`: on air, where an element
   * that was not asked for is better than none.
   */
  fall(error: RxGstError, running: boolean): boolean {
    const failed = this.#fallback.candidate?.factory
    // What a card's context has gone through with it is not known.
    const device = this.isHardware
    if (device) native().forgetContexts()
    const next = this.#fallback.fall(running)
    if (!next) return false
    if (device) this.#failures.push(`${failed}: it failed: ${error.code}: ${error.message}`)
    this.#look()
    this.#logger.error(`${failed} failed: ${error.code}: ${error.message}; ${next.factory} takes over`)
    return true
  }
}
