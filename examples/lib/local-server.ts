/** A server of this machine for the streams that the command line sends nowhere else. */
export interface LocalServer {
  readonly port: number
  /** Leads one browser to the page of the streams. */
  readonly page: string
  url(stream: string): string
  close(): Promise<void>
}

export interface LocalServerOptions {
  /** Of RTMP; where it is taken, the server takes another one. */
  readonly port: number
  readonly streams: readonly string[]
  /** Ends the start. */
  readonly signal: AbortSignal
}

/** Rejects when it does not run. */
export type StartServer = (options: LocalServerOptions) => Promise<LocalServer>
