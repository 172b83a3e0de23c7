/**
 * A program that ends in the way it is told to, in the middle of everything: run by ends.test.ts as a child.
 *
 *   node ends-program.js '{ "url": "rtmp://…", "until": "live", "end": "exit" }' [worker]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { RTMPCapture, RTMPOutput, StreamMonitor, type StreamPhase } from '../../../src/index'

export interface EndsTask {
  url: string
  /** Where an output sends to, too. */
  output?: string
  /** The capture's phase in which it ends; while it connects, when it is told to (SIGUSR2). */
  until: StreamPhase
  /** 'signal': waits for one, without a handler. 'stop': stops, and is then to end by itself. */
  end: 'exit' | 'throw' | 'reject' | 'signal' | 'stop'
}

async function main(task: EndsTask): Promise<void> {
  const capture = new RTMPCapture(task.url, { reconnect: { initialDelay: 60_000 } })
  const output = task.output ? new RTMPOutput(task.output, { width: 320, height: 180, fps: 25 }) : null
  const monitor = new StreamMonitor()
  monitor.attachStream(capture, 'in')
  capture.framesWithAudio$.subscribe({ next: ({ frame }) => frame.close(), error: () => {} })
  capture.frames$.subscribe({
    next: frame => {
      if (output)
        void output
          .writeFrame(frame)
          .catch(() => {})
          .finally(() => frame.close())
      else frame.close()
    },
    error: () => {},
  })
  const started = capture.start()
  started.catch(() => {})
  await output?.start()
  await new Promise<void>(resolve => void capture.state$.subscribe(({ phase }) => phase === task.until && resolve()))
  if (task.until === 'live') await capture.getFrame().then(frame => frame.close())
  // Heard from before it is told that somebody may call.
  const called = new Promise<void>(resolve => void (task.until === 'connecting' && process.once('SIGUSR2', resolve)))
  console.log('now')
  if (task.until === 'connecting') await called
  if (task.end === 'exit') process.exit(7)
  if (task.end === 'throw') {
    setImmediate(() => {
      throw new Error('mine')
    })
  }
  if (task.end === 'reject') void Promise.reject(new Error('mine'))
  if (task.end === 'stop') {
    await Promise.all([capture.stop(), output?.stop()])
    monitor[Symbol.dispose]()
    console.log(capture.state.phase)
  }
}

if (require.main === module) {
  const [, , text, inWorker] = process.argv
  if (inWorker === 'worker') {
    void (async () => {
      const task = JSON.parse(text!) as EndsTask
      // Each sends to an address of its own: the server may still hold the one before.
      for (const output of [task.output, `${task.output}-again`]) {
        const worker = new Worker(__filename, { argv: [JSON.stringify({ ...task, output })], stdout: true })
        worker.on('error', error => console.log(`worker: ${(error as { code?: string }).code} ${error.message}`))
        worker.on('exit', code => console.log(`worker ended with ${code}`))
        await new Promise<void>(
          resolve => void worker.stdout.once('data', chunk => (process.stdout.write(chunk), resolve())),
        )
        await sleep(500)
        await worker.terminate()
        console.log('terminated')
      }
    })()
  } else {
    void main(JSON.parse(text!) as EndsTask)
  }
}
