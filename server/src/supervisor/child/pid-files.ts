/** Which process has which name, for the next supervisor: `state/run/<name>.pid`, a number and its start. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startOf } from './process-info.js'

export class PidFiles {
  constructor(private readonly folder: string) {}

  write(name: string, pid: number): void {
    try {
      writeFileSync(this.path(name), `${pid} ${startOf(pid) ?? ''}\n`, { mode: 0o600 })
    } catch {
      // A full disk stops no channel; the next supervisor misses this process.
    }
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
    rmSync(this.path(name), { force: true })
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
