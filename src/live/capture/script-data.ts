import { concat, defer, of, Subject, type Observable } from 'rxjs'
import { native } from '../../addon/binding'
import type { DataTap, NativeScriptMessage, Timeline } from '../../addon/capture'
import type { ElementHandle } from '../../addon/gst'
import type { Changes } from '../../addon/js'
import { maskSecrets } from '../../core/secrets'
import type { ScriptData, ScriptValue } from '../../core/stream-data'

/** The script data of one connection. */
export class ScriptDataTap {
  readonly #changes: Changes
  readonly #tap: DataTap

  constructor(
    source: ElementHandle,
    timeline: Timeline,
    onMessages: (messages: readonly NativeScriptMessage[]) => void,
  ) {
    this.#changes = new (native().Changes)(() => onMessages(this.#tap.read()))
    try {
      this.#tap = new (native().DataTap)(source, timeline, this.#changes)
    } catch (error) {
      this.#changes.close()
      throw error
    }
  }

  /** Messages that were lost, because JavaScript took none for too long. */
  get dropped(): number {
    return this.#tap.dropped()
  }

  close(): void {
    this.#tap.close()
    this.#changes.close()
  }
}

/** The script data of a capture, over all its connections. */
export class ScriptDataFeed {
  /** Hot, but for the last metadata, which come first. */
  readonly data$: Observable<ScriptData>
  readonly #data = new Subject<ScriptData>()
  readonly #secrets: readonly string[]
  #metadata: ScriptData | null = null
  #over = false

  /** @param secrets are masked: a server may repeat what it was called with */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets
    this.data$ = defer(() => {
      const known = this.#metadata
      return known && !this.#over ? concat(of(known), this.#data) : this.#data
    })
  }

  next(messages: readonly NativeScriptMessage[]): void {
    for (const { timestamp, values } of messages) {
      const [first, ...rest] = this.#masked(values) as readonly ScriptValue[]
      const named = typeof first === 'string'
      const data = {
        name: named ? first : '',
        values: named || first === undefined ? rest : [first, ...rest],
        timestamp,
      }
      if (data.name === 'onMetaData') this.#metadata = data
      this.#data.next(data)
    }
  }

  /** null: stop(). */
  end(error: Error | null): void {
    this.#over = true
    if (error) this.#data.error(error)
    else this.#data.complete()
  }

  #masked(value: ScriptValue): ScriptValue {
    if (typeof value === 'string') return maskSecrets(value, this.#secrets)
    if (value === null || typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array)
      return value
    if (Array.isArray(value)) return (value as readonly ScriptValue[]).map(one => this.#masked(one))
    const entries = Object.entries(value as Readonly<Record<string, ScriptValue>>)
    return Object.fromEntries(entries.map(([name, one]) => [maskSecrets(name, this.#secrets), this.#masked(one)]))
  }
}
