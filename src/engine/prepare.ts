import { setImmediate } from 'node:timers'
import { RxGstError } from '../core/errors'
import { checkRuntime } from '../core/runtime'
import { debianPackage } from './debian'
import { native } from '../addon/binding'
import type { Graph } from '../pipelines/graph/graph'
import { machineFacts } from './machine-facts'

// The addon loads together with this module, which blocks in any case, so that the first stream does not wait for it.
// An error here is reported when a stream is made.
try {
  checkRuntime()
  native()
} catch {}

/** Elements whose plugins are loaded. */
const ready = new Set<string>()
/** The start of GStreamer, on a worker, since it takes longer than a picture; null: not begun. */
let begun: Promise<void> | null = null

/**
 * Loads the plugins of a graph on a worker: the first dlopen of FFmpeg's libraries would block the event loop for
 * several pictures. A missing element is ERR_MISSING_PLUGIN, or the error that `absent` makes, before anything starts.
 * Resolves in a turn of the event loop that no other caller has: to build a graph takes milliseconds, and a program may
 * start many streams at once.
 */
export async function prepare(graph: Graph, absent: (factory: string) => RxGstError = missingPlugin): Promise<void> {
  checkMachine()
  const wanted = [...new Set(graph.elements.map(element => element.factory))].filter(name => !ready.has(name))
  if (wanted.length > 0) {
    await begun
    const [first] = await load(wanted)
    if (first !== undefined) throw absent(first)
  }
  await ownTurn()
}

/** The turn of the caller before. */
let lastTurn = Promise.resolve()

function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise(resolve => setImmediate(resolve)))
  return lastTurn
}

/**
 * The same without an error: resolves with the names of missing elements.
 * @param files plugin files, for elements that are not in the registry
 */
export async function load(factories: readonly string[], files: readonly string[] = []): Promise<string[]> {
  const missing = await native().loadFactories(factories, files)
  for (const name of factories) if (!missing.includes(name)) ready.add(name)
  return missing
}

/** @param why goes before the text */
export function missingPlugin(factory: string, why = ''): RxGstError {
  const debian = debianPackage(factory)
  return new RxGstError(
    'ERR_MISSING_PLUGIN',
    `${why}GStreamer has no element ${factory}: install the Debian package ${debian}`,
    { element: factory },
  )
}

/** Whether prepare() has nothing left to do. */
export function isPrepared(graph: Graph): boolean {
  return graph.elements.every(element => ready.has(element.factory))
}

/**
 * Checks Node.js, the addon and GStreamer's version, and starts GStreamer on a worker, so that an incomplete
 * installation shows when a stream is made, and not in the middle of one.
 */
export function checkMachine(): void {
  checkRuntime()
  // Throws when RXGST_HARDWARE has an invalid value.
  machineFacts()
  if (begun) return
  const { major, minor, text } = native().gstreamer()
  if (major !== 1 || minor < 22) {
    throw new RxGstError('ERR_GSTREAMER_VERSION', `GStreamer 1.22 or newer is needed, this is ${text}`)
  }
  begun = native()
    .startGStreamer()
    .then(why => {
      if (why === null) return
      throw new RxGstError('ERR_PIPELINE', `GStreamer does not start: ${why}`, { retryable: false })
    })
  // prepare() reports the error.
  begun.catch(() => {})
}
