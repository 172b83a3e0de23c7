/**
 * The main thread and two workers capture, send and run a graph at the same time; workers are terminated in the middle
 * of it, and others begin. Run by threads.test.ts as a child; prints how far it is, and goes on from the first line at
 * SIGUSR2.
 *
 *   node threads-program.js '{ "url": "rtmp://…", "output": "rtmp://…" }'
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { gst, RTMPCapture, RTMPOutput, run } from '../../../src/index'

export interface ThreadsTask {
  url: string
  /** Each thread sends to an address of its own: this, and the thread's name. */
  output: string
}

/** What one thread has done so far. */
interface Done {
  captured: number
  samples: number
  /** Bytes. */
  sent: number
  drawn: number
}

/** More than this of each, since it was last asked, is work. */
const ENOUGH: Done = { captured: 15, samples: 10_000, sent: 10_000, drawn: 15 }
/** ms. */
const PATIENCE = 30_000

async function begin(task: ThreadsTask, name: string): Promise<{ done(): Done; stop(): Promise<unknown> }> {
  const [width, height, fps] = [320, 180, 25]
  const counts = { captured: 0, samples: 0, drawn: 0 }
  const capture = new RTMPCapture(task.url)
  const output = new RTMPOutput(`${task.output}${name}`, { width, height, fps })
  const graph = run(gst`videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=25/1 ! appsink name=out`)
  graph.frames$('out').subscribe({ next: frame => (counts.drawn++, frame.close()), error: () => {} })
  capture.audio$.subscribe({ next: ({ samples }) => void (counts.samples += samples.length), error: () => {} })
  capture.frames$.subscribe({
    next: frame => {
      counts.captured++
      void output
        .writeFrame(frame)
        .catch(() => {})
        .finally(() => frame.close())
    },
    error: () => {},
  })
  await Promise.all([capture.start(), output.start(), graph.start()])
  const done = (): Done => ({ ...counts, sent: output.stats().outBytes })
  return { done, stop: () => Promise.all([capture.stop(), output.stop(), graph.stop()]) }
}

/** Another thread. */
class Colleague {
  readonly #worker: Worker
  readonly began: Promise<unknown>

  constructor(task: ThreadsTask, name: string) {
    this.#worker = new Worker(__filename, { workerData: { task, name } })
    this.began = new Promise((resolve, reject) => {
      this.#worker.once('error', reject)
      this.#worker.once('message', resolve)
    })
    this.began.catch(() => {})
  }

  done(): Promise<Done> {
    const answer = new Promise<Done>(resolve => void this.#worker.once('message', resolve))
    this.#worker.postMessage('done')
    return answer
  }

  terminate(): Promise<number> {
    return this.#worker.terminate()
  }
}

/** Resolves when each of them has done enough from now on. */
async function work(threads: readonly { done(): Done | Promise<Done> }[]): Promise<void> {
  const first = await Promise.all(threads.map(thread => thread.done()))
  const until = performance.now() + PATIENCE
  for (;;) {
    const now = await Promise.all(threads.map(thread => thread.done()))
    const enough = (at: number): boolean =>
      Object.entries(ENOUGH).every(([key, most]) => now[at]![key as keyof Done] - first[at]![key as keyof Done] > most)
    if (now.every((_, at) => enough(at))) return
    if (performance.now() > until) throw new Error(`${JSON.stringify(first)} became ${JSON.stringify(now)}`)
    await sleep(50)
  }
}

async function main(task: ThreadsTask): Promise<void> {
  const [one, two] = [new Colleague(task, 'one'), new Colleague(task, 'two')]
  const [own] = await Promise.all([begin(task, 'main'), one.began, two.began])
  await work([own, one, two])
  const looked = new Promise<void>(resolve => process.once('SIGUSR2', () => resolve()))
  console.log('three threads work')
  await looked
  await one.terminate()
  await work([own, two])
  console.log('one was terminated, the others work')
  const three = new Colleague(task, 'three')
  await three.began
  await work([own, two, three])
  console.log('another one works')
  await Promise.all([two.terminate(), three.terminate()])
  for (const after of [0, 40, 120, 250]) {
    const short = new Colleague(task, `short${after}`)
    await sleep(after)
    await short.terminate()
  }
  await work([own])
  console.log('all workers were terminated, the main thread works')
  const last = new Colleague(task, 'last')
  await last.began
  await own.stop()
  await work([last])
  console.log('the main thread has stopped, a worker works')
  await last.terminate()
  console.log('over')
}

if (isMainThread) {
  if (require.main === module) void main(JSON.parse(process.argv[2]!) as ThreadsTask)
} else {
  const { task, name } = workerData as { task: ThreadsTask; name: string }
  void begin(task, name).then(({ done }) => {
    parentPort!.on('message', () => parentPort!.postMessage(done()))
    parentPort!.postMessage('at work')
  })
}
