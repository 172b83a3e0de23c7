// Charts as SVG, from numbers alone: bars, stacked bars and points. Readable on light and on dark, with every value
// written beside its mark, so that no figure has to be guessed from a length.
const WIDTH = 760
const FONT = 13
const SMALL = 12
/** Of a sans-serif character at FONT and at SMALL, px: wide enough for most texts, so that labels do not meet. */
const CHARACTER = 7.5
const SMALL_CHARACTER = 6.6
const PAD = 16

/** Colours of the series, on a light page and on a dark one. */
const LIGHT = '#0969da #bc4c00 #1a7f37 #8250df #9a6700 #bf3989 #57606a #0a7ea4 #6e4a1e #3d4f8a'.split(' ')
const DARK = '#4493f8 #f0883e #3fb950 #ab7df8 #d29922 #db61a2 #9198a1 #39c5cf #c69c6d #8ea2e8'.split(' ')

const STYLE = `
    text { font: ${FONT}px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
    .title { font-size: 15px; font-weight: 600 }
    .small { font-size: ${SMALL}px }
    .paper { fill: #ffffff }
    .line { stroke: #d0d7de; stroke-width: 1; fill: none }
    .whisker { stroke: #1f2328; stroke-width: 1.2; fill: none }
    .goal { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 5 4; fill: none }
    ${rules(LIGHT)}
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .paper { fill: #0d1117 }
      .line { stroke: #3d444d }
      .goal { stroke: #9198a1 }
      .whisker { stroke: #e6edf3 }
      ${rules(DARK)}
    }`

function rules(colours) {
  return colours
    .map((colour, i) => `.c${i} { fill: ${colour} } .s${i} { stroke: ${colour}; stroke-width: 2; fill: none }`)
    .join(' ')
}

const escaped = text =>
  String(text).replace(/[<>&"]/g, character => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[character])
const at = number => Number(number.toFixed(1))
const widthOf = text => String(text).length * CHARACTER
const smallWidthOf = text => String(text).length * SMALL_CHARACTER
const text = (x, y, content, { anchor = 'start', kind = '' } = {}) =>
  `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}"${kind && ` class="${kind}"`}>${escaped(content)}</text>`
const rect = (x, y, width, height, kind) =>
  `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(width, 1))}" height="${at(height)}" class="${kind}"/>`
const line = (x1, y1, x2, y2, kind = 'line') =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`
/** As many digits as tell. */
const written = value => String(Number(value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)))

function svg(title, height, body) {
  const size = `width="${WIDTH}" height="${at(height)}" viewBox="0 0 ${WIDTH} ${at(height)}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">
  <title>${escaped(title)}</title>
  <style>${STYLE}
  </style>
  ${[rect(0, 0, WIDTH, height, 'paper'), text(PAD, 26, title, { kind: 'title' }), ...body].join('\n  ')}
</svg>
`
}

/** Names of series, in lines of their own below the title. */
function legend(names, top) {
  const body = []
  let [x, y] = [PAD, top]
  names.forEach((name, i) => {
    const wide = 20 + smallWidthOf(name) + 14
    if (x + wide > WIDTH && x > PAD) [x, y] = [PAD, y + 20]
    body.push(rect(x, y - 10, 12, 12, `c${i}`), text(x + 18, y, name, { kind: 'small' }))
    x += wide
  })
  return { body, bottom: y + 14 }
}

/** Round steps from 0 to at least `most`. */
function ticks(most, count = 5) {
  const raw = most / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map(one => one * power).find(one => one >= raw)
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => i * step)
}

/**
 * Bars side by side: one row per label, one bar per series in it, a whisker where a value has a spread.
 * @param chart title, unit, series (names; one: no legend), rows [{ label, values, own, spreads }], goal (a line);
 *   spreads: for each value from its lowest to its highest round, in parts of the value, or null
 */
export function bars({ title, unit, series, rows, goal = null }) {
  const left = PAD + Math.min(330, Math.max(...rows.map(({ label }) => widthOf(label)))) + 8
  const right = WIDTH - PAD - 70
  const half = ({ values, spreads }, i) => ((values[i] ?? 0) * (spreads?.[i] ?? 0)) / 2
  const most = Math.max(...rows.flatMap(row => row.values.map((value, i) => (value ?? 0) + half(row, i))), goal ?? 0)
  const scale = value => left + ((right - left) * value) / most
  const head = series.length > 1 ? legend(series, 50) : { body: [], bottom: 40 }
  const thick = series.length > 1 ? 14 : 18
  const body = [...head.body]
  let y = head.bottom + 8
  const top = y
  for (const row of rows) {
    const { label, values, own } = row
    const height = values.length * (thick + 2)
    body.push(text(left - 8, y + height / 2 + 3, label, { anchor: 'end' }))
    values.forEach((value, i) => {
      const kind = series.length > 1 ? `c${i}` : own ? 'c0' : 'c6'
      if (value !== null) body.push(rect(left, y + i * (thick + 2), scale(value) - left, thick, kind))
      if (half(row, i) > 0)
        body.push(...whisker(scale(value - half(row, i)), scale(value + half(row, i)), y + i * (thick + 2) + thick / 2))
      body.push(
        text(
          value === null ? left + 4 : scale(value + half(row, i)) + 6,
          y + i * (thick + 2) + thick - 3,
          value === null ? '–' : written(value),
          { kind: 'small' },
        ),
      )
    })
    y += height + 10
  }
  if (goal !== null)
    body.push(
      line(scale(goal), top - 4, scale(goal), y - 4, 'goal'),
      text(scale(goal), y + 10, `goal: ${written(goal)}`, { anchor: 'middle', kind: 'small' }),
    )
  body.push(line(left, top - 4, left, y - 4), text(left, y + 10, unit, { kind: 'small' }))
  const spreads = rows.some(row => row.values.some((_, i) => half(row, i) > 0))
  if (spreads)
    body.push(
      text(WIDTH - PAD, y + 10, 'whiskers: half of the spread of the rounds to each side', {
        anchor: 'end',
        kind: 'small',
      }),
    )
  return svg(title, y + 24, body)
}

function whisker(from, to, y) {
  return [
    line(from, y, to, y, 'whisker'),
    line(from, y - 4, from, y + 4, 'whisker'),
    line(to, y - 4, to, y + 4, 'whisker'),
  ]
}

/**
 * Rows of parts that follow one another.
 * @param chart title, unit, series (names), parts (for each value of a row the index of its series), rows [{ label,
 * values }]
 */
export function stacked({ title, unit, series, parts, rows }) {
  const left = PAD + Math.min(330, Math.max(...rows.map(({ label }) => widthOf(label)))) + 8
  const right = WIDTH - PAD - 70
  const sum = ({ values }) => values.reduce((all, value) => all + (value ?? 0), 0)
  const most = Math.max(...rows.map(sum))
  const wide = value => ((right - left) * value) / most
  const head = legend(series, 50)
  const body = [...head.body]
  let y = head.bottom + 8
  for (const row of rows) {
    body.push(text(left - 8, y + 20, row.label, { anchor: 'end' }))
    let x = left
    row.values.forEach((value, i) => {
      if (!value) return
      // A hair between neighbours, where there is room for one.
      body.push(rect(x, y, wide(value) - (wide(value) > 3 ? 1 : 0), 30, `c${parts[i]}`))
      x += wide(value)
    })
    body.push(text(x + 6, y + 20, written(sum(row)), { kind: 'small' }))
    y += 40
  }
  body.push(text(right, y + 6, unit, { anchor: 'end', kind: 'small' }))
  return svg(title, y + 20, body)
}

/**
 * Points over two axes; those of a series are joined when `joined`.
 * @param chart title, x, y (names with units), series [{ name, points: [{ x, y, label }] }], joined; both axes begin at
 * 0
 */
export function points({ title, x: xName, y: yName, series, joined = false }) {
  const all = series.flatMap(one => one.points)
  const [left, right] = [PAD + 52, WIDTH - PAD - 50]
  const head =
    series.length > 1
      ? legend(
          series.map(({ name }) => name),
          50,
        )
      : { body: [], bottom: 40 }
  const top = head.bottom + 26
  const bottom = top + 300
  const xTicks = ticks(Math.max(...all.map(({ x }) => x)))
  const yTicks = ticks(Math.max(...all.map(({ y }) => y)))
  const px = x => left + ((right - left) * x) / xTicks.at(-1)
  const py = y => bottom - ((bottom - top) * y) / yTicks.at(-1)
  const body = [
    ...head.body,
    text(PAD, top - 12, yName, { kind: 'small' }),
    text(right, bottom + 36, xName, { anchor: 'end', kind: 'small' }),
  ]
  for (const value of yTicks)
    body.push(
      line(left, py(value), right, py(value)),
      text(left - 6, py(value) + 4, Number(value.toFixed(3)), { anchor: 'end', kind: 'small' }),
    )
  for (const value of xTicks)
    body.push(text(px(value), bottom + 18, Number(value.toFixed(3)), { anchor: 'middle', kind: 'small' }))
  series.forEach(({ points: own }, i) => {
    if (joined)
      body.push(`<polyline points="${own.map(({ x, y }) => `${at(px(x))},${at(py(y))}`).join(' ')}" class="s${i}"/>`)
    for (const { x, y } of own) body.push(`<circle cx="${at(px(x))}" cy="${at(py(y))}" r="4.5" class="c${i}"/>`)
  })
  body.push(...pointLabels(series, px, py))
  return svg(title, bottom + 50, body)
}

/** Beside its point, on the side and at the height where no label stands yet. */
function pointLabels(series, px, py) {
  const taken = []
  const body = []
  for (const { x, y, label } of series.flatMap(one => one.points)) {
    if (label === undefined) continue
    const wide = smallWidthOf(label)
    // Above and below first: a line that joins points leaves to the sides.
    const places = [
      [-wide / 2, -10],
      [-wide / 2, 20],
      [8, 18],
      [8, -10],
      [-8 - wide, 18],
      [-8 - wide, -10],
      [8, 4],
      [-8 - wide, 4],
    ]
    const box = ([dx, dy]) => ({
      left: px(x) + dx,
      right: px(x) + dx + wide,
      top: py(y) + dy - 12,
      bottom: py(y) + dy + 3,
    })
    const free = one =>
      one.right < WIDTH &&
      !taken.some(
        other => one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top,
      )
    const place = places.find(one => free(box(one))) ?? places[0]
    taken.push(box(place))
    body.push(text(px(x) + place[0], py(y) + place[1], label, { kind: 'small' }))
  }
  return body
}
