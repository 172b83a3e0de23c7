import { spawn } from 'node:child_process'

const KEPT = 256 * 1024

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Child extends AsyncDisposable {
  readonly pid: number
  readonly running: boolean
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>
  /** The last 256 KiB that it wrote to stdout and stderr. */
  output(): string
  /** The same, of stderr alone. */
  errors(): string
  /** Sends a signal to the whole process group. SIGSTOP freezes it, SIGCONT thaws it. Returns false when it is gone. */
  kill(signal?: NodeJS.Signals): boolean
  /** SIGTERM, then SIGKILL after `grace` ms. Resolves when it is gone. */
  stop(grace?: number): Promise<Exit>
}

export interface ChildOptions {
  cwd?: string
  env?: Record<string, string>
  /** Gets stdout as it comes; then output() is stderr alone. */
  onStdout?: (bytes: Buffer) => void
}

/** Groups that must not outlive this process. */
const alive = new Set<number>()
let watching = false

/**
 * Starts a program in a process group of its own. It ends with this process in every case: at a normal exit its group
 * is killed; when this process is killed or crashes, the kernel kills it (setpriv's parent death signal).
 */
export function start(command: string, args: readonly string[] = [], options: ChildOptions = {}): Child {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`cannot start ${command}: setpriv (util-linux) is missing`)
  if (!watching) process.once('exit', killAll)
  watching = true
  alive.add(pid)

  let text = ''
  let errors = ''
  let running = true
  const append = (old: string, chunk: string) => (old + chunk).slice(-KEPT)
  if (options.onStdout) child.stdout.on('data', options.onStdout)
  else child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (text = append(text, chunk)))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = append(text, chunk)
    errors = append(errors, chunk)
  })

  const exited = new Promise<Exit>(resolve => {
    child.on('exit', (code, signal) => {
      running = false
      // The rest of its process group ends with it.
      signalGroup(pid, 'SIGKILL')
      alive.delete(pid)
      // Its last output may still be on its way; a turn of the event loop reads it, however late the timer is.
      const timer = setTimeout(() => setImmediate(resolve, { code, signal }), 500)
      child.on('close', () => {
        clearTimeout(timer)
        resolve({ code, signal })
      })
    })
  })

  const self: Child = {
    pid,
    get running() {
      return running
    },
    exited,
    output: () => text,
    errors: () => errors,
    kill: (signal = 'SIGTERM') => running && signalGroup(pid, signal),
    async stop(grace = 3000) {
      self.kill('SIGTERM')
      // A frozen process does not see SIGTERM before it goes on.
      self.kill('SIGCONT')
      const timer = setTimeout(() => self.kill('SIGKILL'), grace)
      const exit = await exited
      clearTimeout(timer)
      return exit
    },
    [Symbol.asyncDispose]: async () => void (await self.stop()),
  }
  return self
}

/** Runs a program to its end; rejects with its output when it fails or takes longer than `timeout` ms. */
export async function exec(
  command: string,
  args: readonly string[],
  options: ChildOptions & { timeout?: number } = {},
): Promise<{ stdout: Buffer; stderr: string }> {
  const { timeout = 60_000, cwd, env } = options
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  })
  const stdout: Buffer[] = []
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (stderr += chunk))
  const { code, signal } = await new Promise<Exit>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  if (code === 0) return { stdout: Buffer.concat(stdout), stderr }
  const why = signal ? `was killed (${signal}, perhaps after its ${timeout} ms)` : `exited with ${code}`
  throw new Error(`${command} ${args.join(' ')}\n${why}\n${stderr.slice(-4000)}`)
}

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal)
    return true
  } catch {
    return false
  }
}

function killAll(): void {
  for (const pid of alive) signalGroup(pid, 'SIGKILL')
}
