/** What /proc tells of a process. */
import { readFileSync } from 'node:fs'

/** Resident memory in bytes; null: the process is gone. */
export function residentBytes(pid: number): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/** The kernel's unit in /proc, whatever its own clock is: 100 a second. */
const TICK_MS = 10

/** Processor time that all threads of the process have taken, ms; null: the process is gone. */
export function processorMs(pid: number): number | null {
  const fields = fieldsOf(pid)
  return fields === null ? null : (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/**
 * When the process began, in ticks since the machine did: with its number the name of one process, since numbers are
 * given again. null: it is gone, or dead and not waited for.
 */
export function startOf(pid: number): string | null {
  return fieldsOf(pid)?.[19] ?? null
}

/** Those of /proc/PID/stat behind the program's name; null: it is gone, or dead and not waited for. */
function fieldsOf(pid: number): readonly string[] | null {
  const text = read(`/proc/${pid}/stat`)
  if (text === null) return null
  // The second field is the program's name in parentheses, and may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? null : fields
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
