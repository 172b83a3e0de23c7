/** The one door for every change of the configuration: parse, validate, plan, apply, one change after the other. */
import { isObject } from '../config/merge.js'
import type { ChannelConfig, Config } from '../core/schema.js'
import { type ConfigProblem, Problem } from '../core/problem.js'
import type { ChangeOptions, Plan, PlanStep } from '../core/server-port.js'
import type { Wanted } from './channel/channel-deps.js'
import type { ConfigDoor, ConfigDraft, ConfigEdit, ConfigReading } from './config-door.js'
import type { Queue } from './queue.js'
import type { NewEvent } from './store/event-log.js'

/** What is done with a configuration that is right. */
export interface Appliance {
  onAir(channel: string): boolean
  /** Whether a secret of its inputs has another value, which only a restart takes. */
  inputSecretChanged(channel: string, wanted: Wanted): boolean
  /** Looks up secrets. Its problems refuse the change. */
  prepare(
    channel: string,
    config: ChannelConfig,
    whole: Config,
  ): Promise<Wanted & { readonly problems: readonly ConfigProblem[] }>
  /** Rejects with nothing: what goes wrong in one channel is an event. */
  apply(
    before: Config,
    after: Config,
    wanted: ReadonlyMap<string, Wanted>,
    restarts: ReadonlySet<string>,
    allowRestart: boolean,
  ): Promise<void>
  event(event: NewEvent): void
  /** Of the file; null: it is valid again. */
  fileProblems(problems: readonly ConfigProblem[] | null): void
}

const FILE_USER = 'file'

export class Reconciler {
  /** Of the file that was read last. */
  problems: readonly ConfigProblem[] = []
  /** Of what the door has read, and shows. */
  etag: string
  /** The etag of what was applied last. */
  private applied: string

  private constructor(
    private readonly door: ConfigDoor,
    private readonly queue: Queue,
    private readonly appliance: Appliance,
    public config: Config,
    etag: string,
  ) {
    this.etag = etag
    this.applied = etag
  }

  /** Reads and prepares the first configuration. Rejects with Problem: without a valid one there is no server. */
  static async load(door: ConfigDoor, queue: Queue, appliance: Appliance) {
    const reading = await door.read()
    const config = valid(reading)
    const reconciler = new Reconciler(door, queue, appliance, config, reading.etag)
    const { wanted, problems } = await reconciler.prepare(config)
    // A secret that is missing costs its own channel, and not all of them.
    for (const { path, message } of problems) {
      appliance.event({ type: 'config-incomplete', message: `${path}: ${message}`, data: { path } })
    }
    return { reconciler, wanted }
  }

  /**
   * Reads the file again. What is wrong there is also an event, and the configuration before it runs on.
   * `mayRestartChanged`: channels that the change restarts are restarted on air, and no others.
   */
  reload(options: ChangeOptions, mayRestartChanged = false): Promise<Plan> {
    return this.queue.run(async () => {
      this.checkEtag(options, this.etag)
      const reading = await this.door.read()
      // The door shows this text from now on, whether it is applied or not.
      this.etag = reading.etag
      try {
        const plan = await this.change({ ...reading, commit: async () => {} }, options, mayRestartChanged)
        this.setProblems([])
        return plan
      } catch (error) {
        if (error instanceof Problem && error.problems.length > 0) this.setProblems(error.problems)
        else {
          // It is valid, and refused for what it does.
          this.setProblems([])
          if (options.user === FILE_USER)
            this.appliance.event({ type: 'config-refused', user: FILE_USER, message: (error as Error).message })
        }
        throw error
      }
    })
  }

  /** What would happen with this text in the place of the file's. */
  check(text: string): Promise<Plan> {
    return this.queue.run(async () => {
      const draft = await this.door.draftText(text)
      try {
        return await this.change(draft, { user: '', dryRun: true })
      } catch (error) {
        if (!(error instanceof Problem) || error.problems.length === 0) throw error
        return { steps: [], problems: error.problems, restarts: [] }
      }
    })
  }

  putText(text: string, options: ChangeOptions): Promise<Plan> {
    return this.queue.run(async () => {
      this.checkWritable()
      this.checkEtag(options, this.etag)
      const plan = await this.change(await this.door.draftText(text), options)
      if (!options.dryRun) this.setProblems([])
      return plan
    })
  }

  async edit(edit: ConfigEdit, options: ChangeOptions): Promise<Plan> {
    // In a document null removes: whoever puts it would take a channel off air.
    if ((edit.kind === 'put-channel' || edit.kind === 'put-target') && !isObject(edit.value)) throw notFields(edit)
    return this.queue.run(async () => {
      this.checkWritable()
      const channel = this.config.channels[edit.channel]
      if (!channel && edit.kind !== 'put-channel') throw unknownChannel(edit.channel)
      this.checkEtag(options, channel ? this.door.etagOf(channel) : null)
      const draft = await this.door.draftEdit(edit)
      // The draft has what the file says: what was refused there must not come in with the change of one channel.
      if (valid(draft) && this.etag !== this.applied) throw unapplied()
      return this.change(draft, options)
    })
  }

  private async change(draft: ConfigDraft, options: ChangeOptions, mayRestartChanged = false): Promise<Plan> {
    const after = valid(draft)
    const { wanted, problems } = await this.prepare(after)
    if (problems.length > 0) throw invalidConfig(problems)
    const { door, appliance } = this
    const before = this.config
    const steps = [...door.plan(before, after, channel => appliance.onAir(channel))]
    const restarting = channelsOf(steps.filter(({ effect }) => effect === 'restarts-channel'))
    const restarts = [...restarting].filter(channel => appliance.onAir(channel))
    // A secret that was changed elsewhere refuses no change: its channel takes it at the next restart.
    for (const [channel, own] of wanted) {
      if (restarting.has(channel) || !appliance.inputSecretChanged(channel, own)) continue
      const restart = options.allowRestart === true || !appliance.onAir(channel)
      const when = restart ? '' : ' when that is allowed'
      const text = `${channel}.inputs: a secret has another value; the channel starts anew${when}`
      const effect = restart ? 'restarts-channel' : 'live'
      steps.push({ path: `channels.${channel}.inputs`, change: 'changed', effect, channel, text })
      if (!restart) continue
      restarting.add(channel)
      if (appliance.onAir(channel)) restarts.push(channel)
    }
    const plan: Plan = { steps, problems: [], restarts }
    if (options.dryRun) return plan
    if (restarts.length > 0 && !options.allowRestart && !mayRestartChanged) throw restartNeeded(restarts)
    await draft.commit()
    this.config = after
    this.etag = draft.etag
    this.applied = draft.etag
    await appliance.apply(before, after, wanted, restarting, options.allowRestart === true)
    if (steps.length > 0) {
      const texts = steps.map(({ text }) => text)
      appliance.event({
        type: 'config-applied',
        user: options.user,
        message: `configuration applied: ${texts.slice(0, 3).join('; ')}${texts.length > 3 ? ' …' : ''}`,
        data: { steps: steps.slice(0, 50).map(({ path, effect }) => ({ path, effect })) },
      })
    }
    return plan
  }

  /** `problems`: of channels that are to run. */
  private async prepare(config: Config): Promise<{ wanted: Map<string, Wanted>; problems: ConfigProblem[] }> {
    const wanted = new Map<string, Wanted>()
    const problems: ConfigProblem[] = []
    for (const [channel, own] of Object.entries(config.channels)) {
      const { problems: found, ...rest } = await this.appliance.prepare(channel, own, config)
      if (own.enabled) problems.push(...found)
      wanted.set(channel, rest)
    }
    return { wanted, problems }
  }

  private setProblems(problems: readonly ConfigProblem[]): void {
    const had = this.problems.length > 0
    this.problems = problems
    if (problems.length > 0) {
      const [first] = problems
      const place = first!.line === null ? first!.file : `${first!.file}:${first!.line}`
      this.appliance.event({
        type: 'config-invalid',
        message: `${place}: ${first!.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`,
        data: { problems: problems.slice(0, 50) },
      })
      this.appliance.fileProblems(problems)
    } else if (had) this.appliance.fileProblems(null)
  }

  private checkWritable(): void {
    if (!this.config.server.readOnly) return
    throw new Problem(403, 'ERR_READ_ONLY', 'the configuration is read-only here', {
      remedy: 'Change the file, or take server.readOnly out of it.',
    })
  }

  private checkEtag({ ifMatch }: ChangeOptions, etag: string | null): void {
    if (ifMatch === undefined || ifMatch === etag || (ifMatch === '*' && etag !== null)) return
    throw new Problem(412, 'ERR_CHANGED_MEANWHILE', 'the configuration is not the one that If-Match names', {
      remedy: 'Read it again, and repeat the change on what it is now.',
    })
  }
}

function channelsOf(steps: readonly PlanStep[]): Set<string> {
  return new Set(steps.flatMap(({ channel }) => (channel === null ? [] : [channel])))
}

function valid({ config, problems }: ConfigReading): Config {
  if (config) return config
  throw invalidConfig(problems)
}

export function invalidConfig(problems: readonly ConfigProblem[]): Problem {
  const [first] = problems
  const place =
    first && `${first.file || first.path}${first.line === null ? '' : `:${first.line}:${first.column ?? 1}`}`
  const text = first && (place ? `${place}: ${first.message}` : first.message)
  return new Problem(422, 'ERR_CONFIG_INVALID', text ?? 'the configuration is invalid', {
    remedy: 'Put the named places right; the configuration before runs on.',
    problems,
  })
}

function notFields(edit: ConfigEdit): Problem {
  const path = `channels.${edit.channel}${'target' in edit ? `.targets.${edit.target}` : ''}`
  return invalidConfig([{ file: '', line: null, column: null, path, message: 'expected an object with fields' }])
}

function restartNeeded(channels: readonly string[]): Problem {
  return new Problem(409, 'ERR_RESTART_NEEDED', `this restarts channels that are on air: ${channels.join(', ')}`, {
    remedy: 'Repeat the change with allowRestart (--allow-restart), or when they are off air.',
  })
}

const unapplied = (): Problem =>
  new Problem(409, 'ERR_CONFIG_UNAPPLIED', 'the file has changes that are not applied', {
    remedy: 'Reload the configuration, with allowRestart where it is needed, or take them out of the file.',
  })

export const unknownChannel = (id: string) =>
  new Problem(404, 'ERR_CHANNEL_UNKNOWN', `there is no channel ${id}`, { remedy: 'List the channels for their names.' })
