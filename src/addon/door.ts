/** How a running pipeline shows itself at the door to introspection, and nowhere else. */
export const DOOR: unique symbol = Symbol('rxgst door')

export interface Introspectable {
  /**
   * Posts a message whose source is the pipeline on the bus that the door has given the addon. False: the pipeline has
   * stopped, or the door is not open.
   */
  [DOOR](): boolean
}
