/** Keeps one process running for as long as it is wanted: starts it again with backoff, stops it with a deadline. */
import type { Header } from '../../core/frames.js'
import { Problem } from '../../core/problem.js'
import { Backoff } from './backoff.js'
import { Child, type ChildExit, type ChildOptions, type Hello } from './child.js'
import type { PidFiles } from './pid-files.js'
import { startOf } from './process-info.js'
import type { StartLane } from './start-lane.js'

/** What the last process of that name is given to end by itself before a new one begins. */
const LEFTOVER_DEADLINE_MS = 8000
const LEFTOVER_INTERVAL_MS = 50
const ADOPT_DEADLINE_MS = 5000
const HAND_OVER_DEADLINE_MS = 10_000
/** A process that is not ready by then lets the next one begin. */
const LANE_DEADLINE_MS = 10_000
/** Added to the deadline of a stop: the answer has to come back. */
const STOP_GRACE_MS = 1000

export interface KeeperOptions<In extends Header, Out extends Header>
  extends Pick<ChildOptions<In, Out>, 'name' | 'socketPath' | 'entry' | 'log' | 'mask' | 'onFrame' | 'onMemory'> {
  readonly pidFiles: PidFiles
  readonly lane: StartLane
  /** null: none. */
  memoryLimitBytes(): number | null
  /** It said hello: give it its configuration. */
  onReady(child: Child<In, Out>, hello: Hello, adopted: boolean): void
  onStart(): void
  /** It was killed and is still there. A next one begins when it has gone. */
  onStuck?(error: Problem): void
  /** It ended. `retryInMs`: until the next start; null: it was not wanted any more. `exits`: those in a row. */
  onExit(exit: ChildExit, retryInMs: number | null, exits: number): void
}

export class Keeper<In extends Header, Out extends Header> {
  child: Child<In, Out> | null = null
  /** Processes that were started. */
  starts = 0
  private wanted = false
  private stopping: Promise<void> | null = null
  private stopped: { resolve(): void; reject(error: Problem): void } | null = null
  private readonly backoff = new Backoff()
  private retry: NodeJS.Timeout | undefined
  private queued = false
  private laneTimer: NodeJS.Timeout | null = null
  private readonly options: KeeperOptions<In, Out>

  constructor(options: KeeperOptions<In, Out>) {
    this.options = options
  }

  /** Its process is being ended; another one follows where start() is called meanwhile. */
  get isStopping(): boolean {
    return this.stopping !== null
  }

  get isWanted(): boolean {
    return this.wanted
  }

  /** Wants a process. One that waits for its next start begins at once. */
  start(): void {
    this.wanted = true
    if (this.child || this.stopping) return
    clearTimeout(this.retry)
    this.begin(false)
  }

  /** Takes over a process that another supervisor left; false: there is none that answers. */
  async adopt(): Promise<boolean> {
    const { name, pidFiles } = this.options
    const left = pidFiles.read(name)
    if (!left) return false
    this.wanted = true
    const child = await Child.adopt<In, Out>(this.childOptions(true), left.pid, ADOPT_DEADLINE_MS)
    if (child) return true
    this.wanted = false
    return false
  }

  /** Waits for a process of that name that another supervisor left to end, and kills it behind the deadline. */
  async clearLeftover(): Promise<void> {
    const { name, pidFiles } = this.options
    const left = pidFiles.read(name)
    if (!left) return
    const deadline = performance.now() + LEFTOVER_DEADLINE_MS
    while (startOf(left.pid) === left.start) {
      const overMs = performance.now() - deadline
      if (overMs > LEFTOVER_DEADLINE_MS) break
      if (overMs > 0) killNow(left.pid)
      await new Promise(resolve => setTimeout(resolve, LEFTOVER_INTERVAL_MS))
    }
    pidFiles.remove(name)
  }

  /**
   * Ends the process, by its own stop within the deadline, else by a kill. Resolves when it is gone. Rejects with
   * ERR_PROCESS_STUCK some seconds behind a kill that did not end it.
   */
  stop(deadlineMs: number): Promise<void> {
    this.wanted = false
    clearTimeout(this.retry)
    const child = this.child
    if (!child) return Promise.resolve()
    this.stopping ??= new Promise<void>((resolve, reject) => {
      this.stopped = { resolve, reject }
      const kill = setTimeout(() => child.kill(`it did not stop within ${deadlineMs} ms`), deadlineMs + STOP_GRACE_MS)
      const stop = { type: 'stop', deadlineMs } as unknown as Parameters<Child<In, Out>['request']>[0]
      child.request(stop, deadlineMs + STOP_GRACE_MS).catch(() => child.kill('it did not stop'))
      kill.unref()
    })
    return this.stopping
  }

  /** Ends what runs now, and the waiting for it. */
  kill(why: string): void {
    this.wanted = false
    clearTimeout(this.retry)
    this.child?.kill(why)
  }

  /** The process goes on without this supervisor. Rejects where it does not agree. */
  async handOver(deadlineMs: number): Promise<void> {
    // One that ends in this moment is started by the next supervisor.
    this.wanted = false
    clearTimeout(this.retry)
    const child = this.child
    if (!child) return
    const message = { type: 'hand-over', deadlineMs } as unknown as Parameters<Child<In, Out>['request']>[0]
    await child.request(message, HAND_OVER_DEADLINE_MS)
    this.child = null
    child.release()
  }

  /** Its configuration has arrived: others may begin. */
  ready(): void {
    this.leaveLane()
  }

  private begin(urgent: boolean): void {
    if (this.queued) return
    this.queued = true
    this.options.lane.enter(() => {
      this.queued = false
      this.laneTimer = setTimeout(() => this.leaveLane(), LANE_DEADLINE_MS)
      if (this.wanted && !this.child) this.run()
      else this.leaveLane()
    }, urgent)
  }

  private leaveLane(): void {
    if (this.laneTimer === null) return
    clearTimeout(this.laneTimer)
    this.laneTimer = null
    this.options.lane.leave()
  }

  private run(): void {
    this.starts += 1
    this.options.onStart()
    this.child = Child.spawn<In, Out>(this.childOptions(false))
    if (this.child.pid !== null) this.options.pidFiles.write(this.options.name, this.child.pid)
  }

  private childOptions(adopted: boolean): ChildOptions<In, Out> {
    const { name, socketPath, entry, log, mask, onFrame, onMemory } = this.options
    return {
      name,
      socketPath,
      entry,
      log,
      mask,
      onFrame,
      onMemory,
      onStuck: () => this.stuck(),
      memoryLimitBytes: this.options.memoryLimitBytes(),
      onHello: (hello, child) => {
        this.child = child
        this.options.onReady(child, hello, adopted)
      },
      onExit: exit => this.exited(exit),
    }
  }

  private stuck(): void {
    const { name, onStuck } = this.options
    const error = new Problem(503, 'ERR_PROCESS_STUCK', `the process of ${name} cannot be killed`, {
      fault: 'machine',
      retryable: true,
      remedy: 'It hangs in the kernel, such as in a driver: look into its log, and restart the machine if it stays.',
    })
    this.leaveLane()
    onStuck?.(error)
    this.stopped?.reject(error)
    this.stopped = null
  }

  private exited(exit: ChildExit): void {
    const { name, pidFiles, onExit } = this.options
    this.child = null
    this.leaveLane()
    pidFiles.remove(name)
    const expected = this.stopping !== null
    this.stopping = null
    this.stopped?.resolve()
    this.stopped = null
    if (expected || !this.wanted) {
      this.backoff.reset()
      onExit(exit, null, 0)
      if (this.wanted && !this.child) this.begin(true)
      return
    }
    const delay = this.backoff.next(exit.ranMs)
    this.retry = setTimeout(() => this.begin(delay === 0), delay)
    onExit(exit, delay, this.backoff.exits)
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went in this moment.
  }
}
