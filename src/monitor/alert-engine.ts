import { METRICS } from '../meter/metrics'
import type { Alert, ClearedBy } from './alert'
import { byCause, followsFromOther } from './dependence'
import { FlapGuard, FLAPPING_DEFAULTS, type ResolvedFlapping } from './flap-guard'
import { isRaised, nextState, OK, withoutEvidence, type RuleState, type Verdict } from './hysteresis'
import { clearedMessage, flappingMessage, raisedMessage } from './message'
import type { MonitorReading } from './reading'
import { badness, clears, FLAPPING, raises, type ResolvedRule } from './rule'
import { RuleInput, type Observation, type Targets } from './rule-input'

/** One tick of one stream. */
export interface Tick {
  readonly reading: MonitorReading
  /** Monotonic ms, the clock of `reading.liveSince`. */
  readonly now: number
  /** Unix ms. */
  readonly unix: number
}

export interface EngineOptions {
  readonly stream: string
  readonly rules: readonly ResolvedRule[]
  readonly targets?: Targets
  /** A new id for each alert. */
  newId(): string
  /** ms between two ticks. Default 1000. */
  readonly interval?: number
  /** Time after a connection in which no rule is judged, ms. Default GRACE. */
  readonly grace?: number
  readonly flapping?: ResolvedFlapping
}

/** Time after a connection in which no rule is judged, ms: buffers fill, encoders start, windows are half empty. */
export const GRACE = 5000
/** Time without a value on a live stream after which an alert ends, ms. */
const UNMEASURED = 60_000
/** Time after which a level that stays off becomes the usual one, ms. */
const NEW_USUAL = 600_000

/** A raised alert, and the data for its update. */
interface Open {
  readonly alert: Alert
  readonly since: number
  /** The peak, in the unit of the comparison. */
  readonly worst: number
}

interface Watch {
  readonly rule: ResolvedRule
  readonly input: RuleInput
  readonly guard: FlapGuard
  state: RuleState
  /** Start of the raise, monotonic ms; null while not raised. */
  raisedSince: number | null
  /** The rule's own alert, or 'flapping' instead of it; never both. */
  open: Open | null
  unmeasuredSince: number | null
  learnedAt: number
}

/**
 * The alerts of one stream: readings in, raises and clears out. The engine has no clock, no timer and no RxJS: the same
 * ticks give the same alerts. Every raise has exactly one clear, at the latest in `close()`.
 */
export class AlertEngine {
  readonly #options: EngineOptions
  readonly #watches: Watch[]
  readonly #flapping: ResolvedFlapping
  #last: number | null = null
  #nowRaised: Open[] = []

  constructor(options: EngineOptions) {
    this.#options = options
    this.#flapping = options.flapping ?? FLAPPING_DEFAULTS
    this.#watches = [...options.rules].sort(byCause).map(rule => ({
      rule,
      input: new RuleInput(rule),
      guard: new FlapGuard(this.#flapping),
      state: OK,
      raisedSince: null,
      open: null,
      unmeasuredSince: null,
      learnedAt: 0,
    }))
  }

  /** The alerts raised now, in the order of raising. */
  get raised(): readonly Alert[] {
    return this.#nowRaised.map(({ alert }) => alert)
  }

  step(tick: Tick): Alert[] {
    const { reading, now } = tick
    const said: Alert[] = []
    if (this.#isGap(now)) for (const watch of this.#watches) watch.state = withoutEvidence(watch.state, now)
    this.#last = now
    const { phase } = reading
    const over = phase === 'idle' || phase === 'stopping' || phase === 'stopped'
    for (const watch of this.#watches) {
      const look = watch.input.look(reading, this.#options.targets ?? {}, now)
      if (over || (phase === 'failed' && METRICS[watch.rule.metric].needs !== null))
        this.#end(watch, tick, 'ended', said)
      else this.#judge(watch, look, tick, said)
    }
    return said
  }

  /** Clears all raised alerts and ends the engine. */
  close(now: number, why: ClearedBy): Alert[] {
    const said: Alert[] = []
    for (const watch of this.#watches) this.#end(watch, { now }, why, said)
    return said
  }

  /**
   * Whether the time since the last tick (a blocked thread, a machine that slept) is too long to say that a condition
   * held.
   */
  #isGap(now: number): boolean {
    if (this.#last === null) return false
    return now < this.#last || now - this.#last > Math.max(5000, 3 * (this.#options.interval ?? 1000))
  }

  #judge(watch: Watch, look: Observation | null, tick: Tick, said: Alert[]): void {
    const { rule } = watch
    const { now } = tick
    const suspended = this.#isSuspended(watch, tick)
    const judged = suspended ? null : look
    const before = watch.state
    const verdict: Verdict = judged && {
      raise: raises(rule.raise, judged.compared),
      clear: clears(rule.clear, judged.compared),
    }
    watch.state = nextState(before, verdict, now, { raiseFor: rule.raise.for, clearFor: rule.clear.for })
    if (judged && !isRaised(watch.state) !== !isRaised(before)) watch.guard.note(now)
    watch.raisedSince = isRaised(watch.state) ? (watch.raisedSince ?? now) : null
    if (judged && watch.raisedSince !== null) watch.guard.hold(now - watch.raisedSince)
    watch.guard.tick(now)
    if (watch.open && judged) watch.open = this.#update(watch, watch.open, judged)

    if (suspended || look !== null) watch.unmeasuredSince = null
    else watch.unmeasuredSince ??= now
    if (watch.unmeasuredSince !== null && now - watch.unmeasuredSince >= UNMEASURED)
      return this.#end(watch, tick, 'unmeasured', said)

    this.#say(watch, judged, tick, said)
    if (!suspended) this.#learn(watch, verdict, now)
    else watch.learnedAt = now
  }

  /** Makes the alerts agree with the states. A clear comes before the raise that replaces it. */
  #say(watch: Watch, look: Observation | null, tick: Tick, said: Alert[]): void {
    const wanted = watch.guard.flapping ? 'flapping' : isRaised(watch.state) ? 'rule' : null
    const open = watch.open === null ? null : watch.open.alert.flaps === null ? 'rule' : 'flapping'
    if (open === wanted) return
    if (open !== null) this.#clear(watch, tick.now, 'recovered', said)
    if (wanted !== null && look !== null) this.#raise(watch, wanted, look, tick, said)
  }

  #raise(watch: Watch, kind: 'rule' | 'flapping', look: Observation, { now, unix }: Tick, said: Alert[]): void {
    const { rule } = watch
    const { stream } = this.#options
    const alert: Alert = Object.freeze({
      id: this.#options.newId(),
      rule: kind === 'rule' ? rule.name : FLAPPING,
      metric: rule.metric,
      stream,
      severity: rule.severity,
      raisedAt: unix,
      clearedAt: null,
      value: look.shown,
      peak: look.shown,
      message: kind === 'rule' ? raisedMessage(rule, stream, look) : flappingMessage(rule, stream, this.#flapping),
      clearedBy: null,
      track: rule.track,
      flaps: kind === 'rule' ? null : rule.name,
    })
    watch.open = { alert, since: now, worst: badness(rule.raise, look.compared) }
    this.#nowRaised.push(watch.open)
    said.push(alert)
  }

  #update({ rule }: Watch, open: Open, look: Observation): Open {
    const bad = badness(rule.raise, look.compared)
    const worse = bad > open.worst
    const alert = Object.freeze({ ...open.alert, value: look.shown, peak: worse ? look.shown : open.alert.peak })
    const next = { ...open, alert, worst: worse ? bad : open.worst }
    this.#nowRaised = this.#nowRaised.map(one => (one === open ? next : one))
    return next
  }

  #clear(watch: Watch, now: number, clearedBy: ClearedBy, said: Alert[]): void {
    const open = watch.open
    if (!open) return
    watch.open = null
    this.#nowRaised = this.#nowRaised.filter(one => one !== open)
    const clearedAt = open.alert.raisedAt + Math.max(0, Math.round(now - open.since))
    const cleared = { ...open.alert, clearedAt, clearedBy }
    said.push(Object.freeze({ ...cleared, message: clearedMessage(watch.rule, cleared) }))
  }

  #end(watch: Watch, { now }: Pick<Tick, 'now'>, why: ClearedBy, said: Alert[]): void {
    if (why === 'unmeasured') {
      // A stream that is away for a minute at a time also flaps: the end counts as a change, no change is forgotten,
      // and a flapping rule flaps until it is quiet.
      if (isRaised(watch.state)) watch.guard.note(now)
      if (watch.open?.alert.flaps === null) this.#clear(watch, now, why, said)
    } else {
      watch.guard.reset()
      this.#clear(watch, now, why, said)
    }
    watch.state = OK
    watch.raisedSince = null
    watch.unmeasuredSince = null
  }

  #isSuspended({ rule }: Watch, { reading, now }: Tick): boolean {
    const { liveSince } = reading
    if (liveSince !== null && now - liveSince < (this.#options.grace ?? GRACE)) return true
    if (liveSince === null && METRICS[rule.metric].needs !== null) return true
    return followsFromOther(rule, reading, this.#watches)
  }

  /**
   * Learns only from good values, or a bad value would become the usual one. Forgets values that were good long ago.
   */
  #learn(watch: Watch, verdict: Verdict, now: number): void {
    if (verdict === null || (watch.state.phase === 'ok' && verdict.clear)) {
      watch.input.learn(now)
      watch.learnedAt = now
    } else if (now - watch.learnedAt > NEW_USUAL) {
      watch.input.forget()
    }
  }
}
