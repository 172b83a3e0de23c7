/** Which process has which name, for the next supervisor: `state/run/<name>.pid`, a number and its start. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startOf } from './process-info.js'

export class PidFiles {
  /** @param onHealth an error: the folder takes nothing; null: it does again */
  constructor(
    private readonly folder: string,
    private readonly onHealth: (error: Error | null) => void,
  ) {}

  write(name: string, pid: number): void {
    // A full disk stops no channel; the next supervisor misses this process.
    this.told(() => writeFileSync(this.path(name), `${pid} ${startOf(pid) ?? ''}\n`, { mode: 0o600 }))
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
    this.told(() => rmSync(this.path(name), { force: true }))
  }

  names(): string[] {
    return readdirSync(this.folder)
      .filter(file => file.endsWith('.pid'))
      .map(file => file.slice(0, -'.pid'.length))
  }

  private told(write: () => void): void {
    try {
      write()
      this.onHealth(null)
    } catch (error) {
      this.onHealth(error as Error)
    }
  }

  private path(name: string): string {
    return join(this.folder, `${name}.pid`)
  }
}
