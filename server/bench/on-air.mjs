// What stays on air while something else changes, on one `rxgst serve`, in three parts: processes of channels are
// killed in turn, and pictures that others miss are counted; a target is added and removed again and again, and
// pictures that the others of its channel miss are counted; and a clock that is burnt into the pictures tells how old
// they are in the page of a real Chromium.
//
//   node server/bench/on-air.mjs [--quick] [--kills 20] [--victims 10] [--changes 100] [--seconds 30] [--json]
//
// A process that is killed begins again at once where it has been well for a minute: each of `victims` channels is
// killed in turn. `seconds` are those in which the page is looked at; 0 leaves it out, as no Chromium does.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RTMPOutput } from '../../dist/src/index.js'
import { chromium } from '../../dist/test/e2e/player/chromium.js'
import { start } from '../../dist/test/support/child.js'
import { makeFile, publishFile } from '../../dist/test/support/peers/ffmpeg.js'
import { startNginx } from '../../dist/test/support/peers/nginx.js'
import { freePort } from '../../dist/test/support/peers/ports.js'
import { startRtmpServer } from '../../dist/test/support/peers/rtmp-server.js'
import { sleep, until } from '../../dist/test/support/until.js'
import { describeMachine } from '../../bench/lib/machine.mjs'
import { makePictures } from '../../bench/lib/media.mjs'
import { readOptions, report, tell } from '../../bench/lib/report.mjs'
import { percentile, round } from '../../bench/lib/statistics.mjs'
import { clockOf, watchPage } from './lib/page-clock.mjs'
import { isPicture, missedPictures } from './lib/pictures.mjs'

const [WIDTH, HEIGHT, FPS] = [640, 360, 30]
/** A keyframe each second: who joins waits for one. */
const CLIP = { size: `${WIDTH}x${HEIGHT}`, gop: FPS, duration: 10 }
/** A process that has run for so long is started at once when it is killed. */
const GOOD_MS = 61_000
const PATIENCE_MS = 120_000
/** A kill comes so much later in the second between two keyframes than the one before. */
const [PHASE_MS, PHASES] = [130, 8]
/** Of the page, before its pictures are looked at. */
const SETTLE_MS = 8000
const [MOST_BACK_MS, MOST_PREVIEW_MS] = [2000, 1200]

const options = readOptions({ kills: [20, 2], victims: [10, 2], changes: [100, 5], seconds: [30, 5] })
const machine = describeMachine()
const folder = mkdtempSync(join(tmpdir(), 'rxgst-bench-'))
const clip = await makeFile(join(folder, 'clip.flv'), CLIP)
const source = await startNginx()
const sink = await startRtmpServer({ kind: 'accept-publish' })
const publisher = await publishFile(source.url('source'), clip, { loop: true })
await source.published('source')

const socketPath = join(folder, 'api.sock')
const victims = Array.from({ length: options.victims }, (_, i) => `copy-${i + 1}`)
const names = [...victims, 'changed', 'encoded']
const mode = name => (name === 'encoded' ? '{ encode: { width: 320, height: 180, fps: 30, bitrate: 400k } }' : 'copy')
const channels = names.map(
  name => `  ${name}:
    inputs: [{ url: "${source.url('source')}" }]
    mode: ${mode(name)}
    targets: { out: { url: "${sink.url(name)}" } }`,
)
channels.push(`  clock:\n    inputs: [{ url: "${source.url('clock')}" }]\n    targets: {}`)
const file = join(folder, 'rxgst.yaml')
const listen = `["unix:${socketPath}", "127.0.0.1:${await freePort()}"]`
writeFileSync(
  file,
  `server: { listen: ${listen}, state: "${join(folder, 'state')}" }\nchannels:\n${channels.join('\n')}\n`,
)
const server = start(process.execPath, [
  fileURLToPath(new URL('../../scripts/rxgst.mjs', import.meta.url)),
  'serve',
  file,
])

/** What the API answers. */
function ask(method, path, body) {
  const headers = { 'content-type': 'application/json', 'x-rxgst': '1' }
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path: `/api/v1${path}`, headers, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode, body: text === '' ? null : JSON.parse(text) }))
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const publications = name => sink.connections.filter(({ role, stream }) => role === 'publisher' && stream === name)
const wait = (condition, what) =>
  until(condition, { timeout: PATIENCE_MS, interval: 20, what: () => `${what}\n${server.output().slice(-4000)}` })

/** Processes are killed, one after the other: when the targets are connected again, and when they have a picture. */
async function kills() {
  const [connects, takes] = [[], []]
  for (let i = 0; i < options.kills; i++) {
    const name = victims[i % victims.length]
    if (i > 0 && i % victims.length === 0) await sleep(GOOD_MS)
    const { body } = await ask('GET', `/channels/${name}`)
    const before = publications(name).length
    const killedAt = performance.now()
    process.kill(body.process.pid, 'SIGKILL')
    const first = () => publications(name)[before]?.tags.find(isPicture)
    await wait(first, `${name} to be back`)
    connects.push(publications(name)[before].openedAt - killedAt)
    takes.push(first().arrival - killedAt)
    // The next one is at another place between two keyframes.
    await sleep(PHASE_MS * (i % PHASES))
  }
  return { connects, takes }
}

/** A target comes and goes, in a channel that copies and in one that encodes. */
async function changes() {
  for (let i = 0; i < options.changes; i++) {
    const [name, extra] = [['changed', 'encoded'][i % 2], `extra-${i}`]
    const put = await ask('PUT', `/channels/${name}/targets/extra`, { url: sink.url(extra) })
    if (put.status >= 300) throw new Error(`PUT: ${put.status} ${JSON.stringify(put.body)}`)
    await wait(() => publications(extra)[0]?.tags.some(isPicture), `${extra} to be live`)
    const gone = await ask('DELETE', `/channels/${name}/targets/extra`)
    if (gone.status >= 300) throw new Error(`DELETE: ${gone.status} ${JSON.stringify(gone.body)}`)
    await wait(() => publications(extra).every(({ closedAt }) => closedAt !== null), `${extra} to be gone`)
  }
}

/** Ages of pictures in the page, ms. */
async function ages() {
  const output = new RTMPOutput(source.url('clock'), {
    ...{ width: WIDTH, height: HEIGHT, fps: FPS, bitrate: '800k', keyframeInterval: 1 },
  })
  await output.start()
  const pictures = await makePictures({ width: WIDTH, height: HEIGHT, fps: FPS, count: FPS })
  const from = performance.now()
  let n = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - from) * FPS) / 1000)
    if (due < n) return
    // A turn that was missed is over, as with a camera: a burst would be a backlog, which is no latency of the server.
    n = due + 1
    const picture = pictures[n % pictures.length]
    clockOf.draw(picture, WIDTH, HEIGHT)
    output.writeFrame(picture).catch(() => {})
  }, 4)
  try {
    const [link] = await wait(() => /http:\/\/\S+\/login\?token=\S+/.exec(server.output()), 'the link')
    return await watchPage({ link, channel: 'clock', settleMs: SETTLE_MS, seconds: options.seconds })
  } finally {
    clearInterval(timer)
    await output.stop()
  }
}

async function measure() {
  await wait(() => names.every(name => publications(name)[0]?.tags.some(isPicture)), 'all channels to be live')
  tell(`${names.length} channels are live`)
  if (options.kills > 0) await sleep(GOOD_MS)
  const { connects, takes } = await kills()
  tell(`${takes.length} processes were killed`)
  await changes()
  tell(`a target was added and removed ${options.changes} times`)
  const steady = ['changed', 'encoded']
  // A victim missed nothing in any of its lives.
  const missed = victims.flatMap(name => publications(name)).reduce((sum, it) => sum + missedPictures(it.tags, FPS), 0)
  return {
    ...{ connects, takes, missed },
    others: steady.reduce((sum, name) => sum + missedPictures(publications(name)[0].tags, FPS), 0),
    connections: steady.every(name => publications(name).length === 1),
    ages: chromium && options.seconds > 0 ? await ages() : [],
  }
}

async function end() {
  if (server.running) process.kill(server.pid, 'SIGTERM')
  const kill = setTimeout(() => server.kill('SIGKILL'), PATIENCE_MS)
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

const ms = values => ({
  ...{ count: values.length, 'p50, ms': round(percentile(values, 0.5), 0) },
  ...{ 'p99, ms': round(percentile(values, 0.99), 0), 'most, ms': round(Math.max(...values), 0) },
})
const looked = found.ages.length > 0
report('on-air', options, {
  title:
    `rxgst serve with ${names.length + 1} channels of ${WIDTH}x${HEIGHT} at ${FPS} pictures a second: ` +
    `${options.kills} processes killed, a target added and removed ${options.changes} times, the page in Chromium`,
  rows: [
    ...(found.takes.length > 0
      ? [
          { what: 'from a kill to the next connection of the target', ...ms(found.connects) },
          { what: 'to its first picture, a keyframe', ...ms(found.takes) },
        ]
      : []),
    ...(looked ? [{ what: 'age of a picture in the page', ...ms(found.ages) }] : []),
  ],
  goals: [
    ...(found.takes.length > 0
      ? [
          {
            goal: `a channel whose process was killed sends again in less than ${MOST_BACK_MS / 1000} s, each time`,
            value: `${round(Math.max(...found.takes), 0)} ms`,
            met: Math.max(...found.takes) < MOST_BACK_MS,
          },
        ]
      : []),
    {
      goal: 'no other channel misses a picture',
      value: `${found.missed + found.others} missed`,
      met: found.missed + found.others === 0,
    },
    ...(looked
      ? [
          {
            goal: `live picture in the page, p50 < ${MOST_PREVIEW_MS} ms`,
            value: `${round(percentile(found.ages, 0.5), 0)} ms`,
            met: percentile(found.ages, 0.5) < MOST_PREVIEW_MS,
          },
        ]
      : []),
  ],
  checks: [
    { check: 'no channel but the killed ones connects twice', well: found.connections },
    { check: 'the page was looked at', well: looked || !chromium || options.seconds === 0 },
  ],
  machine,
  notes: ['Publishers, both servers and Chromium take part of the same cores.'],
})
