/**
 * Two streams of one programme, one on air: the backup replaces the first while the first is frozen, black or gone.
 *
 *   first  ─▶ RTMPCapture ┬▶ switchMap ─▶ writeTo ─▶ RTMPOutput ─▶ to
 *   backup ─▶ RTMPCapture ┤      ▲
 *                         └▶ StreamMonitor ─▶ alerts$ ─▶ onAir()
 *
 * During a switch, without a write, the output repeats its last frame: viewers see no gap.
 *
 *   node dist/examples/failover.js [first] [backup] [to]      FAILOVER_AFTER: ms without a picture, default 2000
 */
import { distinctUntilChanged, filter, map, scan, startWith, switchMap, takeUntil, type Observable } from 'rxjs'
import { fromEvent, lastValueFrom } from 'rxjs'
import { RTMPCapture, RTMPOutput, StreamMonitor, writeTo, type Alert, type AlertRule } from 'rxgst'

const after = Number(process.env.FAILOVER_AFTER ?? 2000)
const seconds = after / 1000
/** No picture: frozen, black or gone. The clear takes as long as the raise. */
const raise = { above: seconds, for: 0 }
const clear = { below: seconds / 2, for: after }
const rules = (['freeze', 'black', 'noData'] as const).map(
  (metric): AlertRule => ({ name: metric, metric, raise, clear, severity: 'critical' }),
)

/** The stream to send: the first while it has no alert, else the second; while both have one, no change. */
export function onAir<T extends string>(
  alerts$: Observable<Pick<Alert, 'id' | 'stream' | 'metric' | 'clearedAt'>>,
  first: T,
  second: T,
): Observable<T> {
  return alerts$.pipe(
    filter(({ metric }) => rules.some(rule => rule.metric === metric)),
    scan((raised, { id, stream, clearedAt }) => {
      const others = [...raised].filter(([other]) => other !== id)
      return new Map(clearedAt === null ? [...others, [id, stream]] : others)
    }, new Map<string, string>()),
    map(raised => new Set(raised.values())),
    scan((now, bad) => (!bad.has(first) ? first : !bad.has(second) ? second : now), first),
    startWith(first),
    distinctUntilChanged(),
  )
}

async function main(): Promise<void> {
  const [
    first = 'rtmp://localhost/live/first',
    backup = 'rtmp://localhost/live/backup',
    to = 'rtmp://localhost/live/programme',
  ] = process.argv.slice(2)
  const size = { width: 640, height: 360 }
  await using output = new RTMPOutput(to, { ...size, fps: 30 })
  await using a = new RTMPCapture(first, size)
  await using b = new RTMPCapture(backup, size)
  using monitor = new StreamMonitor(['freeze', 'black', 'noData'], { rules, interval: 250 })
  await Promise.all([a.start(), b.start(), output.start()])
  const streams = { [monitor.attachStream(a, 'first')]: a, [monitor.attachStream(b, 'backup')]: b }
  const chosen$ = onAir(monitor.alerts$, 'first', 'backup').pipe(takeUntil(fromEvent(process, 'SIGINT')))
  const written$ = chosen$.pipe(
    switchMap(name => (console.log(`on air: ${name}`), streams[name]!.framesWithAudio$)),
    takeUntil(fromEvent(process, 'SIGINT')),
    writeTo(output),
  )
  await lastValueFrom(written$, { defaultValue: null })
}

if (require.main === module) void main()
