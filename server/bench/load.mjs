// What a server with many channels costs: `rxgst serve` with channels that copy, and some that encode, all from one
// stream of 720p30 to a server of their own. Processor time and memory of the supervisor and of a channel, lost
// packets, and how fast the API answers. Its state and its sockets are in a temporary folder.
//
//   node server/bench/load.mjs [--quick] [--copies 40] [--encodes 4] [--seconds 60] [--viewers 0] [--json]
//
// --viewers 1: the thumbnails of all channels are asked for each 5 s, as a page does that shows them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { start } from '../../dist/test/support/child.js'
import { publishFile } from '../../dist/test/support/peers/ffmpeg.js'
import { startNginx } from '../../dist/test/support/peers/nginx.js'
import { sleep, until } from '../../dist/test/support/until.js'
import { busySeconds } from '../../bench/lib/calm.mjs'
import { describeMachine } from '../../bench/lib/machine.mjs'
import { makeClip } from '../../bench/lib/media.mjs'
import { processorSeconds } from '../../bench/lib/processes.mjs'
import { readOptions, report, tell } from '../../bench/lib/report.mjs'
import { median, percentile, round } from '../../bench/lib/statistics.mjs'

const CLIP = { width: 1280, height: 720, fps: 30, seconds: 10, bitrate: '2500k', zerolatency: true }
/** Of the small picture that an encoding channel makes. */
const ENCODE = 'encode: { width: 640, height: 360, fps: 30, bitrate: 800k }'
const START_MS = 300_000
const STOP_MS = 120_000
const ASK_MS = 500
const LOOK_MS = 5000
/** Goals of the supervisor. */
const [MOST_CORE, MOST_BYTES] = [0.05, 150e6]

const options = readOptions({ copies: [40, 6], encodes: [4, 1], seconds: [60, 15], viewers: [0, 0] })
const machine = describeMachine()
const clip = await makeClip(CLIP)
const [source, sink] = await Promise.all([startNginx(), startNginx()])
const publisher = await publishFile(source.url('source'), clip, { loop: true })
await source.published('source')

const folder = mkdtempSync(join(tmpdir(), 'rxgst-bench-'))
const socketPath = join(folder, 'api.sock')
const names = [
  ...Array.from({ length: options.copies }, (_, i) => `copy-${i + 1}`),
  ...Array.from({ length: options.encodes }, (_, i) => `encode-${i + 1}`),
]
const channels = names.map(
  name => `  ${name}:
    inputs: [{ url: "${source.url('source')}" }]
    mode: ${name.startsWith('copy') ? 'copy' : `{ ${ENCODE} }`}
    targets: { out: { url: "${sink.url(name)}" } }`,
)
const file = join(folder, 'rxgst.yaml')
writeFileSync(
  file,
  `server: { listen: "unix:${socketPath}", state: "${join(folder, 'state')}" }\nchannels:\n${channels.join('\n')}\n`,
)
const server = start(process.execPath, [
  fileURLToPath(new URL('../../scripts/rxgst.mjs', import.meta.url)),
  'serve',
  file,
])

/** The body of an answer, and its time in ms. */
function get(path) {
  const begun = performance.now()
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, agent: false }, response => {
      const chunks = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode, body: Buffer.concat(chunks), ms: performance.now() - begun }),
      )
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}

const list = async () => {
  const { body, ms } = await get('/api/v1/channels')
  return { all: JSON.parse(body.toString()), ms }
}
const isLive = ({ status }) => status.phase === 'live' && status.targets.every(({ phase }) => phase === 'live')
const dropped = all => all.reduce((sum, { figures }) => sum + (figures.dropped ?? 0), 0)
const starts = all => all.reduce((sum, channel) => sum + channel.process.starts, 0)

/** Resident bytes. */
function residentBytes(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(kilobytes) * 1024
}

/** Where each process of them stands. */
const stand = all => new Map(all.map(({ id, process }) => [id, processorSeconds(process.pid)]))

async function measure() {
  const begun = performance.now()
  await until(async () => (await list().catch(() => ({ all: [] }))).all.filter(isLive).length === names.length, {
    timeout: START_MS,
    interval: 1000,
    what: () => `all channels live\n${server.output()}`,
  })
  const startS = (performance.now() - begun) / 1000
  tell(`${names.length} channels are live after ${round(startS, 1)} s`)
  await sleep(LOOK_MS)

  const first = (await list()).all
  const [before, own, busy, from] = [stand(first), processorSeconds(server.pid), busySeconds(), performance.now()]
  const answers = []
  let leastLive = names.length
  let lookedAt = Number.NEGATIVE_INFINITY
  let pictures = 0
  let last = first
  while (performance.now() - from < options.seconds * 1000) {
    const { all, ms } = await list()
    answers.push(ms)
    leastLive = Math.min(leastLive, all.filter(isLive).length)
    last = all
    if (options.viewers > 0 && performance.now() - lookedAt >= LOOK_MS) {
      lookedAt = performance.now()
      for (const name of names) pictures += (await get(`/api/v1/channels/${name}/thumbnail.jpg`)).status === 200
    }
    await sleep(ASK_MS)
  }
  const passed = (performance.now() - from) / 1000
  const after = stand(last)
  const kinds = ['copy', 'encode'].map(kind => {
    const mine = last.filter(({ id }) => id.startsWith(kind))
    const shares = mine.map(({ id }) => (after.get(id) - before.get(id)) / passed)
    const memory = mine.map(({ process }) => residentBytes(process.pid))
    return { kind, count: mine.length, share: median(shares), most: Math.max(...shares), memory: median(memory) }
  })
  return {
    ...{ startS, kinds, answers, leastLive, pictures },
    supervisor: { share: (processorSeconds(server.pid) - own) / passed, memory: residentBytes(server.pid) },
    busy: (busySeconds() - busy) / passed,
    dropped: dropped(last) - dropped(first),
    restarts: starts(last) - starts(first),
    published: (await sink.stat()).filter(({ publishing }) => publishing).length,
  }
}

async function end() {
  if (server.running) process.kill(server.pid, 'SIGTERM')
  const kill = setTimeout(() => server.kill('SIGKILL'), STOP_MS)
  await server.exited
  clearTimeout(kill)
  await publisher.stop()
  await Promise.all([source.stop(), sink.stop()])
  rmSync(folder, { recursive: true, force: true })
}

let found
try {
  found = await measure()
} finally {
  await end()
}

const { supervisor, kinds, answers, leastLive, startS, busy } = found
const row = (what, count, share, most, memory) => ({
  what,
  processes: count,
  '% of a core each': round(share * 100, 2),
  'most, %': round(most * 100, 2),
  'memory each, MB': round(memory / 1e6, 0),
})
report('server', options, {
  title:
    `rxgst serve with ${options.copies} channels that copy and ${options.encodes} that encode 640x360, ` +
    `720p30 of 2.5 Mbit/s, for ${options.seconds} s on ${machine.cores} cores`,
  rows: [
    row('supervisor', 1, supervisor.share, supervisor.share, supervisor.memory),
    ...kinds
      .filter(({ count }) => count > 0)
      .map(({ kind, count, share, most, memory }) => row(`channel, ${kind}`, count, share, most, memory)),
  ],
  tables: [
    {
      name: 'whole',
      title: 'The whole of it',
      rows: [
        {
          'packets dropped': found.dropped,
          'channels live, at least': leastLive,
          'targets at the end': found.published,
          'GET /channels p50, ms': round(percentile(answers, 0.5), 1),
          'p99, ms': round(percentile(answers, 0.99), 1),
          'all live after, s': round(startS, 1),
          'machine busy, cores': round(busy, 2),
          ...(options.viewers > 0 && { 'thumbnails seen': found.pictures }),
        },
      ],
    },
  ],
  goals: [
    {
      goal: `the supervisor takes less than ${MOST_CORE * 100} % of a core`,
      value: `${round(supervisor.share * 100, 2)} %`,
      met: supervisor.share < MOST_CORE,
    },
    {
      goal: `the supervisor takes less than ${MOST_BYTES / 1e6} MB`,
      value: `${round(supervisor.memory / 1e6, 0)} MB`,
      met: supervisor.memory < MOST_BYTES,
    },
    { goal: 'no packet is dropped', value: String(found.dropped), met: found.dropped === 0 },
  ],
  checks: [
    { check: 'all channels stay live', well: leastLive === names.length },
    { check: 'every target is published at the end', well: found.published === names.length },
    { check: 'no process was started anew', well: found.restarts === 0 },
  ],
  machine,
  notes: ['Publisher and both RTMP servers take part of the same cores, and are in "machine busy".'],
})
