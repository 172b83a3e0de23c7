/**
 * What a worker keeps on its own disk: the highest epoch that it has seen, so that epochs go on in a store that has
 * forgotten them, and the sessions of its last processes, so that the next one gets their leases.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Of processes that were started one after the other, faster than the store heard of them. */
const MOST_SESSIONS = 8
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export interface Memory {
  /** The newest first. */
  readonly sessions: readonly string[]
  readonly seenEpoch: bigint
}

export class WorkerMemory {
  private memory: Memory
  private readonly path: string

  /** `folder`: one that no other process uses. A file that cannot be read is none. */
  constructor(folder: string) {
    this.path = join(folder, 'fleet.json')
    this.memory = read(this.path)
  }

  get value(): Memory {
    return this.memory
  }

  /** On the disk when it returns, before the store hears of the session. Throws the error of the disk. */
  begin(session: string): void {
    this.write({ ...this.memory, sessions: [session, ...this.memory.sessions].slice(0, MOST_SESSIONS) })
  }

  /** On the disk when it returns. Throws the error of the disk. */
  see(epoch: bigint): void {
    if (epoch > this.memory.seenEpoch) this.write({ ...this.memory, seenEpoch: epoch })
  }

  private write(memory: Memory): void {
    const { sessions, seenEpoch } = memory
    const file = openSync(`${this.path}.new`, 'w', 0o600)
    try {
      writeSync(file, `${JSON.stringify({ sessions, seenEpoch: seenEpoch.toString() })}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(`${this.path}.new`, this.path)
    this.memory = memory
  }
}

function read(path: string): Memory {
  try {
    const { sessions, seenEpoch } = JSON.parse(readFileSync(path, 'utf8')) as { sessions: unknown[]; seenEpoch: string }
    const known = sessions.filter((session): session is string => typeof session === 'string' && UUID.test(session))
    return { sessions: known.slice(0, MOST_SESSIONS), seenEpoch: BigInt(seenEpoch) }
  } catch {
    return { sessions: [], seenEpoch: 0n }
  }
}
