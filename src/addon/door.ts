/** Key of the method by which rxgst/gi, and nothing else, gets a running pipeline. */
export const DOOR: unique symbol = Symbol('rxgst door')

export interface Introspectable {
  /**
   * Posts a message on the bus that the door has given the addon, with the pipeline as its source. False: the pipeline
   * has stopped, or the door is closed.
   */
  [DOOR](): boolean
}
