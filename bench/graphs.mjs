// What a graph of ten elements costs, and whether a thousand of them leave something behind: scripts/graphs.mjs as a
// bench.
//
//   node bench/graphs.mjs [--quick] [--graphs 1000] [--every 100] [--json]
import { readOptions } from './lib/report.mjs'
import { runScript } from './lib/script-run.mjs'

const options = readOptions({ graphs: [1000, 300], every: [100, 100] })
await runScript(
  'graphs',
  options,
  ['--graphs', String(options.graphs), '--every', String(options.every)],
  `A graph of ten elements, built, started and stopped ${options.graphs} times under GStreamer's leaks tracer`,
  text =>
    [...text.matchAll(/^(.+): ([\d.]+) ms \(median\), ([\d.]+) ms \(p99\)$/gm)].map(([, what, middle, high]) => ({
      what,
      'p50 ms': Number(middle),
      'p99 ms': Number(high),
    })),
)
