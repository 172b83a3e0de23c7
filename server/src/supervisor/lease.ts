/**
 * The lock on a state folder: one supervisor works on it. It is a flock() that the kernel gives back however the
 * process ends. Node.js has no flock: the program of util-linux, which every Debian has, takes it on our open file.
 */
import { spawn } from 'node:child_process'
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../core/problem.js'

const LOCK_DEADLINE_MS = 5000
const HELD = 1

export class Lease {
  private constructor(private readonly file: number) {}

  /** Rejects with Problem: another supervisor works there, whose process is named; or there is no flock. */
  static async take(state: string): Promise<Lease> {
    const path = join(state, 'lock')
    // Not truncated: it may hold the number of its owner.
    const file = openSync(path, 'a+', 0o600)
    try {
      const code = await lock(file)
      if (code === HELD) {
        const owner = readFileSync(path, 'utf8').trim()
        throw new Problem(409, 'ERR_STATE_IN_USE', `${state} is in use by process ${owner || 'unknown'}`, {
          fault: 'options',
          remedy: 'Stop that server, take over its channels with --upgrade, or name another folder with --state.',
        })
      }
      if (code !== 0) throw noLock(`flock ended with ${code}`)
      ftruncateSync(file)
      writeSync(file, `${process.pid}\n`)
      return new Lease(file)
    } catch (error) {
      closeSync(file)
      throw error
    }
  }

  release(): void {
    closeSync(this.file)
  }
}

/** The lock is on the open file, which this process shares with the program, and stays when that has ended. */
function lock(file: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const locker = spawn('flock', ['--nonblock', '--exclusive', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', file],
      timeout: LOCK_DEADLINE_MS,
    })
    locker.once('error', error => reject(noLock(error.message)))
    locker.once('exit', (code, signal) => (code === null ? reject(noLock(String(signal))) : resolve(code)))
  })
}

const noLock = (why: string) =>
  new Problem(500, 'ERR_STATE_LOCK', `the state folder cannot be locked: ${why}`, {
    fault: 'machine',
    remedy: 'Install util-linux, which has flock, and put the state folder on a file system that has locks.',
  })
