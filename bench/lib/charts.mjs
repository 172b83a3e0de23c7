// The charts, and the figures that each is made of. A chart whose bench was not run is not made.
import { bars, points, stacked } from './chart.mjs'

const isOurs = way => way.includes('RTMPCapture') || way.includes('RTMPOutput')

/** Name of the file → its SVG. */
export function chartsOf(figures) {
  const charts = {}
  for (const [name, [bench, draw]] of Object.entries(CHARTS))
    if (figures[bench]?.rows.length > 0) charts[`${name}.svg`] = draw(figures[bench])
  return charts
}

/** In parts of the median; null where one round was made, or none. */
const spreadOf = row => (row?.['spread %'] == null ? null : row['spread %'] / 100)

const tableOf = (figure, name) => figure.tables.find(one => one.name === name)?.rows ?? []

const CHARTS = {
  decode: [
    'decode',
    ({ rows }) => {
      const inputs = [...new Set(rows.map(({ input }) => input))]
      const ways = [...new Set(rows.map(({ way }) => way))]
      const of = (way, input) => rows.find(row => row.way === way && row.input === input)
      const bar = way => ({
        label: way,
        values: inputs.map(input => of(way, input)?.['pictures/s'] ?? null),
        spreads: inputs.map(input => spreadOf(of(way, input))),
      })
      return bars({
        title: '1080p H.264 over RTMP → RGB in the program',
        unit: 'pictures/s',
        series: inputs,
        rows: ways.map(bar),
      })
    },
  ],
  'decode-cost': [
    'decode',
    ({ rows }) =>
      bars({
        title: 'Processor time of one 1080p picture, ffmpeg included',
        unit: 'ms',
        series: ['B-frames'],
        rows: rows
          .filter(({ input }) => input === 'B-frames')
          .map(row => ({ label: row.way, own: isOurs(row.way), values: [row['ms of processor per picture']] })),
      }),
  ],
  age: [
    'latency',
    ({ rows }) =>
      bars({
        title: 'Age of a 720p30 picture when the program has it',
        unit: 'ms',
        series: ['p50', 'p99'],
        rows: rows.map(row => ({ label: short(row.way), values: [row['p50 ms'], row['p99 ms']] })),
      }),
  ],
  stages: [
    'latency',
    figure => {
      // A relay's stages are those of the publisher once more, in the same colours.
      const rows = tableOf(figure, 'stages').filter(
        ({ stage }) => !stage.includes('all of') && stage !== 'bytes arrive → JS',
      )
      const kinds = rows.map(({ stage }) => stageKind(stage))
      const series = [...new Set(kinds)]
      const lasted = key => rows.map(row => row[key])
      const labels = [
        ['p50', 'p50 ms'],
        ['p95', 'p95 ms'],
        ['p99', 'p99 ms'],
      ]
      return stacked({
        title: 'A picture on its way: written, sent, taken, relayed, sent',
        unit: 'ms',
        series,
        parts: kinds.map(kind => series.indexOf(kind)),
        rows: labels.map(([label, key]) => ({ label, values: lasted(key) })),
      })
    },
  ],
  encode: [
    'encode',
    ({ rows }) =>
      bars({
        title: '1080p RGB in JS → x264 ultrafast → RTMP',
        unit: 'pictures/s',
        series: [''],
        rows: rows.map(row => ({
          label: row.way,
          own: isOurs(row.way),
          values: [row['pictures/s']],
          spreads: [spreadOf(row)],
        })),
      }),
  ],
  presets: [
    'presets',
    ({ rows }) => {
      const of = codec => ({
        name: codec,
        points: rows
          .filter(({ encoder }) => encoder.startsWith(codec))
          .map(row => ({ x: row['ms of processor per picture'], y: 1 - row.SSIM, label: row.encoder.split(' ')[1] })),
      })
      return points({
        title: 'What a preset costs and gives, 720p30',
        x: 'ms of processor per picture',
        y: 'what is lost: 1 − SSIM',
        series: ['libx264', 'libopenh264'].map(of),
        joined: true,
      })
    },
  ],
  many: [
    'many',
    figure => {
      const rows = tableOf(figure, 'steps').filter(({ what }) => what === 'relays')
      const ways = [...new Set(rows.map(({ way }) => way))]
      return points({
        title: 'Relays of 720p30 in one process, up to the first that loses pictures',
        x: 'relays',
        y: 'cores each',
        series: ways.map(way => ({
          name: way,
          points: rows
            .filter(row => row.way === way)
            .map(row => ({
              x: row.streams,
              y: row['cores each'],
              ...(row['kept %'] < 99 && { label: `${row['kept %']} % kept` }),
            })),
        })),
        joined: true,
      })
    },
  ],
  watching: [
    'monitor',
    ({ rows }) =>
      bars({
        title: 'Streams watched without decoding, 2.5 Mbit/s each',
        unit: 'per core',
        series: [''],
        goal: 200,
        rows: rows
          .filter(row => row['streams per core'])
          .map(row => ({
            label: row.what,
            own: isOurs(row.what) || row.what.includes('meter'),
            values: [row['streams per core']],
            spreads: [spreadOf(row)],
          })),
      }),
  ],
  adaptive: [
    'adaptive',
    ({ rows }) =>
      bars({
        title: 'Oldest picture at a viewer when the link is halved',
        unit: 'ms',
        series: [''],
        rows: rows.map(row => ({ label: row.what, own: row.what.includes('adaptive'), values: [row['oldest ms']] })),
      }),
  ],
}

/** So that it fits beside its bar. */
const short = way =>
  way
    .replace('RTMPOutput → RTMPCapture → RTMPOutput → RTMPCapture', 'RTMPOutput → a relay → RTMPCapture')
    .replace('RTMPCapture in the process of the encoder', 'RTMPCapture, one process')
    .replace('ffmpeg fed by a pipe', 'ffmpeg')

const stageKind = stage =>
  stage
    .replace('relay: ', '')
    .replace('JS → write accepted', 'write')
    .replace('written → accepted', 'write')
    .replace(/^.*its turn.*$/, 'to I420, its turn')
    .replace('FLV tag → network sink', 'FLV tag')
    .replace(/^network.*$/, 'network and nginx')
    .replace('convert to RGB, into the queue', 'to RGB')
    .replace('hand-over to JS', 'to JS')
