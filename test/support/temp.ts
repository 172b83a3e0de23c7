import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

/** A folder of its own, removed when the process ends. */
export function tempDir(): string {
  if (made.length === 0) process.on('exit', removeAll)
  const dir = mkdtempSync(join(tmpdir(), 'rxgst-'))
  made.push(dir)
  return dir
}

export function tempFile(name: string): string {
  return join(tempDir(), name)
}

function removeAll(): void {
  for (const dir of made) {
    try {
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
    } catch {
      // A child that is being killed may still write there; the folder is in the system's temporary folder anyway.
    }
  }
}
