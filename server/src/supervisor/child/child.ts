/**
 * One process of the server, from its start to its end. It listens on a Unix socket and the supervisor connects, so
 * that a later supervisor can connect as well (`adopt`). Whoever does not answer for five seconds is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { FrameSocket, type Header } from '../../core/frames.js'
import { Problem } from '../../core/problem.js'
import type { WireError } from '../../core/wire.js'
import type { Log } from '../log.js'
import { childEnvironment } from './environment.js'
import { Lines } from './lines.js'
import { residentBytes, startOf } from './process-info.js'

const PING_INTERVAL_MS = 1000
/** Pings in a row without an answer: the process hangs, or was stopped. */
const MOST_SILENT_PINGS = 5
/** From the start of the process to its 'hello'. */
const HELLO_DEADLINE_MS = 20_000
const CONNECT_INTERVAL_MS = 20
/** A process whose connection ended has so long to end by itself. */
const ORPHAN_DEADLINE_MS = 10_000
/** A process that is still there so long behind its kill hangs in the kernel, such as in a driver. */
const UNKILLABLE_MS = 5000
/** The kernel takes a killed process away in moments, unless a driver holds it. */
const GONE_INTERVAL_MS = 50
/** Behind the end of a process, until what it wrote has come, even if a process of its own holds the pipe. */
const LAST_OUTPUT_MS = 200
const MEMORY_INTERVAL_PINGS = 2
/** Parts of the limit at which people are warned, and below which they may be warned again. */
const MEMORY_WARNING = 0.8
const MEMORY_WELL = 0.7
const MOST_REQUESTS = 1000
/** V8's part of a child's memory; the media are elsewhere. */
const MOST_HEAP_MEGABYTES = 512

/** Messages of a wire: requests have an id, which the child answers by 'done'. */
interface Answer extends Header {
  readonly type: 'done'
  readonly id: number
  readonly error: WireError | null
}

export interface Hello extends Header {
  readonly type: 'hello'
  readonly pid: number
  readonly version: string
  /** Of a process that has a configuration. */
  readonly name?: string | null
}

export interface ChildExit {
  readonly code: number | null
  readonly signal: string | null
  /** Why the supervisor killed it; null: it did not. */
  readonly killed: string | null
  /** The last lines that it wrote, without secrets. */
  readonly stderr: readonly string[]
  /** ms from 'hello' to the end; 0: there was none. */
  readonly ranMs: number
}

export interface ChildOptions<In extends Header, Out extends Header> {
  readonly name: string
  readonly socketPath: string
  /** The program of the process, JavaScript. */
  readonly entry: string
  /** null: none. */
  readonly memoryLimitBytes: number | null
  readonly log: Log
  /** Takes the secrets of this child out of a text. */
  mask(text: string): string
  onHello(hello: Hello, child: Child<In, Out>): void
  /** Every frame but 'hello' and 'done'. */
  onFrame(header: In, bytes: Buffer): void
  /** It comes near its limit of memory; `text` says by what. Again behind a time far from it. */
  onMemory?(text: string): void
  /** It was killed and is still there: no signal ends it. It may end later. */
  onStuck(): void
  /** Once. */
  onExit(exit: ChildExit): void
}

type Request<Out extends Header> = Out extends { readonly id: number } ? Omit<Out, 'id'> : never

export class Child<In extends Header, Out extends Header> {
  pid: number | null = null
  /** Frames that were not sent, since the child did not read. */
  get dropped(): number {
    return this.frames?.dropped ?? 0
  }

  private readonly options: ChildOptions<In, Out>
  private readonly lines: Lines
  private process: ChildProcess | null = null
  private frames: FrameSocket<In, Out> | null = null
  private start: string | null = null
  private helloAt = 0
  private killed: string | null = null
  private ended = false
  private released = false
  private lastId = 0
  private silentPings = 0
  private ticks = 0
  private memoryHigh = false
  private timer: NodeJS.Timeout | undefined
  private readonly waiting = new Map<number, { done(error: Error | null): void }>()

  private constructor(options: ChildOptions<In, Out>) {
    this.options = options
    this.lines = new Lines(options.mask, line => options.log.info({ child: options.name, line }, 'output'))
  }

  /** Starts a process. Its failure to start is its exit. */
  static spawn<In extends Header, Out extends Header>(options: ChildOptions<In, Out>): Child<In, Out> {
    const child = new Child<In, Out>(options)
    child.run()
    return child
  }

  /** Takes over a process that another supervisor started; null: nobody answers on its socket. */
  static async adopt<In extends Header, Out extends Header>(
    options: ChildOptions<In, Out>,
    pid: number,
    deadlineMs: number,
  ): Promise<Child<In, Out> | null> {
    const child = new Child<In, Out>(options)
    const socket = await connectOnce(options.socketPath)
    if (!socket) return null
    child.pid = pid
    child.start = startOf(pid)
    const hello = new Promise<boolean>(resolve => {
      const timer = setTimeout(() => resolve(false), deadlineMs)
      child.talk(socket, heard => {
        clearTimeout(timer)
        resolve(heard)
      })
    })
    if (await hello) return child
    child.ended = true
    socket.destroy()
    return null
  }

  /** Sends a request; resolves with its answer. Rejects with Problem. */
  request(message: Request<Out>, deadlineMs: number): Promise<void> {
    const { name } = this.options
    return new Promise((resolve, reject) => {
      const id = ++this.lastId
      if (!this.frames?.open || this.helloAt === 0 || this.waiting.size >= MOST_REQUESTS) {
        reject(gone(name))
        return
      }
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        reject(
          new Problem(504, 'ERR_CHANNEL_SILENT', `${name} did not answer within ${deadlineMs} ms`, {
            fault: 'engine',
            retryable: true,
            remedy: 'Try again; a process that stays silent is killed and started anew.',
          }),
        )
      }, deadlineMs)
      this.waiting.set(id, {
        done: error => {
          clearTimeout(timer)
          this.waiting.delete(id)
          if (error) reject(error)
          else resolve()
        },
      })
      this.frames.send({ ...message, id } as unknown as Out)
    })
  }

  /** Ends it now. `why` stands in its exit. */
  kill(why: string): void {
    if (this.ended || this.killed !== null) return
    this.killed = why
    this.signal('SIGKILL')
    setTimeout(() => {
      if (!this.ended) this.options.onStuck()
    }, UNKILLABLE_MS).unref()
  }

  /** Lets go of a process that another supervisor takes over; it is told of nothing more. */
  release(): void {
    this.released = true
    this.finish()
    this.frames?.end()
    this.process?.stdout?.destroy()
    this.process?.stderr?.destroy()
    this.process?.unref()
  }

  private run(): void {
    const { name, socketPath, entry, memoryLimitBytes } = this.options
    const heap = Math.max(64, Math.min(MOST_HEAP_MEGABYTES, Math.floor((memoryLimitBytes ?? Infinity) / 2e6)))
    const failed = (error: Error) => {
      this.lines.push(`${name} cannot be started: ${error.message}\n`)
      setTimeout(() => this.exited(null, null), LAST_OUTPUT_MS)
    }
    let begun: ChildProcess
    try {
      rmSync(socketPath, { force: true })
      begun = spawn(process.execPath, [`--max-old-space-size=${heap}`, entry, socketPath], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: childEnvironment(process.env),
        // In a group of its own: what ends this supervisor's group is not meant for a process that goes on.
        detached: true,
      })
    } catch (error) {
      failed(error as Error)
      return
    }
    this.process = begun
    this.pid = begun.pid ?? null
    if (this.pid !== null) this.start = startOf(this.pid)
    // Without descriptors there are no pipes.
    if (begun.stdout) this.lines.read(begun.stdout)
    if (begun.stderr) this.lines.read(begun.stderr)
    begun.on('error', failed)
    // 'close' comes behind the last line of output, unless a grandchild holds the pipe.
    let exit: readonly [number | null, NodeJS.Signals | null] | null = null
    begun.on('exit', (code, signal) => {
      exit = [code, signal]
      setTimeout(() => this.exited(code, signal), LAST_OUTPUT_MS)
    })
    begun.on('close', (code, signal) => this.exited(exit?.[0] ?? code, exit?.[1] ?? signal))
    void this.connect()
  }

  private async connect(): Promise<void> {
    const deadline = performance.now() + HELLO_DEADLINE_MS
    const late = () => performance.now() > deadline
    while (!this.ended && !late()) {
      const socket = await connectOnce(this.options.socketPath)
      if (socket && this.ended) socket.destroy()
      if (socket) {
        if (!this.ended) {
          const silent = () => this.kill('it said nothing after its start')
          const timer = setTimeout(silent, deadline - performance.now())
          this.talk(socket, () => clearTimeout(timer))
        }
        return
      }
      await new Promise(resolve => setTimeout(resolve, CONNECT_INTERVAL_MS))
    }
    this.kill(`it did not listen within ${HELLO_DEADLINE_MS} ms`)
  }

  /** @param onHello whether it said hello, or went before */
  private talk(socket: Socket, onHello: (heard: boolean) => void): void {
    this.frames = new FrameSocket<In, Out>(socket, {
      onFrame: (header, bytes) => {
        this.silentPings = 0
        if (header.type === 'hello' && this.helloAt === 0) {
          this.helloAt = performance.now()
          onHello(true)
          this.watch()
          this.options.onHello(header as unknown as Hello, this)
        } else if (header.type === 'done') this.answered(header as unknown as Answer)
        else if (this.helloAt > 0 && !this.ended) this.take(header, bytes)
      },
      onClose: error => {
        onHello(false)
        if (this.ended) return
        if (error) this.kill(`its connection broke: ${error.message}`)
        this.failRequests()
        if (this.process === null) void this.waitForEnd()
        setTimeout(() => this.kill('it closed its connection and did not end'), ORPHAN_DEADLINE_MS).unref()
      },
    })
  }

  /** A decoder may have been taken over by what it decodes: what its process says may be anything. */
  private take(header: In, bytes: Buffer): void {
    try {
      this.options.onFrame(header, bytes)
    } catch (error) {
      this.options.log.error({ child: this.options.name, err: error }, 'a frame that is not understood')
      this.kill(`it sent a ${header.type.slice(0, 20)} that is not understood`)
    }
  }

  /** Counts pings, not time: a supervisor that stood still itself kills nobody for it. */
  private watch(): void {
    this.timer = setInterval(() => {
      if (this.silentPings >= MOST_SILENT_PINGS) {
        this.kill(`it did not answer for ${(MOST_SILENT_PINGS * PING_INTERVAL_MS) / 1000} s`)
        return
      }
      this.silentPings += 1
      this.lastId += 1
      this.frames?.send({ type: 'ping', id: this.lastId } as unknown as Out)
      this.ticks += 1
      if (this.pid === null || this.ticks % MEMORY_INTERVAL_PINGS !== 0) return
      this.watchMemory(this.pid)
    }, PING_INTERVAL_MS)
  }

  private watchMemory(pid: number): void {
    const { memoryLimitBytes, onMemory } = this.options
    const resident = memoryLimitBytes === null ? null : residentBytes(pid)
    if (resident === null || memoryLimitBytes === null) return
    const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
    if (resident > memoryLimitBytes) {
      this.kill(`it took ${megabytes(resident)} of memory, above its limit of ${megabytes(memoryLimitBytes)}`)
      return
    }
    const part = resident / memoryLimitBytes
    if (part > MEMORY_WARNING && !this.memoryHigh)
      onMemory?.(`takes ${megabytes(resident)} of memory; at ${megabytes(memoryLimitBytes)} it is killed`)
    this.memoryHigh = part > (this.memoryHigh ? MEMORY_WELL : MEMORY_WARNING)
  }

  private answered({ id, error }: Answer): void {
    const problem = error
      ? new Problem(
          error.fault === 'options' ? 422 : 502,
          String(error.code),
          this.options.mask(String(error.message)),
          {
            fault: isFault(error.fault) ? error.fault : 'engine',
            retryable: error.retryable === true,
            remedy: this.options.mask(String(error.remedy)),
          },
        )
      : null
    this.waiting.get(id)?.done(problem)
  }

  /** Of a process that is not our own child: the kernel tells nobody of its end. */
  private async waitForEnd(): Promise<void> {
    while (!this.ended && this.pid !== null && startOf(this.pid) === this.start) {
      await new Promise(resolve => setTimeout(resolve, GONE_INTERVAL_MS))
    }
    this.exited(null, null)
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.process) this.process.kill(signal)
    else if (this.pid !== null && startOf(this.pid) === this.start && this.start !== null) {
      process.kill(this.pid, signal)
      void this.waitForEnd()
    }
  }

  private exited(code: number | null, signal: string | null): void {
    if (this.ended) return
    this.finish()
    this.frames?.close()
    const ranMs = this.helloAt > 0 ? performance.now() - this.helloAt : 0
    if (!this.released) this.options.onExit({ code, signal, killed: this.killed, stderr: [...this.lines.last], ranMs })
  }

  private finish(): void {
    this.ended = true
    clearInterval(this.timer)
    this.failRequests()
  }

  private failRequests(): void {
    for (const { done } of [...this.waiting.values()]) done(gone(this.options.name))
  }
}

function connectOnce(path: string): Promise<Socket | null> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('error', () => resolve(null))
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}

const isFault = (fault: string): fault is Problem['fault'] => ['options', 'peer', 'machine', 'engine'].includes(fault)

const gone = (name: string) =>
  new Problem(503, 'ERR_CHANNEL_GONE', `the process of ${name} does not run`, {
    fault: 'engine',
    retryable: true,
    remedy: 'Try again in a moment; the events say why it ended.',
  })
