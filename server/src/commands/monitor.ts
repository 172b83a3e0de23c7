/** `rxgst monitor`: streams, one a line, on a terminal; NDJSON otherwise. */
import type { Command } from 'commander'
import { Capture, DEFAULT_RULES, StreamMonitor, type Alert } from 'rxgst'
import { monitorTable, type MonitorRow } from './monitor-table.js'
import { EXIT } from './exit.js'
import { abortOnInterrupt, fail, streamKeyOf, wrongOption } from './output.js'

const LOOK_MS = 1000
const MOST_STREAMS = 200
const HIDE_CURSOR = '\u001b[?25l\u001b[?1049h'
const SHOW_CURSOR = '\u001b[?1049l\u001b[?25h'

interface Given {
  readonly fail?: boolean
  readonly json?: boolean
  readonly seconds?: string
}

export function registerMonitor(program: Command): void {
  program
    .command('monitor <url...>')
    .description('watches streams: a table on a terminal, JSON lines otherwise; NAME=URL gives one a name')
    .option('--fail', 'ends with exit code 1 at the first critical alert')
    .option('--seconds <number>', 'ends after so long')
    .option('--json', 'JSON lines, also on a terminal')
    .action(async (urls: readonly string[], given: Given) => {
      process.exitCode = await monitor(urls, given)
    })
}

/** 'camera=rtmp://…' has a name; the others are counted. */
export function nameAndUrl(given: string, index: number): { readonly name: string; readonly url: string } {
  const [, name, url] = /^([\w .-]{1,63})=(\w+:.*)$/s.exec(given) ?? []
  return name !== undefined && url !== undefined ? { name, url } : { name: `stream-${index + 1}`, url: given }
}

async function monitor(
  urls: readonly string[],
  { fail: fails = false, json = false, seconds }: Given,
): Promise<number> {
  const interrupt = abortOnInterrupt()
  const captures = new Map<string, Capture>()
  const watch = new StreamMonitor(undefined, { rules: DEFAULT_RULES })
  const alerts = new Map<string, Alert>()
  const asTable = process.stdout.isTTY && !json
  let failed = false
  let end: () => void = () => {}
  const ended = new Promise<void>(resolve => (end = resolve))
  try {
    if (urls.length > MOST_STREAMS) throw wrongOption(`at most ${MOST_STREAMS} streams`)
    const duration = seconds === undefined ? null : Number(seconds)
    if (duration !== null && !(duration > 0)) throw wrongOption(`--seconds is a number above 0`)
    urls.forEach((given, i) => {
      const { name, url } = nameAndUrl(given, i)
      if (captures.has(name)) throw wrongOption(`two streams are named ${name}`)
      const options = {
        decode: false,
        analyse: 'all',
        reconnect: { first: true },
        ...streamKeyOf(process.env),
      } as const
      captures.set(name, new Capture(url, options))
    })
    const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
    watch.alerts$.subscribe(alert => {
      alerts.set(alert.stream, alert)
      if (!asTable) say({ type: 'alert', at: Date.now(), ...alert })
      if (fails && alert.severity === 'critical' && alert.clearedAt === null) {
        failed = true
        end()
      }
    })
    for (const [name, capture] of captures) {
      watch.attachStream(capture, name)
      if (!asTable) {
        capture.state$.subscribe(({ phase, reason, nextRetryAt }) =>
          say({ type: 'state', at: Date.now(), stream: name, phase, reason, nextRetryAt }),
        )
      }
      // Its end is in its state.
      capture.start().catch(() => {})
    }
    const rowOf = ([name, capture]: readonly [string, Capture]): MonitorRow => {
      const values = watch.getSample(name)?.values
      const alert = alerts.get(name) ?? null
      const { phase, reason } = capture.state
      return {
        name,
        phase,
        fps: values?.fps ?? null,
        bitrate: values?.bitrate ?? null,
        loudness: values?.loudness ?? null,
        alert: alert
          ? { message: alert.message, severity: alert.severity, over: alert.clearedAt !== null }
          : reason === null
            ? null
            : { message: reason, severity: 'warning', over: false },
      }
    }
    const draw = (): void => {
      const { columns = 80, rows = 24 } = process.stdout
      const options = { columns, rows, color: !process.env.NO_COLOR, time: new Date().toTimeString().slice(0, 8) }
      const lines = monitorTable([...captures].map(rowOf), options)
      process.stdout.write(`\u001b[H${lines.map(line => `${line}\u001b[K`).join('\r\n')}\u001b[J`)
    }
    const look = (): void => {
      if (asTable) return draw()
      for (const one of captures) {
        const { name, phase, fps, bitrate, loudness } = rowOf(one)
        say({ type: 'sample', at: Date.now(), stream: name, phase, fps, bitrate, loudness })
      }
    }
    if (asTable) process.stdout.write(HIDE_CURSOR)
    const timer = setInterval(look, LOOK_MS)
    process.stdout.on('resize', look).on('error', end)
    interrupt.signal.addEventListener('abort', end)
    const limit = duration === null ? undefined : setTimeout(end, duration * 1000)
    if (asTable) look()
    await ended
    clearInterval(timer)
    clearTimeout(limit)
    process.stdout.off('resize', look)
    if (asTable) process.stdout.write(SHOW_CURSOR)
    return failed ? EXIT.refused : EXIT.good
  } catch (error) {
    return fail(error, json)
  } finally {
    watch[Symbol.dispose]()
    await Promise.allSettled([...captures.values()].map(capture => capture.stop()))
    interrupt.end()
  }
}
