import { filter, firstValueFrom, lastValueFrom, toArray, type Observable } from 'rxjs'
import { run, type Graph, type RunningPipeline, type VideoFrame } from '../../../src/index'
import { native } from '../../../src/addon/binding'

/** A running pipeline for one test, which is stopped in every case. */
export async function running<T>(graph: Graph, use: (pipeline: RunningPipeline) => Promise<T>): Promise<T> {
  const pipeline = run(graph)
  try {
    return await use(pipeline)
  } finally {
    await pipeline.stop()
  }
}

/** All values of an observable, from a subscription made now. Its error comes when the result is awaited. */
export function all<T>(values$: Observable<T>): Promise<T[]> {
  const values = lastValueFrom(values$.pipe(toArray()))
  values.catch(() => {})
  return values
}

/** Resolves when the pipeline has ended by itself, or failed. */
export function over(pipeline: RunningPipeline): Promise<unknown> {
  return firstValueFrom(pipeline.state$.pipe(filter(({ phase }) => phase === 'stopped' || phase === 'failed')))
}

export interface Shown {
  readonly data: Uint8Array
  readonly format: string
  readonly width: number
  readonly height: number
  readonly timestamp: number
  readonly duration: number
  readonly sequence: number
}

/** A copy of a frame's pixels; closes the frame. */
export function shown(frame: VideoFrame): Shown {
  const { format, width, height, timestamp, duration, sequence } = frame
  const data = frame.data.slice()
  frame.close()
  return { data, format, width, height, timestamp, duration, sequence }
}

/** Handles' memory that is lent to JS. */
export function openLeases(): number {
  return native().framePool().leases
}
