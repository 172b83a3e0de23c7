/**
 * What systemd is told of the service: that it is ready, that it turns, that it ends. Node.js has no datagrams to Unix
 * sockets; the program systemd-notify is part of every system that sets $NOTIFY_SOCKET. A unit needs NotifyAccess=all.
 */
import { execFile } from 'node:child_process'

const NOTIFY_DEADLINE_MS = 5000

export interface Systemd {
  /** Also under another process number than before. `status`: what systemctl shows, asked for again and again. */
  ready(status: () => string): void
  stopping(): void
  close(): void
}

/** @param turns whether the server is well: systemd restarts it when it is told nothing for WatchdogSec= */
export function systemd(
  env: Readonly<Record<string, string | undefined>>,
  turns: () => boolean,
  onFault: (error: Error) => void,
): Systemd {
  if (!env['NOTIFY_SOCKET']) return { ready: () => {}, stopping: () => {}, close: () => {} }
  let failed = false
  const tell = (...words: string[]) => {
    execFile('systemd-notify', [`--pid=${process.pid}`, ...words], { timeout: NOTIFY_DEADLINE_MS }, error => {
      if (error && !failed) onFault(error)
      failed = error !== null
    })
  }
  const watchdogMs = Number(env['WATCHDOG_USEC'] ?? 0) / 1000
  let timer: NodeJS.Timeout | undefined
  return {
    ready: status => {
      tell('--ready', `MAINPID=${process.pid}`, `--status=${status()}`)
      const pet = (): void => void (turns() && tell('WATCHDOG=1', `--status=${status()}`))
      if (watchdogMs > 0) timer = setInterval(pet, watchdogMs / 3)
      timer?.unref()
    },
    stopping: () => tell('STOPPING=1'),
    close: () => clearInterval(timer),
  }
}
