import { distinctUntilChanged, filter, map, scan, startWith, type Observable } from 'rxjs'

/** What of an alert decides. */
interface Raised {
  readonly id: string
  readonly stream: string
  readonly metric: string
  readonly clearedAt: number | null
}

/** Nothing to see: the stream stands still, is black, or has no data. */
const NOTHING_TO_SEE = new Set(['freeze', 'black', 'noData'])

/**
 * Which of two streams is to be on air, as alerts are raised and cleared: `first` while there is something to see in it, else
 * `second`; where both have nothing to show it stays as it is.
 */
export function onAir<T extends string>(alerts$: Observable<Raised>, first: T, second: T): Observable<T> {
  return alerts$.pipe(
    filter(({ metric }) => NOTHING_TO_SEE.has(metric)),
    scan((raised, { id, stream, clearedAt }) => {
      const next = new Map(raised)
      if (clearedAt === null) next.set(id, stream)
      else next.delete(id)
      return next
    }, new Map<string, string>()),
    map(raised => new Set(raised.values())),
    scan((now, bad) => (!bad.has(first) ? first : !bad.has(second) ? second : now), first),
    startWith(first),
    distinctUntilChanged(),
  )
}
