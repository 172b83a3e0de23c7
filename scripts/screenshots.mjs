// Makes the pictures of the server's page in docs/server: a server with channels of test pictures, seen in Chromium.
//
//   node scripts/screenshots.mjs          takes two minutes, on a busy machine more; needs ffmpeg and Chromium
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { accepts, freePortFrom } from './lib/demo-server.mjs'

const DOCS = fileURLToPath(new URL('../docs/server/', import.meta.url))
const RXGST = fileURLToPath(new URL('./rxgst.mjs', import.meta.url))
const RTMP_PORT = await freePortFrom(11_935)
const HTTP_PORT = await freePortFrom(18_787)
/** For each thing that is waited for. */
const PATIENCE_MS = 240_000
const LOOK_MS = 200
/** The server says goodbye to its peers. */
const STOP_MS = 30_000
const MOST_PRINTED = 16_384
/** So much of the graphs is filled; alerts of the begin, where all start at once, are over. */
const HISTORY_MS = 65_000
/** Behind the first alert of a publisher that has left: the others have come by then. */
const SETTLES_MS = 15_000
/** Of a channel's page; events follow. */
const GRAPHS_END = 1275
/** Between the publishers. */
const APART_MS = 2000
const SIZE = { width: 1280, height: 820 }

const rtmp = name => `rtmp://127.0.0.1:${RTMP_PORT}/live/${name}`
/** Channel → its title, and what its publisher sends. */
const CHANNELS = {
  studio: ['Studio 1', 'testsrc2', 'sine=frequency=440:beep_factor=4'],
  stage: [
    'Main stage',
    'gradients=speed=0.02:c0=0xd9480f:c1=0x5f3dc4:nb_colors=2',
    'anoisesrc=color=pink:amplitude=0.2',
  ],
  harbour: ['Harbour camera', 'gradients=speed=0.02:c0=0x1e3c72:c1=0x9bd8ff:nb_colors=2', 'sine=frequency=220'],
  night: ['Night camera', 'color=black', 'sine=frequency=330'],
  outside: ['Outside broadcast', 'testsrc2=alpha=255', 'sine=frequency=550'],
}
const copy = name => ({
  title: CHANNELS[name][0],
  inputs: [{ name: 'encoder', ingest: name }],
  targets: { archive: { record: `recordings/${name}`, segment: '10m', keep: '1d' } },
  monitor: { content: true },
})
const config = {
  server: {
    listen: `127.0.0.1:${HTTP_PORT}`,
    state: 'state',
    ingest: { listen: `127.0.0.1:${RTMP_PORT}`, streamKeys: false },
  },
  channels: {
    ...Object.fromEntries(Object.keys(CHANNELS).map(name => [name, copy(name)])),
    guests: { title: 'Guests', enabled: false, inputs: [{ ingest: 'partner' }, { ingest: 'backup' }] },
  },
}
config.channels.studio.targets.partner = { url: rtmp('partner') }
config.channels.studio.targets.backup = { url: rtmp('backup') }

const THUMBNAILS = `[...document.querySelectorAll('.tile')]
  .filter(tile => tile.querySelector('.picture-still')?.naturalWidth > 0).length >= ${Object.keys(CHANNELS).length}`

const folder = mkdtempSync(join(tmpdir(), 'rxgst-screenshots-'))
/** Channel → its publisher. */
const publishers = new Map()
let server = null
let browser = null
const begin = (command, args) => spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })

try {
  writeFileSync(join(folder, 'rxgst.yaml'), JSON.stringify(config))
  server = begin(process.execPath, [RXGST, 'serve', join(folder, 'rxgst.yaml')])
  const link = await loginLink(server)
  await until('the RTMP server', () => accepts(RTMP_PORT))
  for (const name of Object.keys(CHANNELS)) {
    publish(name)
    await sleep(APART_MS)
  }
  browser = await chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium || command -v google-chrome']).toString().trim(),
    timeout: PATIENCE_MS,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--mute-audio',
      '--autoplay-policy=no-user-gesture-required',
    ],
  })
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'dark' })
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(link)
  const tile = name => page.locator(`[data-channel=${name}]`)
  for (const name of Object.keys(CHANNELS)) await tile(name).getByText('Live', { exact: true }).first().waitFor()
  await sleep(HISTORY_MS)
  leave('outside')
  await tile('outside').getByText('Filling').waitFor()
  // Of its black picture, or one that is worse.
  await page.locator('[data-channel=night][data-alert]').waitFor()
  await sleep(SETTLES_MS)
  await until('the thumbnails', () => page.evaluate(THUMBNAILS))
  await picture(page, 'wall', SIZE.height)
  await page.goto(`http://127.0.0.1:${HTTP_PORT}/channels/studio`)
  for (const side of ['in', 'out']) {
    await page.locator(`[data-side=${side}] video[data-phase=playing]`).waitFor()
    await page.locator(`[data-side=${side}] .meter[data-measured=yes]`).waitFor()
    await until(`sound of ${side}`, () =>
      page.evaluate(`document.querySelector('[data-side=${side}] .meter').ariaValueNow > -40`),
    )
  }
  await page.locator('.graph canvas').nth(3).waitFor()
  await picture(page, 'channel', GRAPHS_END)
} finally {
  await browser?.close()
  for (const name of publishers.keys()) leave(name)
  await endServer()
  rmSync(folder, { recursive: true, force: true })
}

/** A publisher that a busy server has lost comes again. */
function publish(name) {
  const [, video, audio] = CHANNELS[name]
  const source = `${video}${video.includes('=') ? ':' : '='}size=640x360:rate=25`
  const pictures = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '50', '-b:v', '1M']
  const child = begin('ffmpeg', [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', source],
    ...['-f', 'lavfi', '-i', audio, '-pix_fmt', 'yuv420p', ...pictures, '-c:a', 'aac', '-f', 'flv', rtmp(name)],
  ])
  publishers.set(name, child)
  child.once(
    'exit',
    () => publishers.get(name) === child && setTimeout(() => publishers.has(name) && publish(name), APART_MS),
  )
}

function leave(name) {
  const child = publishers.get(name)
  publishers.delete(name)
  child.kill('SIGKILL')
}

async function until(what, holds) {
  for (const deadline = Date.now() + PATIENCE_MS; !(await holds()); await sleep(LOOK_MS))
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
}

async function endServer() {
  if (!server || server.exitCode !== null || server.signalCode !== null) return
  const ended = new Promise(resolve => server.once('exit', resolve))
  server.kill('SIGINT')
  const timer = setTimeout(() => server.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(timer)
}

/** As soon as the server prints it. */
async function loginLink({ stdout }) {
  let printed = ''
  stdout.setEncoding('utf8').on('data', text => (printed = (printed + text).slice(-MOST_PRINTED)))
  const link = () => /http:\/\/\S+\/login\?token=\S+(?=\s)/.exec(printed)?.[0]
  await until('the link of the server', () => {
    if (server.exitCode !== null) throw new Error(`the server has ended: ${server.exitCode}`)
    return link()
  })
  return link()
}

/** With 256 colours: a third of the bytes. */
async function picture(page, name, height) {
  const full = join(folder, `${name}.png`)
  await page.screenshot({ path: full, fullPage: true, clip: { x: 0, y: 0, ...SIZE, height } })
  const palette = 'split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none'
  execFileSync('ffmpeg', ['-y', '-loglevel', 'error', '-i', full, '-vf', palette, join(DOCS, `${name}.png`)])
  console.log(`docs/server/${name}.png`)
}
