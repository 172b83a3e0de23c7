/** Which process has which name, for the next supervisor: `state/run/<name>.pid`, a number and its start. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RetriedWrites } from '../store/retried-writes.js'
import { startOf } from './process-info.js'

export class PidFiles {
  private readonly writes: RetriedWrites

  /** @param onHealth an error: the folder takes nothing; null: it does again */
  constructor(
    private readonly folder: string,
    onHealth: (error: Error | null) => void,
    retryMs?: number,
  ) {
    this.writes = new RetriedWrites(onHealth, retryMs)
  }

  write(name: string, pid: number): void {
    // A full disk stops no channel; a supervisor that comes before there is room again misses this process.
    const text = `${pid} ${startOf(pid) ?? ''}\n`
    this.writes.run(name, () => writeFileSync(this.path(name), text, { mode: 0o600 }))
  }

  /** The process, if it runs. */
  read(name: string): { readonly pid: number; readonly start: string } | null {
    try {
      const [, pid, start] = /^(\d+) (\d+)\n$/.exec(readFileSync(this.path(name), 'utf8')) ?? []
      return pid && start && startOf(Number(pid)) === start ? { pid: Number(pid), start } : null
    } catch {
      return null
    }
  }

  remove(name: string): void {
    // What is left names a process that has ended; read() finds that out.
    this.writes.run(name, () => rmSync(this.path(name), { force: true }))
  }

  names(): string[] {
    return readdirSync(this.folder)
      .filter(file => file.endsWith('.pid'))
      .map(file => file.slice(0, -'.pid'.length))
  }

  private path(name: string): string {
    return join(this.folder, `${name}.pid`)
  }
}
