/** The last hour of a channel: what the server keeps, and behind it what the page has seen since it asked. */
import { ask, channelPath, serverNow } from '../lib/api.js'
import { useEffect, useRef, useState } from '../lib/html.js'
import { pageVisible } from '../lib/visible.js'

export const HOUR_MS = 3_600_000
/** Between two of these the figures of the channel go on with the graph. */
const ASK_MS = 60_000
/** Points that are farther apart have no line between them. */
const GAP_MS = 5000

export const METRICS = ['bitrateIn', 'bitrateOut', 'fps', 'latencyMs', 'queueMs', 'loudness']

/** { at: ms[], bitrateIn: (number | null)[], … } in order of time; null: not yet known. */
export function useHistory(channel) {
  const { id, figures } = channel
  const [rows, setRows] = useState(null)
  const seen = useRef([])
  useEffect(() => {
    const over = new AbortController()
    let kept = new Map()
    const look = async () => {
      if (!pageVisible()) return
      try {
        kept = await readHistory(id, kept, over.signal)
        const newest = Math.max(0, ...kept.keys())
        seen.current = seen.current.filter(({ at }) => at > newest)
        setRows(kept)
      } catch {
        // The bar of a lost connection tells; the next look is in a minute.
      }
    }
    look()
    const timer = setInterval(look, ASK_MS)
    document.addEventListener('visibilitychange', look, { signal: over.signal })
    return () => {
      over.abort()
      clearInterval(timer)
    }
  }, [id])
  useEffect(() => {
    seen.current = [...seen.current, { at: serverNow(), ...figures }].slice(-ASK_MS / 500)
  }, [figures])
  return rows === null ? null : columns(rows, [...seen.current, { at: serverNow(), ...figures }])
}

/** At → values, of the last hour; only what is new is asked for. */
async function readHistory(id, kept, signal) {
  const from = serverNow() - HOUR_MS
  const since = Math.max(Math.ceil(from), ...kept.keys())
  const rows = new Map([...kept].filter(([at]) => at >= from))
  const answers = await Promise.all(
    METRICS.map(metric => ask('GET', channelPath(id, `/history?metric=${metric}&since=${since}`), { signal })),
  )
  METRICS.forEach((metric, i) => {
    for (const { at, value } of answers[i]) {
      if (!rows.has(at)) rows.set(at, { at })
      rows.get(at)[metric] = value
    }
  })
  return rows
}

function columns(kept, seen) {
  const rows = [...kept.values()].sort((a, b) => a.at - b.at)
  const last = rows.at(-1)?.at ?? 0
  rows.push(...seen.filter(({ at }) => at > last))
  const made = { at: [], ...Object.fromEntries(METRICS.map(metric => [metric, []])) }
  let before = Number.POSITIVE_INFINITY
  for (const row of rows) {
    if (row.at - before > GAP_MS) {
      made.at.push(before + 1)
      for (const metric of METRICS) made[metric].push(null)
    }
    made.at.push(row.at)
    for (const metric of METRICS) made[metric].push(row[metric] ?? null)
    before = row.at
  }
  return made
}

/** Lowest and highest value; null: there is none. */
export function extent(values) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value === null) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return low <= high ? [low, high] : null
}

/** uPlot and its sheet, loaded when the first graph is drawn. */
export function usePlotLibrary() {
  const [library, setLibrary] = useState(null)
  useEffect(() => {
    loadLibrary().then(
      found => setLibrary(() => found),
      () => setLibrary(null),
    )
  }, [])
  return library
}

let loading

function loadLibrary() {
  loading ??= (async () => {
    const sheet = document.createElement('link')
    sheet.rel = 'stylesheet'
    sheet.href = '/vendor/uplot.css'
    document.head.append(sheet)
    return (await import('/vendor/uplot.js')).default
  })()
  return loading
}
