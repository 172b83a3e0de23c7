/** Graphs of the last hour. All have one time and one cursor; alerts are bands behind the lines. */
import { serverNow } from '../lib/api.js'
import { html, useEffect, useRef, useState } from '../lib/html.js'
import { alerts } from '../lib/live.js'
import { useStore } from '../lib/store.js'
import { useMedia } from '../lib/visible.js'
import { bitrate, clockTime, decimals } from '../lib/words.js'
import { extent, HOUR_MS, useHistory, usePlotLibrary } from './history.js'

const MOST_DIGITS = 3

const milliseconds = value => decimals(value, 0, ' ms')

/** A series with a dash is told from the other one without its colour. */
const GRAPHS = [
  {
    title: 'Bitrate',
    format: bitrate,
    unit: 1e6,
    floor: 0,
    series: [
      { metric: 'bitrateOut', name: 'Out', color: '--out' },
      { metric: 'bitrateIn', name: 'In', color: '--in', dash: [6, 4] },
    ],
  },
  {
    title: 'Pictures a second',
    format: value => decimals(value, 2, ' fps'),
    floor: 0,
    series: [{ metric: 'fps', name: 'Rate', color: '--out' }],
  },
  {
    title: 'Latency and queue',
    format: milliseconds,
    floor: 0,
    series: [
      { metric: 'latencyMs', name: 'Latency', color: '--out' },
      { metric: 'queueMs', name: 'Queue', color: '--in', dash: [6, 4] },
    ],
  },
  {
    title: 'Loudness',
    format: value => decimals(value, 1, ' LUFS'),
    series: [{ metric: 'loudness', name: 'Loudness', color: '--out' }],
  },
]

export function Graphs({ channel }) {
  const library = usePlotLibrary()
  const history = useHistory(channel)
  const all = useStore(alerts)
  const bands = (all ?? []).filter(alert => alert.channel === channel.id)
  const [cursor, setCursor] = useState(null)
  const light = useMedia('(prefers-color-scheme: light)')
  return html`<section class="panel graphs" aria-labelledby="graphs-title">
    <div class="panel-head">
      <h2 id="graphs-title">Last hour</h2>
      <span class="note"
        aria-hidden="true">${cursor !== null && history?.at[cursor] ? clockTime(history.at[cursor]) : 'now'}</span>
    </div>
    <div class="graph-grid">
      ${GRAPHS.map(
        graph => html`<${Graph}
          key=${`${graph.title} ${light}`} graph=${graph} library=${library} history=${history}
          bands=${bands} cursor=${cursor} onCursor=${setCursor}
        />`,
      )}
    </div>
  </section>`
}

function Graph({ graph, library, history, bands, cursor, onCursor }) {
  const ref = useRef(null)
  const plot = useRef(null)
  const latest = useRef(bands)
  latest.current = bands
  useEffect(() => {
    if (!library) return
    const element = ref.current
    plot.current = new library(optionsOf(graph, element, latest, onCursor), emptyData(graph), element)
    const observer = new ResizeObserver(() => plot.current?.setSize(sizeOf(element)))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.current.destroy()
      plot.current = null
    }
  }, [library])
  useEffect(() => {
    if (plot.current && history) plot.current.setData(dataOf(graph, history))
  })
  return html`<figure class="graph" data-graph=${graph.title}>
    <figcaption>
      <h3>${graph.title}</h3>
      ${graph.series.map(
        series => html`<span key=${series.metric} class="graph-value">
          <svg width="18" height="4" aria-hidden="true"><line class=${series.dash ? 'in' : 'out'} x1="0" x2="18"
            y1="2" y2="2" /></svg>
          ${graph.series.length > 1 && series.name} <b>${graph.format(valueAt(history, series.metric, cursor))}</b>
        </span>`,
      )}
    </figcaption>
    <div ref=${ref} class="graph-plot" role="img" aria-label=${describe(graph, history)}></div>
  </figure>`
}

function valueAt(history, metric, cursor) {
  if (history === null) return null
  return cursor === null ? (history[metric].at(-1) ?? null) : (history[metric][cursor] ?? null)
}

/** What the graph shows, in words. */
function describe({ title, series, format }, history) {
  if (history === null) return `${title}: loading`
  const parts = series.map(({ metric, name }) => {
    const found = extent(history[metric])
    return found ? `${name} between ${format(found[0])} and ${format(found[1])}` : `${name} not measured`
  })
  return `${title}, last hour: ${parts.join('; ')}`
}

const sizeOf = element => ({ width: Math.max(element.clientWidth, 100), height: 132 })
const emptyData = ({ series }) => [[], ...series.map(() => [])]
const dataOf = ({ series }, history) => [
  history.at.map(at => at / 1000),
  ...series.map(({ metric }) => history[metric]),
]

function optionsOf(graph, element, bands, onCursor) {
  const style = getComputedStyle(document.documentElement)
  const color = name => style.getPropertyValue(name).trim()
  const axis = {
    stroke: color('--dim'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    ...sizeOf(element),
    legend: { show: false },
    cursor: { sync: { key: 'hour' }, y: false, drag: { setScale: false, x: false, y: false }, points: { size: 6 } },
    padding: [8, 18, 0, 0],
    scales: { x: { range: () => [(serverNow() - HOUR_MS) / 1000, serverNow() / 1000] }, y: { range: rangeOf(graph) } },
    axes: [
      {
        ...axis,
        size: 22,
        gap: 4,
        values: (_, ticks) => ticks.map(tick => clockTime(tick * 1000).slice(0, 5)),
        space: 56,
      },
      {
        ...axis,
        size: 40,
        gap: 4,
        space: 26,
        values: (_plot, ticks, _axis, _space, step) => labelsOf(ticks, step, graph.unit),
      },
    ],
    series: [
      {},
      ...graph.series.map(({ color: name, dash }) => ({
        stroke: color(name),
        width: 1.5,
        dash,
        points: { show: false },
      })),
    ],
    hooks: {
      drawClear: [plot => drawBands(plot, bands.current, color)],
      setCursor: [plot => onCursor(plot.cursor.idx ?? null)],
    },
  }
}

/** Values with as many decimals as their step has: two that differ have two labels. */
function labelsOf(ticks, step, unit = 1) {
  const size = step / unit
  let digits = 0
  while (digits < MOST_DIGITS && Math.abs(size * 10 ** digits - Math.round(size * 10 ** digits)) > 1e-6) digits++
  return ticks.map(tick => decimals(tick / unit, digits))
}

/** The values with some room; from zero where there is a zero. */
const rangeOf =
  ({ floor }) =>
  (_, low, high) => {
    if (low === null) return [0, 1]
    const room = Math.max((high - (floor ?? low)) * 0.15, Math.abs(high) * 0.02, 0.5)
    return [floor ?? low - room, high + room]
  }

/** A band from the raise to the clear of each alert, with its rule; the edge of a warning is dashed. */
function drawBands(plot, bands, color) {
  const { ctx, bbox } = plot
  const scale = devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.font = `${11 * scale}px system-ui, sans-serif`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'top'
  for (const { raisedAt, clearedAt, severity, rule } of bands) {
    const tone = severity === 'critical' ? 'bad' : 'warn'
    const from = plot.valToPos(raisedAt / 1000, 'x', true)
    const to = plot.valToPos((clearedAt ?? serverNow()) / 1000, 'x', true)
    if (to < bbox.left) continue
    const left = Math.max(from, bbox.left)
    ctx.fillStyle = color(`--${tone}-ground`)
    ctx.fillRect(left, bbox.top, Math.max(to - left, 2 * scale), bbox.height)
    ctx.strokeStyle = color(`--${tone}`)
    ctx.lineWidth = scale
    ctx.setLineDash(tone === 'warn' ? [3 * scale, 3 * scale] : [])
    ctx.beginPath()
    ctx.moveTo(left, bbox.top)
    ctx.lineTo(left, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillStyle = color(`--${tone}`)
    if (to - left > ctx.measureText(rule).width + 8 * scale) ctx.fillText(rule, left + 4 * scale, bbox.top + 3 * scale)
  }
  ctx.restore()
}
