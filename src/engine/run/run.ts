import { badOption, checkNumber, checkOneOf, checkRecord } from '../../core/check'
import { checkLogger, resolveReconnect, SILENT_LOGGER } from '../../core/transport-options'
import { isGraph, type Graph } from '../../pipelines/graph/graph'
import { checkMachine } from '../prepare'
import { EnginePipeline } from './running-pipeline'
import type { ResolvedRunOptions, RunningPipeline, RunOptions } from './run-types'

const START_TIMEOUT_MS = 10_000
/** A publisher's network may fail for a while. A publisher that vanished does not come back on this connection. */
const STALL_TIMEOUT_MS = 30_000

/** Makes a pipeline of a graph. Nothing happens before start() or the first get(). ERR_GRAPH, ERR_OPTION. */
export function run(graph: Graph, options: RunOptions = {}): RunningPipeline {
  if (!isGraph(graph)) throw badOption('a graph, made by pipeline(), gst`…` or fromJSON()', 'graph', graph)
  const names = ['logger', 'startTimeout', 'stallTimeout', 'reconnect']
  const given = checkRecord('options', options, names) as RunOptions
  checkMachine()
  return new EnginePipeline(graph, {
    logger: checkLogger('logger', given.logger ?? SILENT_LOGGER),
    patienceMs: checkNumber('startTimeout', given.startTimeout ?? START_TIMEOUT_MS, 1, 3_600_000),
    stallTimeout: checkNumber('stallTimeout', given.stallTimeout ?? STALL_TIMEOUT_MS, 100, Infinity),
    ...reconnectOf(given.reconnect),
  })
}

function reconnectOf(value: unknown = false): Pick<ResolvedRunOptions, 'reconnect' | 'atEnd'> {
  if (value === false) return { reconnect: null, atEnd: 'stop' }
  if (typeof value !== 'object' || value === null) throw badOption('an object or false', 'reconnect', value)
  const { atEnd = 'stop', ...reconnect } = value as Record<string, unknown>
  return {
    reconnect: resolveReconnect(reconnect),
    atEnd: checkOneOf('reconnect.atEnd', atEnd, ['stop', 'retry']),
  }
}
