import { fork, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Linux counts processor time of other processes in hundredths of a second. */
const TICKS_PER_SECOND = 100

/** Processor seconds of a process so far; null when it is gone. */
export function processorSeconds(pid) {
  const fields = statOf(pid)
  return fields && (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/**
 * Processor seconds of a process and of its children, ended ones too; null when it has ended. Between two calls it must
 * not lose a grandchild for which no process waited.
 */
export function treeSeconds(pid) {
  const children = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const fields = statOf(name)
    if (fields)
      children.set(fields[1], [
        ...(children.get(fields[1]) ?? []),
        { pid: name, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) },
      ])
  }
  const below = parent =>
    (children.get(String(parent)) ?? []).reduce((sum, child) => sum + child.ticks + below(child.pid), 0)
  const own = statOf(pid)
  return own && (own.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) + below(pid)) / TICKS_PER_SECOND
}

/** Fields of /proc/PID/stat from the state on. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** Of this process's JS thread. */
export function ownThreadSeconds() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e9
}

/** Of this process, to the microsecond. */
export function ownProcessorSeconds() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/**
 * A script of this folder in a process of its own, asked by messages: ask(name, value) resolves with its answer.
 * The script calls serve() with a function for every name.
 */
export async function startHelper(script, ...args) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args.map(String), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map()
  let next = 1
  child.on('message', ({ id, value, error }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error) reject(new Error(`${script}: ${error}`))
    else resolve(value)
  })
  const exited = new Promise(resolve =>
    child.once('exit', (code, signal) => {
      for (const { reject } of waiting.values()) reject(new Error(`${script} ended (${code ?? signal})`))
      resolve()
    }),
  )
  return {
    pid: child.pid,
    ask: (name, value = null) =>
      new Promise((resolve, reject) => {
        const id = next++
        waiting.set(id, { resolve, reject })
        child.send({ id, name, value })
      }),
    async stop() {
      if (child.connected) child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), 6000)
      await exited
      clearTimeout(timer)
    },
  }
}

/** The other side of startHelper(). Ends with its parent. */
export function serve(functions) {
  process.on('message', async ({ id, name, value }) => {
    try {
      process.send({ id, value: (await functions[name](value)) ?? null })
    } catch (error) {
      if (process.connected) process.send({ id, error: error?.stack ?? String(error) })
    }
  })
  process.once('disconnect', async () => {
    await Promise.race([functions.end?.(), new Promise(resolve => setTimeout(resolve, 5000))])
    process.exit()
  })
}

/**
 * Runs a program and measures its processor time: a shell runs it, and prints `times` at its end. stop() ends it early.
 * @returns the child, stop(), and `done`: { code, seconds of processor, errors }
 */
export function spawnTimed(command, args, { stdin = 'ignore' } = {}) {
  const child = spawn('bash', ['-c', '"$@"; code=$?; echo >&3; times >&3; exit $code', 'bash', command, ...args], {
    stdio: [stdin, 'pipe', 'pipe', 'pipe'],
    // A process group, so that the program goes when the shell is told to.
    detached: true,
  })
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  process.once('exit', end)
  let errors = ''
  let times = ''
  child.stderr.setEncoding('utf8').on('data', text => (errors = (errors + text).slice(-8192)))
  child.stdio[3].setEncoding('utf8').on('data', text => (times += text))
  const done = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      process.off('exit', end)
      // The second line is that of the children: "0m1.234s 0m0.056s".
      const own = [...(times.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
      resolve({
        code,
        signal,
        errors,
        seconds: own.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0),
      })
    })
  })
  const stop = async () => {
    end()
    await done
  }
  return { child, done, stop }
}
