import type { RTMPCaptureOptions, RTMPOutputOptions, StreamState } from '../../src/index'

/** What the relay process is told … */
export type Command =
  | Begin
  | { type: 'collect' | 'seen' | 'stats' | 'stop' }
  | { type: 'stall'; ms: number }
  | { type: 'addTarget' | 'removeTarget'; url: string }

export interface Begin {
  type: 'begin'
  input: string
  targets: string[]
  captureOptions?: RTMPCaptureOptions
  /** None: a capture alone. */
  outputOptions?: RTMPOutputOptions
}

/** … and what it tells. */
export type Told =
  | { type: 'state'; of: string; state: StreamState }
  | { type: 'log'; level: string; text: string }
  | { type: 'error'; text: string }
  /** The first picture after none for so long, ms. */
  | { type: 'picture'; gap: number }
  | Answer

export interface Answer {
  type: 'answer'
  id: number
  value?: unknown
  error?: string
}

/** Of the pictures that passed through the program. */
export interface Seen {
  pictures: number
  outages: number
  lastTimestamp: number
  backwards: number
  width: number
  height: number
}

/** ms that each took. */
export interface StopTimes {
  capture: number
  output: number
}
