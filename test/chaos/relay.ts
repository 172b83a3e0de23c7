import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { StreamState } from '../../src/index'
import { until, type UntilOptions } from '../support/until'
import { usage, type Usage } from '../support/usage'
import type { Begin, Command, Seen, StopTimes, Told } from './relay-messages'

export type SeenState = StreamState & {
  /** performance.now() of this process when it was told. */
  at: number
}

export interface Relay extends AsyncDisposable {
  readonly pid: number
  /** How the process ended; null while it runs. */
  readonly exit: { code: number | null; signal: NodeJS.Signals | null } | null
  /** States of 'capture', 'target 0', 'target 1' … in order. */
  history(of: string): readonly SeenState[]
  state(of: string): SeenState | undefined
  /** Resolves with the first state from `since` on (an index into history()) that fulfils the condition. */
  reaches(of: string, phase: StreamState['phase'], since?: number, options?: UntilOptions): Promise<SeenState>
  /** When pictures came again after a pause, performance.now() of this process. */
  readonly resumptions: readonly { at: number; gap: number }[]
  /** Errors of its observables, which no outage may cause. */
  readonly errors: readonly string[]
  /** All that it logged. */
  readonly log: readonly string[]
  ask<T>(command: Command, timeout?: number): Promise<T>
  seen(): Promise<Seen>
  /** After a garbage collection. */
  usage(): Promise<Usage>
  /** Stops capture and output, then the process, which must end by itself. */
  stop(): Promise<StopTimes>
}

/** glibc's arenas make resident memory creep while no byte is lost: for runs that judge memory. */
export const PLAIN_MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' }

export async function startRelay(
  begin: Omit<Begin, 'type'>,
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<Relay> {
  const child = fork(join(__dirname, 'relay-process.js'), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const states = new Map<string, SeenState[]>()
  const errors: string[] = []
  const resumptions: { at: number; gap: number }[] = []
  const log: string[] = []
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let exit: Relay['exit'] = null
  let next = 0

  child.stderr!.setEncoding('utf8').on('data', (text: string) => void log.push(text))
  child.on('message', (told: Told) => {
    if (told.type === 'state') history(told.of).push({ ...told.state, at: performance.now() })
    else if (told.type === 'log') log.push(`${told.level}: ${told.text}`)
    else if (told.type === 'picture') resumptions.push({ at: performance.now(), gap: told.gap })
    else if (told.type === 'error') errors.push(told.text)
    else {
      const asked = waiting.get(told.id)
      waiting.delete(told.id)
      if (told.error) asked?.reject(new Error(told.error))
      else asked?.resolve(told.value)
    }
  })
  child.on('exit', (code, signal) => {
    exit = { code, signal }
    for (const { reject } of waiting.values())
      reject(new Error(`the relay process ended (${code ?? signal})\n${log.slice(-20).join('\n')}`))
    waiting.clear()
  })
  const leave = () => void child.kill('SIGKILL')
  process.once('exit', leave)

  const history = (of: string): SeenState[] => {
    if (!states.has(of)) states.set(of, [])
    return states.get(of)!
  }
  const ask = <T>(command: Command, timeout = 30_000): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (exit)
        return reject(
          new Error(`the relay process is gone (${exit.code ?? exit.signal})\n${log.slice(-20).join('\n')}`),
        )
      const id = next++
      const timer = setTimeout(() => {
        waiting.delete(id)
        reject(new Error(`no answer to '${command.type}' within ${timeout} ms\n${log.slice(-20).join('\n')}`))
      }, timeout)
      const done = (settle: () => void) => (clearTimeout(timer), settle())
      waiting.set(id, { resolve: value => done(() => resolve(value as T)), reject: error => done(() => reject(error)) })
      child.send({ ...command, id })
    })
  const kill = async () => {
    process.off('exit', leave)
    if (!exit) child.kill('SIGKILL')
    await until(() => exit, { what: 'the relay process to be gone' })
  }

  const self: Relay = {
    pid: child.pid!,
    get exit() {
      return exit
    },
    history,
    state: of => history(of).at(-1),
    reaches: (of, phase, since = 0, options) =>
      until(
        () => {
          if (exit)
            throw new Error(`the relay process ended (${exit.code ?? exit.signal})\n${log.slice(-20).join('\n')}`)
          return history(of)
            .slice(since)
            .find(state => state.phase === phase)
        },
        {
          what: () => `${of} to be ${phase}; ${tail(history(of))}\n${log.slice(-12).join('\n')}`,
          timeout: 40_000,
          ...options,
        },
      ),
    resumptions,
    errors,
    log,
    ask,
    seen: () => ask<Seen>({ type: 'seen' }),
    async usage() {
      await ask({ type: 'collect' })
      return usage(child.pid!)
    },
    async stop() {
      const times = await ask<StopTimes>({ type: 'stop' })
      child.disconnect()
      await until(() => exit, { what: 'the relay process to end', timeout: 10_000 }).finally(kill)
      return times
    },
    [Symbol.asyncDispose]: kill,
  }
  try {
    await ask({ type: 'begin', ...begin }, 60_000)
  } catch (error) {
    await kill()
    throw error
  }
  return self
}

const tail = (states: readonly SeenState[]): string =>
  states
    .slice(-6)
    .map(({ phase, reason, attempt }) => `${phase}${reason ? ` (${reason})` : ''} ${attempt}`)
    .join(' → ')
