import { native } from '../addon/binding'
import { DOOR, type Introspectable } from '../addon/door'
import { badOption } from '../core/check'
import { RxGstError } from '../core/errors'
import type { RunningPipeline } from '../engine/run/run-types'
import { gi } from './node-gtk'
import type { GstBus, GstModule, Pipeline } from './types'

/**
 * The door: a bus of node-gtk, on which the addon posts the pipeline to introspect. An element of the addon receives
 * the bus. There is one for each process, since a bus has two file descriptors; it stays for the life of the process.
 */
let door: { readonly bus: GstBus; readonly element: object } | null = null

/**
 * The GObject of a pipeline of run(), before its start or while it runs. It leads to the elements and their pads, with
 * all their methods, properties and signals in GStreamer.
 *
 * Change no state through it, and connect to no signal that a streaming thread emits: docs/introspection.md tells why,
 * and what to do instead. After stop() its elements still exist, and do nothing. The garbage collector frees the object
 * when the program keeps no reference to it.
 *
 * ERR_OPTION, ERR_NOT_RUNNING; those of gi().
 *
 * @example
 * ```ts
 * import { gst, run } from 'rxgst'
 * import { introspect } from 'rxgst/gi'
 *
 * const running = run(gst`videotestsrc ! x264enc ! h264parse ! splitmuxsink name=file location=part%d.mp4`)
 * await running.start()
 * introspect(running).getByName('file')?.emit('split-now')
 * ```
 */
export function introspect(running: RunningPipeline): Pipeline {
  if (!isIntrospectable(running)) throw badOption('a pipeline of run()', 'running', running)
  door ??= open()
  if (!running[DOOR]())
    throw new RxGstError('ERR_NOT_RUNNING', 'the pipeline has stopped: there is nothing to introspect')
  return door.bus.pop()!.src
}

function isIntrospectable(value: unknown): value is Introspectable {
  return typeof value === 'object' && value !== null && DOOR in value
}

function open(): { readonly bus: GstBus; readonly element: object } {
  const gst = gi() as GstModule
  native().openDoor()
  const element = gst.ElementFactory.make('rxgstdoor', null)
  if (!element) throw new RxGstError('ERR_PIPELINE', 'GStreamer cannot make the element rxgstdoor')
  const bus = new gst.Bus()
  element.setBus(bus)
  return { bus, element }
}
