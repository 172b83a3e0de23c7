/** An error that a user of the server sees: by the API as a problem document (RFC 9457), by the commands as text. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** HTTP status. */
  readonly status: number
  /** Stable, such as 'ERR_CHANNEL_UNKNOWN'. */
  readonly code: string
  readonly fault: 'options' | 'peer' | 'machine' | 'engine'
  readonly retryable: boolean
  readonly remedy: string
  /** Of a configuration: each problem with its place. */
  readonly problems: readonly ConfigProblem[]

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      readonly fault?: Problem['fault']
      readonly retryable?: boolean
      readonly remedy: string
      readonly problems?: readonly ConfigProblem[]
    },
  ) {
    super(message)
    this.status = status
    this.code = code
    this.fault = more.fault ?? 'options'
    this.retryable = more.retryable ?? false
    this.remedy = more.remedy
    this.problems = more.problems ?? []
  }
}

/** One fault of a configuration. Lines and columns count from 1; null: of no place. */
export interface ConfigProblem {
  readonly file: string
  readonly line: number | null
  readonly column: number | null
  /** Such as channels.studio.targets.youtube.url. */
  readonly path: string
  readonly message: string
}
