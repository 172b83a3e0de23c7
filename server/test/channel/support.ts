/** A channel's process as its supervisor sees it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { channelSchema, type ChannelConfig } from '../../src/core/schema.js'
import { encodeFrame, FrameReader } from '../../src/core/frames.js'
import type { ChannelStatus } from '../../src/core/status.js'
import type { FromChannel, ToChannel, WireError } from '../../src/core/wire.js'

const MAIN = fileURLToPath(new URL('../../src/channel/main.js', import.meta.url))

/** Of a busy machine. */
const PATIENCE_MS = 60_000

type Request = ToChannel extends infer R ? (R extends ToChannel ? Omit<R, 'id'> : never) : never

/** A configuration as the supervisor gives it. */
export const configOf = (config: unknown): ChannelConfig => channelSchema.parse(config)

export class ChannelPeer implements AsyncDisposable {
  readonly child: ChildProcess
  readonly path = join(tempDir(), 'channel.sock')
  readonly messages: FromChannel[] = []
  /** The bytes of the last thumbnail, and of the previews. */
  thumbnail: Buffer | null = null
  readonly preview: Buffer[] = []
  stderr = ''
  /** All that came, to look for secrets. */
  raw = ''
  exitCode: number | null | undefined
  #socket: ReturnType<typeof connect> | null = null
  #id = 0

  private constructor() {
    this.child = spawn(process.execPath, [MAIN, this.path], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.child.stderr!.on('data', data => (this.stderr += data))
    this.child.on('exit', code => (this.exitCode = code))
  }

  static async start(): Promise<ChannelPeer> {
    const peer = new ChannelPeer()
    await peer.connect()
    return peer
  }

  async connect(): Promise<void> {
    await until(async () => (this.exitCode !== undefined ? true : await this.#try()), {
      what: 'the socket',
      timeout: PATIENCE_MS,
    })
    if (this.exitCode !== undefined) throw new Error(`the process has ended: ${this.stderr}`)
  }

  #try(): Promise<boolean> {
    return new Promise(resolve => {
      const socket = connect(this.path)
      const reader = new FrameReader<FromChannel>()
      socket.on('error', () => resolve(false))
      socket.on('connect', () => {
        this.#socket = socket
        resolve(true)
      })
      socket.on('data', chunk => {
        for (const { header, bytes } of reader.push(chunk as Buffer)) {
          this.raw += `${JSON.stringify(header)}\n`
          this.messages.push(header)
          if (header.type === 'thumbnail') this.thumbnail = bytes
          if (header.type === 'preview') this.preview.push(bytes)
        }
      })
    })
  }

  /** Anything, in place of a frame. */
  write(bytes: Uint8Array): void {
    this.#socket!.write(bytes)
  }

  disconnect(): void {
    this.#socket?.destroy()
  }

  /** The error of the answer; null: it was done. */
  async ask(request: Request): Promise<WireError | null> {
    const id = ++this.#id
    this.#socket!.write(encodeFrame({ ...request, id } as ToChannel))
    const answered = (): FromChannel | undefined => this.messages.find(it => it.type === 'done' && it.id === id)
    const done = await until(answered, {
      what: () => `the answer to ${request.type}; stderr: ${this.stderr}`,
      timeout: PATIENCE_MS,
    })
    return done.type === 'done' ? done.error : null
  }

  configure(config: unknown): Promise<WireError | null> {
    return this.ask({ type: 'configure', name: 'studio', config: configOf(config) })
  }

  of<T extends FromChannel['type']>(type: T): Extract<FromChannel, { type: T }>[] {
    return this.messages.filter((it): it is Extract<FromChannel, { type: T }> => it.type === type)
  }

  get status(): ChannelStatus | null {
    return this.of('status').at(-1)?.status ?? null
  }

  /** Waits for a status. */
  async until(
    condition: (status: ChannelStatus) => unknown,
    what: string,
    timeout = PATIENCE_MS,
  ): Promise<ChannelStatus> {
    await until(() => this.status && condition(this.status), {
      what: () => `${what}; last: ${JSON.stringify(this.status)}; stderr: ${this.stderr}`,
      timeout,
    })
    return this.status!
  }

  target(name: string): ChannelStatus['targets'][number] | undefined {
    return this.status?.targets.find(target => target.name === name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.exitCode === undefined) this.child.kill('SIGKILL')
    await until(() => this.exitCode !== undefined, { timeout: PATIENCE_MS })
  }
}
