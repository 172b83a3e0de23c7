/**
 * Captures, an output, a graph of run() and a monitor that are asked for everything without a pause, and end in the
 * middle:
 *
 *   node ends-busy-program.js '{ "url": "rtmp://…", "output": "rtmp://…", "end": "terminate" }'
 *
 * run by ends.test.ts as a child; in a worker but for 'exit' and 'throw'.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { gst, RTMPCapture, RTMPOutput, run, StreamMonitor } from '../../../src/index'

export interface BusyTask {
  url: string
  output: string
  /** 'worker-…': in the worker that does it all. */
  end: 'terminate' | 'worker-exit' | 'worker-throw' | 'exit' | 'throw'
  /** ms of work before it ends. */
  after: number
}

async function main(task: BusyTask, ready: () => void): Promise<void> {
  const captures = Array.from({ length: 4 }, () => new RTMPCapture(task.url))
  const output = new RTMPOutput(task.output, { width: 320, height: 180, fps: 25 })
  const running = run(
    gst`videotestsrc name=src ! video/x-raw,width=64,height=48,framerate=25/1 ! tee name=t t. ! queue !
      appsink name=out t. ! queue ! fakesink`,
  )
  const monitor = new StreamMonitor()
  for (const stream of captures) monitor.attachStream(stream)
  monitor.attachStream(output)
  monitor.metrics$.subscribe()
  running.frames$('out').subscribe({ next: frame => frame.close(), error: () => {} })
  for (const capture of captures) {
    capture.audio$.subscribe({ error: () => {} })
    capture.frames$.subscribe({
      next: frame =>
        void output
          .writeFrame(frame)
          .catch(() => {})
          .finally(() => frame.close()),
      error: () => {},
    })
  }
  await Promise.all([...captures.map(capture => capture.start()), output.start(), running.start()])
  const turn = (): void => {
    for (const capture of captures) void [capture.stats(), capture.info]
    void [output.stats(), running.toDot(), running.get('src', 'pattern')]
    running.set('src', { pattern: 'ball' })
    setImmediate(turn)
  }
  turn()
  ready()
  if (task.end === 'terminate') return
  await sleep(task.after)
  if (task.end.endsWith('exit')) process.exit(7)
  setImmediate(() => {
    throw new Error('mine')
  })
}

if (workerData !== null) {
  const task = workerData as BusyTask
  void main(task, () => parentPort!.postMessage('at work'))
} else if (require.main === module) {
  const task = JSON.parse(process.argv[2]!) as BusyTask
  if (task.end === 'exit' || task.end === 'throw') {
    void main(task, () => {})
  } else {
    const worker = new Worker(__filename, { workerData: task })
    worker.on('error', error => console.log(`worker: ${error.message}`))
    worker.on('exit', code => console.log(`worker ended with ${code}`))
    if (task.end === 'terminate') {
      worker.once(
        'message',
        () =>
          void sleep(task.after)
            .then(() => worker.terminate())
            .then(() => console.log('terminated')),
      )
    }
  }
}
