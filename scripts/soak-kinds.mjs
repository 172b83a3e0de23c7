// The soak test of all kinds: captures of RTMP, RTSP, SRT, HLS and a file, outputs to RTMP, SRT and a disk in two
// sizes, relays of two inputs and of a camera that fill, recordings with their retention, stills, a view, a share and
// content analysis, in one process, for as long as asked. Publishers, cameras and servers are killed and started
// again, one at a time. Prints threads, files and memory, a line a minute.
//
//   node scripts/soak-kinds.mjs --minutes 30 [--seed 1] [--pause 10]
//
// `--pause`: seconds between two kills, on average. Exit status 1 when a kind stands still for more than a minute or
// ends, when threads or files grew, when the disk holds more than the recordings may, or when it does not stop.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { smallFile } from '../dist/test/e2e/lib/inputs.js'
import { random } from '../dist/test/fuzz/random.js'
import { start } from '../dist/test/support/child.js'
import { publishFile } from '../dist/test/support/peers/ffmpeg.js'
import { liveHls, nginxOrigin } from '../dist/test/support/peers/hls.js'
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { freePort } from '../dist/test/support/peers/ports.js'
import { liveMedia, startCamera } from '../dist/test/support/peers/rtsp-camera.js'
import { sendSrt } from '../dist/test/support/peers/srt.js'
import { tempDir } from '../dist/test/support/temp.js'
import { sleep, until } from '../dist/test/support/until.js'
import { usage } from '../dist/test/support/usage.js'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    pause: { type: 'string', default: '10' },
  },
})
const minutes = Number(values.minutes)
const dice = random(Number(values.seed))
const MIB = 2 ** 20
/** Part of the time after which memory, threads and files count. */
const WARM = 0.25
const STILL_MS = 60_000
/** What three recordings of at most 20 MB each may hold, with the files that are being written. */
const MOST_DISK_BYTES = 66e6
/** glibc's arenas make resident memory creep while no byte is lost. */
const ENV = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' }

const from = performance.now()
const elapsedMs = () => performance.now() - from

const nginx = await startNginx()
const flv = await smallFile('soak.flv', { duration: 20 })
const ts = await smallFile('soak.ts', { duration: 20 })
const mp4 = await smallFile('soak.mp4', { duration: 20 })
const [cameraPort, srtPort, srtOutPort] = [await freePort(), await freePort(), await freePort()]
const playlists = tempDir()
const origin = await nginxOrigin(playlists)
/** A packager that begins again goes on counting, as packagers do. */
let packagers = 0
const firstSegment = () => 100_000 * packagers++
const camera = () => startCamera({ launch: liveMedia('mulawenc ! rtppcmupay name=pay1'), port: cameraPort })
const peers = {
  camera: { make: () => publishFile(nginx.url('camera'), flv, { loop: true }) },
  backup: { make: () => publishFile(nginx.url('backup'), flv, { loop: true }) },
  'rtsp camera': { make: camera },
  'srt sender': { make: () => sendSrt(`srt://127.0.0.1:${srtPort}?mode=listener`, ts, { loop: true }) },
  'hls packager': { make: () => liveHls(ts, playlists, { args: ['-start_number', String(firstSegment())] }) },
  'srt receiver': {
    make: () =>
      start('ffmpeg', [
        ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
        ...['-i', `srt://127.0.0.1:${srtOutPort}?mode=listener`, '-c', 'copy', '-f', 'null', '-'],
      ]),
  },
}
for (const peer of Object.values(peers)) peer.child = await peer.make()
await nginx.published('camera')
await nginx.published('backup')
await until(() => existsSync(join(playlists, 'live.m3u8')), { timeout: 30_000, what: 'the playlist' })

const folder = tempDir()
const child = start(
  process.execPath,
  [
    join(dirname(fileURLToPath(import.meta.url)), 'lib/soak-kinds-child.mjs'),
    JSON.stringify({
      server: nginx.url('').replace(/\/$/, ''),
      rtsp: `rtsp://127.0.0.1:${cameraPort}/camera`,
      srtIn: `srt://127.0.0.1:${srtPort}`,
      srtOut: `srt://127.0.0.1:${srtOutPort}`,
      hls: origin.url(),
      file: pathToFileURL(mp4).href,
      folder,
    }),
  ],
  { env: ENV, onStdout: heard },
)

const samples = []
const faults = []
const kills = {}
const grew = new Map()
let disk = { files: 0, bytes: 0 }
let stopMs = null
let rest = ''

function heard(bytes) {
  const lines = (rest + bytes.toString()).split('\n')
  rest = lines.pop()
  for (const line of lines) {
    const said = JSON.parse(line)
    if (said.stopMs !== undefined) stopMs = said.stopMs
    if (!said.grown) continue
    for (const [name, value] of Object.entries(said.grown)) {
      const before = grew.get(name)
      if (!before || value > before.value) grew.set(name, { value, at: elapsedMs() })
    }
    disk = said.disk.reduce((sum, { files, bytes }) => ({ files: sum.files + files, bytes: sum.bytes + bytes }))
    if (child.running) samples.push({ at: elapsedMs(), ...usage(child.pid) })
  }
}

function fault(text) {
  faults.push(text)
  console.log(`    ${text}`)
}

const told = new Set()
function look() {
  for (const [name, { at }] of grew) {
    const still = elapsedMs() - at > STILL_MS
    if (still && !told.has(name)) fault(`${name} has stood still for a minute`)
    if (still) told.add(name)
    else told.delete(name)
  }
  if (disk.bytes > MOST_DISK_BYTES) fault(`${disk.bytes} bytes on the disk`)
}

function line() {
  const last = samples.at(-1)
  if (!last) return
  const killed = Object.values(kills).reduce((sum, count) => sum + count, 0)
  console.log(
    `${(elapsedMs() / 60_000).toFixed(1)} min: ${last.threads} threads, ${last.fds} files, ` +
      `${(last.rss / MIB).toFixed(0)} MiB; ${killed} kills; ${disk.files} recorded files, ` +
      `${(disk.bytes / 1e6).toFixed(1)} MB; ${[...grew].map(([name, { value }]) => `${name} ${value}`).join(', ')}`,
  )
}

/** Kills a peer with SIGKILL, or freezes it first for some seconds, and starts it again. */
async function kill(name) {
  kills[name] = (kills[name] ?? 0) + 1
  const peer = peers[name]
  if (dice.real() < 0.3) {
    peer.child.kill('SIGSTOP')
    await sleep(6000)
  }
  peer.child.kill('SIGKILL')
  await peer.child.exited
  await sleep(dice.real() * 5000)
  for (let tries = 0; ; tries++) {
    try {
      peer.child = await peer.make()
      return
    } catch (error) {
      // The server still holds the name of the stream, or the system still holds the port.
      if (tries === 20) throw error
      await sleep(1000)
    }
  }
}

async function killServer() {
  kills.nginx = (kills.nginx ?? 0) + 1
  nginx.kill('SIGKILL')
  await sleep(2000)
  await nginx.restart()
  for (const name of ['camera', 'backup']) {
    await peers[name].child.exited
    peers[name].child = await peers[name].make()
  }
}

let minute = 0
while (elapsedMs() < minutes * 60_000 && child.running) {
  const pauseMs = dice.real() * 2 * Number(values.pause) * 1000
  await sleep(Math.min(pauseMs, Math.max(0, minutes * 60_000 - elapsedMs())))
  const name = dice.pick([...Object.keys(peers), 'nginx'])
  // The end is calm, so that every kind has time to come back.
  if (samples.length > 6 && elapsedMs() < minutes * 60_000 - STILL_MS) {
    if (name === 'nginx') await killServer()
    else await kill(name)
  }
  look()
  if (elapsedMs() > (minute + 1) * 60_000) {
    minute = Math.floor(elapsedMs() / 60_000)
    line()
  }
}
look()
line()
if (!child.running) fault(`it ended: ${child.errors().slice(-2000)}`)
child.kill('SIGTERM')
for (let waited = 0; stopMs === null && child.running && waited < 150; waited++) await sleep(100)
if (stopMs === null) fault('it did not stop within 15 s')
await child.stop()
for (const { child: peer } of Object.values(peers)) await peer.stop()
await origin[Symbol.asyncDispose]()
await nginx.stop()

const warm = samples.filter(({ at }) => at > minutes * 60_000 * WARM)
const middle = (list, of) => list.map(of).sort((a, b) => a - b)[Math.floor(list.length / 2)]
const quarter = Math.max(1, Math.floor(warm.length / 4))
const [early, late] = [warm.slice(0, quarter), warm.slice(-quarter)]
const change = of => [middle(early, of), middle(late, of)]
const [threads, files] = [change(({ threads }) => threads), change(({ fds }) => fds)]
const rssMiB = change(({ rss }) => Math.round(rss / MIB))
if (threads[1] > threads[0] + 6) fault(`threads grew: ${threads.join(' to ')}`)
if (files[1] > files[0] + 6) fault(`files grew: ${files.join(' to ')}`)
console.log(
  JSON.stringify({ minutes, kills, threads, files, rssMiB, stopMs, disk, errors: errorsOf(child), faults }, null, 2),
)
process.exit(faults.length ? 1 : 0)

/** What it logged as errors: each text and how often. */
function errorsOf({ errors }) {
  const counts = {}
  for (const text of errors().split('\n').filter(Boolean)) counts[text] = (counts[text] ?? 0) + 1
  return counts
}
