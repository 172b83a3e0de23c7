import type { ElementProps } from './element-props'
import { el, type Part } from '../graph/part'

/** Short for el('queue', …), which gives the following elements their own thread. */
export function queue(props?: ElementProps<'queue'>): Part {
  return el('queue', props)
}

/** Short for el('tee', { name }). Every branch(name, …) gets all input, and needs its own queue. */
export function tee(name: string, props?: ElementProps<'tee'>): Part {
  return el('tee', { ...props, name })
}

/** Short for el('appsink', { name, … }): the source of frames$, audio$ and packets$ of a running pipeline. */
export function appSink(name: string, props?: ElementProps<'appsink'>): Part {
  return el('appsink', { ...props, name })
}

/** Short for el('appsrc', { name, … }): the target of push() of a running pipeline. */
export function appSrc(name: string, props?: ElementProps<'appsrc'>): Part {
  return el('appsrc', { ...props, name })
}
