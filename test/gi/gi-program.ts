/**
 * What is looked at in a process of its own:
 *
 *   node gi-program.js leaks | alone | threads
 *
 * run by gi.test.ts as a child.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, Worker } from 'node:worker_threads'
import { native } from '../../src/addon/binding'
import { gi, introspect } from '../../src/gi/index'
import { gst, run, type RxGstError } from '../../src/index'

const LINE = gst`videotestsrc ! queue ! tee name=t t. ! queue ! fakesink name=out`
const PIPELINES = 20

async function play(look: (running: ReturnType<typeof run>) => void = () => {}): Promise<void> {
  const running = run(LINE)
  await running.start()
  look(running)
  await running.stop()
}

/** The door takes a pipeline's wrappers and elements; they and their descriptors go when the program lets go. */
async function leaks(): Promise<void> {
  const look = (running: ReturnType<typeof run>): void => {
    const out = introspect(running).getByName('out')!
    if (out.getStaticPad('sink')!.getPeer() === null) throw new Error('it is linked')
  }
  const descriptors = (): number => readdirSync('/proc/self/fd').length
  const settled = async (): Promise<void> => {
    for (let round = 0; round < 5; round++) {
      globalThis.gc!()
      await sleep(300)
    }
  }
  await play(look)
  await settled()
  const before = descriptors()
  for (let i = 0; i < PIPELINES; i++) await play(look)
  await settled()
  const pipelines = native()
    .liveObjects()!
    .filter(text => text.startsWith('GstPipeline')).length
  console.log(`pipelines ${pipelines}, descriptors ${Math.max(0, descriptors() - before)} more`)
}

async function alone(): Promise<void> {
  await play()
  const loaded = /node_gtk|girepository/.test(readFileSync('/proc/self/maps', 'latin1'))
  console.log(`live, ${loaded ? '' : 'no '}node-gtk`)
}

async function threads(): Promise<void> {
  if (isMainThread) {
    console.log(`main ${gi().version()[0]}`)
    new Worker(__filename, { argv: ['threads'] })
    return
  }
  await play()
  console.log('worker live')
  try {
    gi()
  } catch (error) {
    console.log(`worker ${(error as RxGstError).code}`)
  }
}

const tasks: Readonly<Record<string, () => Promise<void>>> = { leaks, alone, threads }
if (require.main === module || !isMainThread) void tasks[process.argv[2]!]?.()
