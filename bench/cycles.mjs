// Whether starts and stops leave something behind: scripts/cycles.mjs as a bench.
//
//   node bench/cycles.mjs [--quick] [--cycles 200] [--every 20] [--limit 16] [--json]
import { readOptions } from './lib/report.mjs'
import { runScript } from './lib/script-run.mjs'

// In fewer cycles the noise of a few MiB is a steeper slope.
const options = readOptions({ cycles: [200, 60], every: [20, 10], limit: [16, 128] })
await runScript(
  'cycles',
  options,
  ['--cycles', String(options.cycles), '--every', String(options.every), '--limit', String(options.limit)],
  `An output and a capture of it, started and stopped ${options.cycles} times against nginx`,
  text =>
    [
      ...text.matchAll(
        /^ *(\d+) cycles: (\d+) threads, (\d+) file descriptors.*?([\d.]+) MiB resident, +([\d.]+) MiB of JS heap$/gm,
      ),
    ].map(([, cycles, threads, files, rss, heap]) => ({
      cycles: Number(cycles),
      threads: Number(threads),
      'file descriptors': Number(files),
      'resident MiB': Number(rss),
      'JS heap MiB': Number(heap),
    })),
)
