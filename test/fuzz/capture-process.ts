// A real capture of one stream after the other, in a process of its own: a crash is a finding.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { RTMPCapture, RxGstError } from '../../src/index'

/** ms. Longer than any case plays. */
const TIMEOUT = 2500

export interface Outcome {
  id: number
  /** 'live' and how it ended, or the code of the error that start() rejected with. */
  outcome: string
  pictures: number
  samples: number
  stopMs: number
  rss: number
  /** An error that is not one of ours. */
  foreign?: string
}

/** After so many cases: what one of them has left running runs on. */
const LOOK = 10
let played = 0

/** Processor time that is spent although nothing is played any more; other work on the machine does not count. */
async function look(result: Outcome): Promise<void> {
  await sleep(2000)
  const before = process.cpuUsage()
  await sleep(300)
  const { user, system } = process.cpuUsage(before)
  if (user + system > 200_000) result.foreign = `a thread is busy after stop(): ${(user + system) / 1000} ms of 300 ms`
}

async function one(id: number, url: string): Promise<Outcome> {
  const capture = new RTMPCapture(url, { reconnect: false, connectTimeout: TIMEOUT, stallTimeout: 1500, format: 'RGB' })
  const result: Outcome = { id, outcome: '', pictures: 0, samples: 0, stopMs: 0, rss: 0 }
  const note = (error: unknown): void => {
    if (error instanceof RxGstError) result.outcome += ` ${error.code}`
    else result.foreign = String((error as Error)?.stack ?? error)
  }
  const ended = new Promise<void>(resolve => {
    capture.framesWithAudio$.subscribe({
      next: ({ frame, audio }) => {
        result.pictures++
        result.samples += audio.samples.length
        // The bytes are there, all of them.
        if (frame.data.length !== frame.width * frame.height * 3)
          result.foreign = `${frame.data.length} bytes for ${frame.width}×${frame.height}`
        frame.close()
      },
      error: error => (note(error), resolve()),
      complete: resolve,
    })
    setTimeout(resolve, TIMEOUT)
  })
  await capture.start().then(() => ended, note)
  const from = performance.now()
  await capture.stop().catch(note)
  result.stopMs = performance.now() - from
  result.rss = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024
  if (++played % LOOK === 0) await look(result)
  return result
}

process.on(
  'message',
  ({ id, url }: { id: number; url: string }) => void one(id, url).then(result => process.send?.(result)),
)
process.on('disconnect', () => process.exit(0))
