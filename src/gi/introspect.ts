import { native } from '../addon/binding'
import { DOOR, type Introspectable } from '../addon/door'
import { badOption } from '../core/check'
import { RxGstError } from '../core/errors'
import type { RunningPipeline } from '../engine/run-types'
import { gi } from './node-gtk'
import type { GstBus, GstModule, Pipeline } from './types'

/**
 * Where the addon posts what is to be introspected: a bus of node-gtk's, which an element of the addon's gets set. One
 * for each process, since a bus has two file descriptors; both are held for as long as the door is open.
 */
let door: { readonly bus: GstBus; readonly element: object } | null = null

/**
 * A pipeline of run(), before its start or while it runs, as the GObject that it is: through it its elements, their
 * pads, and all methods, properties and signals that GStreamer gives them.
 *
 * Change no state through it, and connect to no signal that a streaming thread emits: docs/introspection.md says why,
 * and what else to do. After stop() its elements are still there, and do nothing. The program gives it back by letting
 * go of it.
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
  if (!isIntrospectable(running)) throw badOption('what run() gives', 'running', running)
  door ??= open()
  if (!running[DOOR]()) throw new RxGstError('ERR_NOT_RUNNING', 'the pipeline has stopped: there is nothing to look at')
  return door.bus.pop()!.src
}

function isIntrospectable(value: unknown): value is Introspectable {
  return typeof value === 'object' && value !== null && DOOR in value
}

function open(): { readonly bus: GstBus; readonly element: object } {
  const gst = gi() as GstModule
  native().openDoor()
  const element = gst.ElementFactory.make('rxgstdoor', null)
  if (!element) throw new RxGstError('ERR_PIPELINE', 'GStreamer does not make the door to introspection')
  const bus = new gst.Bus()
  element.setBus(bus)
  return { bus, element }
}
