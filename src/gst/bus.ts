import { loadGst } from './load'
import type { GstBus, GstMessage } from './types'

export type BusEvent =
  | { readonly type: 'error' | 'warning'; readonly element: string; readonly factory: string; readonly domain: string; readonly code: number; readonly text: string; readonly debug: string }
  | { readonly type: 'eos' }
  | { readonly type: 'element'; readonly element: string; readonly name: string; field(name: string): string | null }

/** All that waits on the bus, oldest first. */
export function* readBus(bus: GstBus): Generator<BusEvent> {
  for (let message = bus.pop(); message; message = bus.pop()) {
    const event = parse(message)
    if (event) yield event
  }
}

function parse(message: GstMessage): BusEvent | null {
  const { gst, glib } = loadGst()
  const { ERROR, WARNING, EOS, ELEMENT } = gst.MessageType
  const element = message.src?.name ?? ''
  if (message.type === EOS) return { type: 'eos' }
  if (message.type === ERROR || message.type === WARNING) {
    const [error, debug] = message.type === ERROR ? message.parseError() : message.parseWarning()
    return {
      type: message.type === ERROR ? 'error' : 'warning',
      element,
      factory: message.src?.getFactory?.()?.getName() ?? '',
      domain: glib.quarkToString(error.domain),
      code: error.code,
      text: error.message,
      debug: debug ?? '',
    }
  }
  if (message.type === ELEMENT) {
    const structure = message.getStructure()
    if (!structure) return null
    return { type: 'element', element, name: structure.getName(), field: (name) => structure.getString(name) }
  }
  return null
}
