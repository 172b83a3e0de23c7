/**
 * A model in a thread of its own, that computes without a pause: the event loop, and all that hangs on it, goes on. The
 * frames go there and their memory comes back without a copy.
 *
 *                                                     ┌──────────── worker ────────────┐
 *   camera ─▶ RTMPCapture ─ view, small ─ transfer() ─┼─▶ receiveFrame() ─ model ─ close() ─▶ pool
 *                                     verdict ◀───────┼──────────┘
 *                                                     └────────────────────────────────┘
 *
 *   node dist/examples/model-in-worker.js [from]
 */
import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { lastValueFrom, tap } from 'rxjs'
import { latest, receiveFrame, RTMPCapture, type TransferredFrame, type VideoFrame } from 'rxgst'

/** In place of a model: it blocks its thread for 100 ms. */
function model({ data }: VideoFrame): number {
  const end = performance.now() + 100
  let sum = 0
  while (performance.now() < end) sum = data.reduce((all, value) => all + value, 0)
  return sum / data.length / 255
}

function worker(): void {
  parentPort!.on('message', (message: TransferredFrame) => {
    using frame = receiveFrame(message)
    parentPort!.postMessage(model(frame))
  })
}

async function main(): Promise<void> {
  const [from = 'rtmp://localhost/live/camera'] = process.argv.slice(2)
  await using capture = new RTMPCapture(from)
  const thread = new Worker(__filename)
  process.once('SIGINT', () => void capture.stop())
  let longest = 0
  let before = performance.now()
  setInterval(() => {
    longest = Math.max(longest, performance.now() - before - 10)
    before = performance.now()
  }, 10).unref()

  async function ask(frame: VideoFrame): Promise<number> {
    thread.postMessage(frame.transfer())
    const [verdict] = (await once(thread, 'message')) as [number]
    return verdict
  }
  const verdicts = capture.view({ width: 320, fps: 5 }).frames$.pipe(latest(ask))
  const done = lastValueFrom(
    verdicts.pipe(tap(one => console.log(`brightness ${one.toFixed(3)}; the loop was ${longest | 0} ms late`))),
    { defaultValue: 0 },
  )
  await capture.start()
  await done
  await thread.terminate()
}

if (isMainThread) void main()
else worker()
