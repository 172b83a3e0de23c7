import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

export interface Usage {
  threads: number
  /** Open file descriptors. */
  fds: number
  /** Resident memory in bytes. */
  rss: number
}

/** Threads, files and memory of a process; by default of this one. */
export function usage(pid: number | 'self' = 'self'): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  const fds = readdirSync(`/proc/${pid}/fd`).length
  // Reading the list of our own descriptors takes one itself.
  return { threads: number('Threads'), fds: pid === 'self' ? fds - 1 : fds, rss: number('VmRSS') * 1024 }
}

/** The open descriptors of this process, for a failure's text: '20 socket:[…]', '21 anon_inode:[eventfd]'. */
export function openFiles(): string[] {
  const dir = '/proc/self/fd'
  return readdirSync(dir).flatMap(fd => {
    try {
      return [`${fd} ${readlinkSync(`${dir}/${fd}`)}`]
    } catch {
      return []
    }
  })
}
