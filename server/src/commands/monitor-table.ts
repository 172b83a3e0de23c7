/** The table of `rxgst monitor`, as lines of a terminal. */

export interface MonitorRow {
  readonly name: string
  readonly phase: string
  /** null: not measured. */
  readonly fps: number | null
  /** bit/s. */
  readonly bitrate: number | null
  /** LUFS over 3 s. */
  readonly loudness: number | null
  /** The last alert, and whether it is over. */
  readonly alert: { readonly message: string; readonly severity: 'warning' | 'critical'; readonly over: boolean } | null
}

const NAME_COLUMNS = 24
const STATE_COLUMNS = 13
const BAR_COLUMNS = 12
/** Of the bar: below it is empty, above it is full. */
const [SOFTEST_LUFS, LOUDEST_LUFS] = [-50, -5]
/** Broadcast sound: EBU R 128 says −23, platforms take −14. */
const [SOFT_LUFS, LOUD_LUFS] = [-30, -10]

const COLORS = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const
type Color = keyof typeof COLORS

/** Text without control characters, of so many columns; a longer one ends with '…'. */
function cut(text: string, columns: number): string {
  const clean = [...text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')]
  if (clean.length <= columns) return clean.join('').padEnd(columns)
  return columns < 1 ? '' : `${clean.slice(0, columns - 1).join('')}…`
}

const number = (value: number | null, digits: number, columns: number): string =>
  (value === null ? '–' : value.toFixed(digits)).padStart(columns)

export function loudnessBar(loudness: number | null, columns = BAR_COLUMNS): string {
  if (loudness === null || loudness < SOFTEST_LUFS) return '·'.repeat(columns)
  const part = Math.min(1, (loudness - SOFTEST_LUFS) / (LOUDEST_LUFS - SOFTEST_LUFS))
  const full = Math.max(1, Math.round(part * columns))
  return `${'█'.repeat(full)}${'·'.repeat(columns - full)}`
}

const stateColor = (phase: string): Color =>
  phase === 'live' ? 'green' : phase === 'failed' || phase === 'stopped' ? 'red' : 'yellow'

/**
 * @param columns of the terminal; what does not fit is left out from the right
 * @param rows of the terminal; rows that do not fit are counted in the last line
 * @param color false: without escapes
 */
export function monitorTable(
  streams: readonly MonitorRow[],
  { columns, rows, color, time }: { columns: number; rows: number; color: boolean; time: string },
): string[] {
  const paint = (text: string, ...with_: readonly Color[]): string =>
    color && with_.length > 0 ? `\u001b[${with_.map(name => COLORS[name]).join(';')}m${text}\u001b[0m` : text
  const name = Math.min(NAME_COLUMNS, Math.max(6, ...streams.map(stream => [...stream.name].length)))
  const fixed = name + 2 + STATE_COLUMNS + 2 + 5 + 2 + 9
  const withBar = columns >= fixed + 2 + BAR_COLUMNS + 7
  const rest = columns - fixed - (withBar ? 2 + BAR_COLUMNS + 7 : 0) - 2
  const head = [
    cut('NAME', name),
    cut('STATE', STATE_COLUMNS),
    '  FPS',
    '   MBIT/S',
    ...(withBar ? [cut('LOUDNESS, LUFS', BAR_COLUMNS + 7)] : []),
    ...(rest >= 10 ? [cut('LAST ALERT', rest)] : []),
  ].join('  ')
  const shown = streams.length <= rows - 1 ? streams : streams.slice(0, Math.max(0, rows - 2))
  const lines = shown.map(stream => {
    const { phase, fps, bitrate, loudness, alert } = stream
    const cells = [
      paint(cut(stream.name, name), 'bold'),
      paint(cut(phase, STATE_COLUMNS), stateColor(phase)),
      number(fps, 1, 5),
      number(bitrate === null ? null : bitrate / 1e6, 2, 9),
    ]
    if (withBar) {
      const loud: Color[] =
        loudness === null ? ['dim'] : loudness > LOUD_LUFS ? ['red'] : loudness < SOFT_LUFS ? ['yellow'] : ['green']
      cells.push(`${paint(loudnessBar(loudness), ...loud)} ${number(loudness, 1, 6)}`)
    }
    if (rest >= 10) {
      const text = alert === null ? '' : `${alert.over ? 'over: ' : ''}${alert.message}`
      const colors: Color[] =
        alert === null ? [] : alert.over ? ['dim'] : [alert.severity === 'critical' ? 'red' : 'yellow']
      cells.push(paint(cut(text, rest), ...colors))
    }
    return cells.join('  ')
  })
  const more = streams.length - shown.length
  return [
    paint(cut(head, Math.max(0, columns)), 'dim'),
    ...lines,
    ...(more > 0 ? [paint(cut(`… and ${more} more: enlarge the window`, columns), 'dim')] : []),
    ...(rows > streams.length + 2 ? ['', paint(cut(`${time}   Ctrl-C ends it`, columns), 'dim')] : []),
  ]
}
