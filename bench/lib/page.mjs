// Makes docs/performance.md: the prose is in this file, every figure comes from docs/figures. A test renders the page
// again and compares, so that no figure is written by hand.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartsOf } from './charts.mjs'
import { readFigures } from './figures.mjs'
import { machineLine } from './machine.mjs'
import { table } from './report.mjs'

/** Goals that other commands measure. */
export const ELSEWHERE = [
  {
    goal: 'input killed 20 times: output on air 100 % of the time, A/V offset ≤ 40 ms after each',
    command: 'node scripts/chaos.mjs',
    link: 'reliability.md#fault-injection',
  },
  {
    goal: '1,000 start/stop and 500 reconnects: threads, file descriptors and memory flat',
    command: 'node scripts/cycles.mjs --cycles 1000',
    link: 'reliability.md#soak-test',
  },
]

/** Writes the page and its charts; returns the names of all files. */
export function writePage(docs) {
  const { page, charts } = renderPage(docs)
  const folder = join(docs, 'charts')
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) if (name.endsWith('.svg') && !charts[name]) rmSync(join(folder, name))
  const files = {
    'performance.md': page,
    ...Object.fromEntries(Object.entries(charts).map(([name, svg]) => [`charts/${name}`, svg])),
  }
  for (const [name, text] of Object.entries(files)) writeWhereItDiffers(join(docs, name), text)
  return Object.keys(files)
}

/** Leaves an unchanged file alone: a test that reads it at the same time finds all of it. */
function writeWhereItDiffers(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}

/** The page and its charts (name → SVG) as they follow from docs/figures. */
export function renderPage(docs) {
  const figures = readFigures(join(docs, 'figures'))
  const charts = chartsOf(figures)
  const context = { figures, charts, usual: usualMachine(figures), docs }
  const sections = [opening(context), goals(context), ...SECTIONS.map(section => render(section, context))]
  return { page: `${sections.filter(Boolean).join('\n\n')}\n`, charts }
}

function usualMachine(figures) {
  const lines = Object.values(figures).map(({ machine }) => machineLine(machine))
  return (
    lines.sort((a, b) => lines.filter(line => line === b).length - lines.filter(line => line === a).length)[0] ?? ''
  )
}

function opening({ usual, docs }) {
  const cost = existsSync(join(docs, 'capture-cost.md'))
    ? '\n\n[capture-cost.md](capture-cost.md) shows where a capture spends its time.'
    : ''
  return (
    '# Performance\n\n' +
    `Every section names the command that printed its figures. \`npm run bench -- --write\` runs all of ` +
    `them and writes this page. The machine: ${usual}. Absolute figures of such a machine mean little. ` +
    `The ratios are reliable, because each run measures its ways in turn. \`--quick\` is the short form ` +
    `of a command. On your machine: \`npm run bench -- --quick\`.${cost}`
  )
}

function goals({ figures }) {
  const inOrder = SECTIONS.map(({ bench }) => figures[bench]).filter(Boolean)
  const rows = inOrder.flatMap(({ bench, goals }) =>
    goals.map(({ goal, value, met }) => ({
      goal,
      measured: value,
      met: met ? 'yes' : '**no**',
      by: `[${bench}](#${ANCHORS[bench]})`,
    })),
  )
  const elsewhere = ELSEWHERE.map(
    ({ goal, command, link }) => `- ${goal}: measured by \`${command}\`, see [Reliability](${link})`,
  )
  return `## Goals\n\n${table(rows)}\nOther commands measure two more goals:\n\n${elsewhere.join('\n')}`
}

function render({ bench, title, say }, { figures, charts, usual }) {
  const figure = figures[bench]
  if (!figure) return `## ${title}\n\n\`node bench/${bench}.mjs\` has not been run yet.`
  const chart = (name, alt) => (charts[`${name}.svg`] ? `![${alt}](charts/${name}.svg)` : '')
  const more = name => table(figure.tables.find(one => one.name === name)?.rows ?? []).trimEnd()
  const parts = say({ rows: table(figure.rows).trimEnd(), chart, more, figure })
  const wrong = figure.checks.filter(({ well }) => !well).map(({ check }) => `- **Failed check:** ${check}`)
  const notes = [
    ...figure.notes,
    ...(machineLine(figure.machine) === usual ? [] : [`Measured on another machine: ${machineLine(figure.machine)}.`]),
  ]
  return [`## ${title}`, `\`${figure.command}\`: ${figure.title}.`, ...parts, wrong.join('\n'), notes.join(' ')]
    .filter(Boolean)
    .join('\n\n')
}

const SECTIONS = [
  {
    bench: 'decode',
    title: 'Taking 1080p H.264 as RGB',
    say: ({ rows, chart }) => [
      chart('decode', 'Frames per second by way'),
      rows,
      chart('decode-cost', 'Processor time per frame by way'),
      'The server sends the RTMP stream as fast as the reader takes it. All ways must give the same ' +
        'frames, or the run fails. PyAV, OpenCV and node-av convert with BT.601, although the stream says ' +
        'BT.709, so the comparison of their frames is less strict.',
    ],
  },
  {
    bench: 'latency',
    title: 'Age of a frame',
    say: ({ rows, chart, more }) => [
      'Every frame contains a drawn clock. When JavaScript reads the frame, the clock shows how long ago ' +
        'the frame entered its encoder. All processes read the same system clock.',
      chart('age', 'Age of a frame by way, p50 and p99'),
      rows,
      'These outputs get no audio, so they write silence ahead of the frames. If a program writes audio ' +
        'together with its frame, the frame waits for AAC: the encoder gives a packet two blocks (46 ms at ' +
        '44.1 kHz) after its first sample. To avoid this, write audio 0.1 s ahead of its frame.',
      '### Stage by stage',
      'Probes on the pads record the time of each frame, in the publisher and in the relay, with the ' +
        'same system clock. A number drawn into the frame identifies it. *Its turn*: an output sends one ' +
        'frame every 1/fps by its own clock, so an early frame waits there.',
      chart('stages', 'Stages of a frame through a relay'),
      more('stages'),
      'The percentiles of the stages do not add up, because each stage has another slowest frame.',
    ],
  },
  {
    bench: 'transports',
    title: 'RTMP clients side by side',
    say: ({ rows }) => [
      rows,
      'One output and one capture over nginx, with each client at either end, one after the other in every round: ' +
        'what the machine does besides falls on all of them.',
    ],
  },
  {
    bench: 'event-loop',
    title: 'Delay of the event loop',
    say: ({ rows, more }) => [
      rows,
      more('cost'),
      'The longest gap is the longest wait of a web server in the same process. *own* excludes the time ' +
        'in which the thread was ready but the kernel ran another thread.',
    ],
  },
  {
    bench: 'encode',
    title: 'Sending RGB as H.264',
    say: ({ rows, chart }) => [
      chart('encode', 'Frames per second by way'),
      rows,
      'All ways use the same x264 settings: ultrafast, zerolatency, closed GOPs of 2 s, no B-frames, a ' +
        'VBV of 0.5 s. The time is measured at the arrival of the packets.',
    ],
  },
  {
    bench: 'presets',
    title: 'Presets',
    say: ({ rows, chart }) => [chart('presets', 'SSIM over processor time by preset'), rows],
  },
  {
    bench: 'many',
    title: 'Many streams on one machine',
    say: ({ rows, chart, more }) => [
      rows,
      chart('many', 'Cores per relay by number of relays'),
      '<details><summary>Every step</summary>',
      more('steps'),
      '</details>',
      'Each relay decodes, gives every frame to JavaScript, and encodes it again with x264 ultrafast.',
    ],
  },
  {
    bench: 'relay',
    title: 'Copies',
    say: ({ rows, more }) => [
      rows,
      more('many'),
      'A [relay](relay.md) decodes nothing. *Delay*: a picture at a viewer of the copy, behind the same picture at a ' +
        "viewer of the source; the copy's own server is in it, for every way alike. All relays are in one process; " +
        'of the other programs three ran at the same time, each in its own.',
    ],
  },
  {
    bench: 'monitor',
    title: 'Watching streams',
    say: ({ rows, chart }) => [
      rows,
      chart('watching', 'Streams watched per core'),
      'For content metrics, the server sends as fast as the reader takes: the figure is processor time ' +
        'per frame × 30. The cost of a metric is the difference from plain decoding in the same round. ' +
        'Plain decoding itself varies by about as much as these metrics cost, so a negative cost is noise. ' +
        'An undecoded stream over `rxrtmp` has no thread of its own: one thread reads the sockets of all.',
    ],
  },
  {
    bench: 'adaptive',
    title: 'A network that becomes slower',
    say: ({ rows, chart }) => [
      'Age of a frame at a viewer behind the server, before and after the link speed is halved.',
      chart('adaptive', 'Oldest frame when the link speed is halved'),
      rows,
    ],
  },
  {
    bench: 'graphs',
    title: 'Graphs',
    say: ({ rows, figure }) => [rows, verdicts(figure), "The medians include the time of GStreamer's leaks tracer."],
  },
  {
    bench: 'cycles',
    title: 'Memory over many starts',
    say: ({ rows, figure }) => [
      rows,
      verdicts(figure),
      'glibc keeps freed memory in an arena per thread. Each start makes new streaming threads, so by ' +
        'default resident memory grows slowly towards a level. `MALLOC_ARENA_MAX=1` or ' +
        '`MALLOC_MMAP_THRESHOLD_=131072` in the environment keeps it flat from the start. This command ' +
        'sets both.',
    ],
  },
]

const verdicts = ({ goals }) =>
  goals
    .map(({ goal, value, met }) => `- ${goal.replace(': flat', met ? ' flat' : ' **not flat**')}: ${value}`)
    .join('\n')

const ANCHORS = Object.fromEntries(
  SECTIONS.map(({ bench, title }) => [
    bench,
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  ]),
)
