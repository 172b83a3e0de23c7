import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { makeFile } from '../support/peers/ffmpeg'
import { startRtmpServer } from '../support/peers/rtmp-server'
import { tempFile } from '../support/temp'
import type { Outcome } from './capture-process'
import { mutation } from './mutate'

export interface Finding {
  seed: number
  name: string
  /** 'died of SIGSEGV', 'no answer', 'stop took …' */
  what: string
  /** Last words on stderr. */
  text: string
}

export interface FuzzResult {
  cases: number
  /** Cases that gave a picture, and those whose start() was refused. */
  pictures: number
  refused: number
  outcomes: Map<string, number>
  findings: Finding[]
  /** Highest resident memory of a process, bytes. */
  rss: number
}

export interface FuzzOptions {
  /** The first one; the following count up. */
  seed: number
  /** ms. */
  time: number
  cases?: number
  /** So many cases at least, whatever the time. Default 0. */
  least?: number
  say?: (line: string) => void
}

/** ms until a case that has not answered is a hang: its own limits are shorter. */
const HANG = 20_000
const STOP = 5000
/** Of a process that has played one stream after the other, at its highest, bytes. A sanitizer takes as much again. */
const MOST_MEMORY = (process.env.ASAN_OPTIONS === undefined ? 450 : 1350) * 2 ** 20

interface Worker {
  child: ChildProcess
  text: string
  run(id: number, url: string): Promise<Outcome | string>
  end(): Promise<void>
}

function startWorker(): Worker {
  const child = fork(join(__dirname, 'capture-process.js'), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const leave = () => void child.kill('SIGKILL')
  process.once('exit', leave)
  let gone: string | null = null
  let settle: ((value: Outcome | string) => void) | null = null
  const exited = new Promise<void>(resolve =>
    child.on('exit', (code, signal) => {
      process.off('exit', leave)
      gone = signal ? `died of ${signal}` : `exited with ${code}`
      settle?.(gone)
      resolve()
    }),
  )
  const worker: Worker = {
    child,
    text: '',
    run: (id, url) =>
      new Promise(resolve => {
        if (gone) return resolve(gone)
        const timer = setTimeout(() => {
          resolve(`no answer within ${HANG} ms`)
          child.kill('SIGKILL')
        }, HANG)
        settle = value => {
          settle = null
          clearTimeout(timer)
          resolve(value)
        }
        child.send({ id, url })
      }),
    end: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
  child
    .stderr!.setEncoding('utf8')
    .on('data', (chunk: string) => void (worker.text = (worker.text + chunk).slice(-4000)))
  child.on('message', (outcome: Outcome) => settle?.(outcome))
  return worker
}

/**
 * Streams with one mutation each through the real capture, until the time is over. The same seed is the same stream.
 */
export async function fuzz({
  seed,
  time,
  cases = Infinity,
  least = 0,
  say = () => {},
}: FuzzOptions): Promise<FuzzResult> {
  // Half a second of everything: a keyframe every five pictures, B-frames, sound.
  const file = await makeFile(tempFile('fuzz.flv'), {
    size: '320x180',
    fps: 30,
    duration: 0.6,
    gop: 5,
    bframes: 2,
    bitrate: '400k',
  })
  const result: FuzzResult = { cases: 0, pictures: 0, refused: 0, outcomes: new Map(), findings: [], rss: 0 }
  const from = performance.now()
  let worker = startWorker()
  await using server = await startRtmpServer({ kind: 'accept-silent' })
  const goesOn = (): boolean => result.cases < cases && (performance.now() - from < time || result.cases < least)
  for (let id = seed; goesOn(); id++) {
    const { name, edit, mangle } = mutation(id)
    server.behave({ kind: 'serve-file', file, pace: 'full', edit, mangle })
    const outcome = await worker.run(id, server.url(`fuzz-${id}`))
    server.cut('rst')
    result.cases++
    const find = (what: string): void => {
      const finding = { seed: id, name, what, text: worker.text }
      result.findings.push(finding)
      say(`seed ${id} (${name}): ${what}\n${finding.text.replace(/^/gm, '    ')}`)
    }
    if (typeof outcome === 'string') {
      find(outcome)
      await worker.end()
      worker = startWorker()
      continue
    }
    const { foreign, stopMs, pictures, rss } = outcome
    const key = `${pictures > 0 ? 'pictures, then' : 'no picture:'}${outcome.outcome || ' end'}`
    result.outcomes.set(key, (result.outcomes.get(key) ?? 0) + 1)
    if (pictures > 0) result.pictures++
    else result.refused++
    result.rss = Math.max(result.rss, rss)
    if (foreign) find(foreign)
    if (stopMs > STOP) find(`stop took ${stopMs.toFixed(0)} ms`)
    if (rss > MOST_MEMORY) {
      find(`${(rss / 2 ** 20).toFixed(0)} MiB resident`)
      await worker.end()
      worker = startWorker()
    }
    worker.text = ''
  }
  await worker.end()
  return result
}
