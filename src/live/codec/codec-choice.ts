import { withPatience } from '../../core/deadline'
import { RxGstError } from '../../core/errors'
import type { Logger } from '../../core/types'
import { debianPackage } from '../../engine/debian'
import { native } from '../../addon/binding'
import { Fallback } from '../../pipelines/fallback'
import type { CodecKind, Candidate } from '../../pipelines/candidates'
import type { Verdict } from '../../pipelines/verdict'
import { load } from '../../engine/prepare'
import { pluginOf, runTrial, refuse, verdictOf } from './trial'

const LATE: Verdict = {
  works: false,
  refusal: { reason: 'its trial takes too long', remedy: 'wait for npx rxgst doctor' },
}
const WORKS: Verdict = { works: true }

/**
 * Longest time that start() waits for trials; half of connectTimeout where that is less. The result of a longer trial
 * is for the next stream.
 */
const TRIALS_DEADLINE_MS = 5000
/**
 * Loading plugins opens their drivers, which may never return: the longest wait for all of them, and the shares of
 * connectTimeout where those are less. A stream that has no software to begin with waits longer, since on a busy
 * machine the libraries alone take seconds. What is loaded later is for the next stream.
 */
const LOAD_DEADLINE_MS = 3000
const LOAD_SHARE = 1 / 3
const LOAD_SHARE_ALONE = 2 / 5

/** The decoder or the encoder of one stream: the best candidate that has passed its trial here, then its fallbacks. */
export class CodecChoice {
  readonly #kind: CodecKind
  readonly #candidates: readonly Candidate[]
  readonly #fallback: Fallback
  readonly #logger: Logger
  readonly #trialsMs: number
  readonly #loadMs: number
  /** Verdicts that hold for this stream alone: a loaded plugin works, a trial that took too long does not count. */
  readonly #own = new Map<string, Verdict>()
  #settling: Promise<void> | null = null
  /** Elements that failed while this stream used them, each with its error. */
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
    this.#trialsMs = Math.min(TRIALS_DEADLINE_MS, connectTimeout / 2)
    const hasSoftware = candidates.some(({ device, rescue }) => device === 'software' && !rescue)
    this.#loadMs = hasSoftware
      ? Math.min(LOAD_DEADLINE_MS, connectTimeout * LOAD_SHARE)
      : connectTimeout * LOAD_SHARE_ALONE
  }

  #verdict(factory: string): Verdict | undefined {
    return this.#own.get(factory) ?? verdictOf(this.#candidates.find(candidate => candidate.factory === factory)!)
  }

  /** Whether settle() has nothing to wait for: so on every machine without a device. */
  get settled(): boolean {
    const { candidate, untried } = this.#fallback
    return (
      untried.length === 0 &&
      (candidate === null || candidate.device === 'software' || this.#own.has(candidate.factory))
    )
  }

  /**
   * Tries the candidates that were not yet tried on this machine, then loads those that work and the software ones, so
   * that a fallback takes over without delay. ERR_MISSING_PLUGIN: no candidate is installed. ERR_ENCODE: none works.
   */
  settle(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => (this.#settling = null))
    return this.#settling
  }

  async #settle(): Promise<void> {
    const deadline = performance.now() + this.#trialsMs
    while (!this.settled) {
      const [next] = this.#fallback.untried
      if (next) await this.#runTrial(next, deadline - performance.now())
      else await this.#load()
    }
    if (!this.#fallback.candidate) throw this.#noneWorks()
  }

  /** The same while the event loop does not turn: a device whose plugin is not loaded is left out. */
  settleNow(): void {
    for (const { factory, device } of this.#candidates)
      if (device !== 'software' && !this.#own.has(factory)) this.#own.set(factory, LATE)
  }

  /**
   * Why software is used although a device is there and was asked for; null: a device is used, or none is there, or
   * none was asked for. `factory` looks for the reason: a look at the devices takes too long for each picture.
   */
  get reason(): string | null {
    return this.#reason ?? null
  }

  /** Finds the reason, and logs it: software in place of a device takes several times the processor time. */
  #explain(): void {
    const refused = this.#fallback.refusals
      .filter(({ refusal }) => !refusal.deviceless)
      .map(({ factory, refusal }) => `${factory}: ${refusal.reason}`)
    const all = this.isHardware ? [] : [...this.#failures, ...refused]
    this.#reason = all.length === 0 ? null : all.join('; ')
    if (this.#reason === null || this.#failures.length > 0) return
    const does = this.#kind === 'decoder' ? 'decodes' : 'encodes'
    this.#logger.warn(`${this.#fallback.candidate?.factory} ${does} in software: ${this.#reason}`)
  }

  async #runTrial(candidate: Candidate, patienceMs: number): Promise<void> {
    const verdict = patienceMs <= 0 ? LATE : await this.#try(candidate, patienceMs)
    if (verdict === LATE) this.#own.set(candidate.factory, LATE)
    if (verdict.works) this.#logger.info(`${candidate.factory} has passed its trial`)
    else this.#logger.info(`${candidate.factory} is not used: ${verdict.refusal.reason}`)
  }

  async #try(candidate: Candidate, patienceMs: number): Promise<Verdict> {
    this.#logger.debug(`${candidate.factory} is tried in a process of its own`)
    return withPatience(
      runTrial(this.#kind, candidate).then(({ verdict }) => verdict),
      patienceMs,
      LATE,
    )
  }

  /** Loads all candidates that work, also those below the best. */
  async #load(): Promise<void> {
    const working = this.#candidates.filter(
      ({ factory, device }) => device === 'software' || this.#verdict(factory)?.works,
    )
    const deadline = performance.now() + this.#loadMs
    for (const { factory, device } of working) {
      if (this.#own.has(factory)) continue
      const loading = load([factory], [pluginOf(factory) ?? '']).then(missing => missing.length === 0)
      const there = await withPatience(loading, Math.max(0, deadline - performance.now()), null)
      if (device === 'software') continue
      if (there) this.#own.set(factory, WORKS)
      else if (there === null) {
        const takeBack = refuse(factory, 'its driver does not return')
        void loading.then(
          late => late && takeBack(),
          () => {},
        )
      } else refuse(factory, `GStreamer has no ${factory} in this process, which began before its driver was there`)
    }
  }

  #noneWorks(): RxGstError {
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

  /** Name of the element in use. */
  get factory(): string {
    const { candidate } = this.#fallback
    if (!candidate) throw this.#noneWorks()
    if (this.#reason === undefined) this.#explain()
    return candidate.factory
  }

  /** The element to use now, without a wait for trials; null: none works. */
  get candidate(): Candidate | null {
    if (this.settled) return this.#fallback.candidate
    return this.#candidates.find(({ device, rescue }) => device === 'software' && !rescue) ?? null
  }

  get isHardware(): boolean {
    const device = this.#fallback.candidate?.device ?? 'software'
    return device !== 'software'
  }

  /**
   * The element in use has failed; returns whether a fallback takes over, for the rest of this stream. `running`: the
   * stream is on air, where an element that was not asked for is better than none.
   */
  fallBack(error: RxGstError, running: boolean): boolean {
    const failed = this.#fallback.candidate?.factory
    // The card's context may be damaged: later pipelines get a new one.
    const device = this.isHardware
    if (device) native().forgetContexts()
    const next = this.#fallback.next(running)
    if (!next) return false
    if (device) this.#failures.push(`${failed}: it failed: ${error.code}: ${error.message}`)
    this.#explain()
    this.#logger.error(`${failed} failed: ${error.code}: ${error.message}; ${next.factory} takes over`)
    return true
  }
}
