import type { ElementProps } from './element-props'
import { el, type Part } from '../graph/part'

/** Short for el('queue', …): a thread of its own for what follows. */
export function queue(props?: ElementProps<'queue'>): Part {
  return el('queue', props)
}

/** Short for el('tee', { name }): every branch(name, …) gets all that comes in. A branch needs a queue of its own. */
export function tee(name: string, props?: ElementProps<'tee'>): Part {
  return el('tee', { ...props, name })
}

/** Short for el('appsink', { name, … }): where a running pipeline's frames$, audio$ and packets$ take from. */
export function appSink(name: string, props?: ElementProps<'appsink'>): Part {
  return el('appsink', { ...props, name })
}

/** Short for el('appsrc', { name, … }): where a running pipeline's push() goes. */
export function appSrc(name: string, props?: ElementProps<'appsrc'>): Part {
  return el('appsrc', { ...props, name })
}
