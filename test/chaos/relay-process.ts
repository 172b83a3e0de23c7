// The product under test, in a process of its own: a capture, relayed with its sound to an output of several targets.
// What it holds (threads, files, memory) is then its own, and a crash of it is seen.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { inspect } from 'node:util'
import { merge, Subscription, tap } from 'rxjs'
import { RTMPCapture, RTMPOutput, writeTo, type StreamState } from '../../src/index'
import type { Answer, Begin, Command, Told } from './relay-messages'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const subscriptions = new Subscription()
let capture: RTMPCapture | undefined
let output: RTMPOutput | undefined
let seen = { pictures: 0, outages: 0, lastTimestamp: -1, backwards: 0, width: 0, height: 0 }

/** ms without a picture from the capture that are worth a word. */
const PAUSE = 150
let lastPicture = 0

const tell = (message: Told): void => void process.send?.(message)
const logger = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map(level => [
    level,
    (...words: unknown[]) =>
      tell({
        type: 'log',
        level,
        text: words.map(word => (typeof word === 'string' ? word : inspect(word))).join(' '),
      }),
  ]),
) as unknown as Pick<Console, 'debug' | 'info' | 'warn' | 'error'>

async function begin({ input, targets, captureOptions, outputOptions }: Begin): Promise<void> {
  const show = (of: string) => (state: StreamState) => tell({ type: 'state', of, state })
  if (outputOptions) {
    output = new RTMPOutput(targets, { logger, ...outputOptions })
    output.targets.forEach((target, i) => subscriptions.add(target.state$.subscribe(show(`target ${i}`))))
    await output.start()
  }
  capture = new RTMPCapture(input, { logger, ...captureOptions })
  subscriptions.add(capture.state$.subscribe(show('capture')))
  const frames$ = capture.frames$.pipe(
    tap(frame => {
      const now = performance.now()
      if (now - lastPicture > PAUSE) tell({ type: 'picture', gap: now - lastPicture })
      lastPicture = now
      seen.pictures++
      if (frame.discontinuity) seen.outages++
      if (frame.timestamp < seen.lastTimestamp) seen.backwards++
      seen = { ...seen, lastTimestamp: frame.timestamp, width: frame.width, height: frame.height }
    }),
  )
  const failed = (error: unknown): void => tell({ type: 'error', text: inspect(error) })
  if (output) subscriptions.add(merge(frames$, capture.audio$).pipe(writeTo(output)).subscribe({ error: failed }))
  else subscriptions.add(frames$.subscribe({ next: frame => frame.close(), error: failed }))
  await capture.start()
}

async function timed(work: () => Promise<void> | undefined): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

const COMMANDS: Record<Command['type'], (command: never) => unknown> = {
  begin: (command: Begin) => begin(command),
  collect: () => collect(),
  seen: () => seen,
  stats: () => ({ capture: capture?.stats(), output: output?.stats() }),
  // The event loop of the program is blocked: nothing of ours must need it.
  stall: ({ ms }: { ms: number }) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
  addTarget: ({ url }: { url: string }) => output?.addTarget(url),
  removeTarget: ({ url }: { url: string }) => output?.removeTarget(url),
  stop: async () => {
    const times = { capture: await timed(() => capture?.stop()), output: await timed(() => output?.stop()) }
    subscriptions.unsubscribe()
    return times
  },
}

process.on('message', (command: Command & { id: number }) => {
  const answer = (rest: Partial<Answer>): void => tell({ type: 'answer', id: command.id, ...rest })
  Promise.resolve()
    .then(() => COMMANDS[command.type](command as never))
    .then(
      value => answer({ value }),
      (error: unknown) => answer({ error: inspect(error) }),
    )
})
// A parent that is gone takes this process with it, and so does a clean end.
process.on('disconnect', () => process.exit(0))
