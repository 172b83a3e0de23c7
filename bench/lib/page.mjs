// docs/performance.md, made from the figures that are kept in docs/figures: here is what stays true whatever was
// measured, from there come all figures. Nobody writes one by hand: a test makes the page anew and compares.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartsOf } from './charts.mjs'
import { readFigures } from './figures.mjs'
import { machineLine } from './machine.mjs'
import { table } from './report.mjs'

/** What is to be reached and is shown by other commands. */
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

/** Writes the page and its charts; returns the names of what was written. */
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

/** Whoever reads the file meanwhile, as a test beside this one, finds all of it. */
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
    ? '\n\nWhere the time goes: [capture-cost.md](capture-cost.md).'
    : ''
  return `# Performance

Every figure here was printed by the command beside it; \`npm run bench -- --write\` runs them all and writes this page. The machine: ${usual}. Absolute figures of such a machine mean little: read the ratios, which come from ways that were measured in turn within one run. \`--quick\` in a command is its short form. Run them on yours: \`npm run bench -- --quick\`.${cost}`
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
  return `## What it is to reach\n\n${table(rows)}\nTwo more are shown by other commands:\n\n${elsewhere.join('\n')}`
}

function render({ bench, title, say }, { figures, charts, usual }) {
  const figure = figures[bench]
  if (!figure) return `## ${title}\n\n\`node bench/${bench}.mjs\` has not been run yet.`
  const chart = (name, alt) => (charts[`${name}.svg`] ? `![${alt}](charts/${name}.svg)` : '')
  const more = name => table(figure.tables.find(one => one.name === name)?.rows ?? []).trimEnd()
  const parts = say({ rows: table(figure.rows).trimEnd(), chart, more, figure })
  const wrong = figure.checks.filter(({ well }) => !well).map(({ check }) => `- **Not as it should be:** ${check}`)
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
      chart('decode', 'Pictures per second by way'),
      rows,
      chart('decode-cost', 'Processor time per picture by way'),
      'The stream is served over RTMP as fast as it is read. All ways have to give the same pictures, or the run fails. PyAV, OpenCV and node-av take BT.601 for the colours of a stream that says BT.709, so theirs are compared less strictly.',
    ],
  },
  {
    bench: 'latency',
    title: 'Age of a picture',
    say: ({ rows, chart, more }) => [
      'A clock burnt into every picture tells how long ago it entered its encoder when JavaScript reads it; all processes read the same clock.',
      chart('age', 'Age of a picture by way, p50 and p99'),
      rows,
      'These outputs write no sound: silence is laid ahead of the picture. Where sound is written together with its picture, the picture waits for AAC, which gives a packet two blocks (46 ms at 44.1 kHz) after its first sample. Writing sound 0.1 s ahead of its picture avoids that.',
      '### Stage by stage',
      'Probes on the pads note when each picture passes, in the process of its publisher and in that of a relay, whose clock is the same; the number burnt into it finds it again. *Its turn*: an output sends a picture every 1/fps by its own clock, so a picture that comes early waits there.',
      chart('stages', 'Stages of a picture through a relay'),
      more('stages'),
      'Percentiles do not add up: the picture that was slowest in one stage is another one than in the next.',
    ],
  },
  {
    bench: 'event-loop',
    title: 'What the event loop feels',
    say: ({ rows, more }) => [
      rows,
      more('cost'),
      'A web server in the same process waits as long as the longest gap; *own* is without the time in which the thread was ready and the kernel ran somebody else.',
    ],
  },
  {
    bench: 'encode',
    title: 'Sending RGB as H.264',
    say: ({ rows, chart }) => [
      chart('encode', 'Pictures per second by way'),
      rows,
      'All ways give x264 the same settings: ultrafast, zerolatency, closed GOPs of 2 s, no B-frames, a VBV of half a second. They are timed where their packets arrive.',
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
      'Each relay decodes, hands every picture to JavaScript, and encodes it again with x264 ultrafast.',
    ],
  },
  {
    bench: 'monitor',
    title: 'Watching streams',
    say: ({ rows, chart }) => [
      rows,
      chart('watching', 'Streams watched per core'),
      "Content metrics are taken from a stream that is served as fast as it is taken: processor time per picture × 30. What metrics add is the difference to the decoding beside it in the same round, which differs by about as much as these metrics cost: a meter that seems to save is noise. Half of what an undecoded stream takes is the kernel's, for the socket and the hand-over between the two threads that `rtmp2src` has.",
    ],
  },
  {
    bench: 'adaptive',
    title: 'A network that becomes slower',
    say: ({ rows, chart }) => [
      'How old a picture is when a viewer behind the server has it, before and after the link is halved.',
      chart('adaptive', 'Oldest picture when the link is halved'),
      rows,
    ],
  },
  {
    bench: 'graphs',
    title: 'Graphs',
    say: ({ rows, figure }) => [rows, verdicts(figure), "The medians have the leaks tracer's share in them."],
  },
  {
    bench: 'cycles',
    title: 'Memory over many starts',
    say: ({ rows, figure }) => [
      rows,
      verdicts(figure),
      'glibc keeps freed memory in an arena per thread, and streaming threads come and go, so by itself resident memory creeps towards a level; `MALLOC_ARENA_MAX=1` or `MALLOC_MMAP_THRESHOLD_=131072` in the environment, as this command sets them, keeps it flat from the start.',
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
