// Makes the pictures of the server's page in docs/server: a server with channels of test pictures, seen in Chromium.
//
//   node scripts/screenshots.mjs          takes about two minutes; needs ffmpeg and Chromium
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { accepts } from './lib/demo-server.mjs'

const DOCS = fileURLToPath(new URL('../docs/server/', import.meta.url))
const RXGST = fileURLToPath(new URL('./rxgst.mjs', import.meta.url))
const [HTTP_PORT, RTMP_PORT] = [18_787, 11_935]
const PATIENCE_MS = 60_000
/** So much of the graphs is filled; alerts of the begin, where all start at once, are over. */
const HISTORY_MS = 90_000
/** Of one publisher that leaves: the alert has come by then. */
const LEAVES_MS = 25_000
/** Of a channel's page; events follow. */
const GRAPHS_END = 1275
const HAVE_CURRENT_DATA = 2
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

const folder = mkdtempSync(join(tmpdir(), 'rxgst-screenshots-'))
const children = []
const begin = (command, args) => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  return child
}

try {
  writeFileSync(join(folder, 'rxgst.yaml'), JSON.stringify(config))
  const link = await loginLink(begin(process.execPath, [RXGST, 'serve', join(folder, 'rxgst.yaml')]))
  while (!(await accepts(RTMP_PORT))) await sleep(100)
  const publishers = {}
  for (const name of Object.keys(CHANNELS)) {
    publishers[name] = publish(name)
    await sleep(APART_MS)
  }
  const browser = await chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium || command -v google-chrome']).toString().trim(),
    args: ['--no-sandbox', '--disable-gpu', '--mute-audio', '--autoplay-policy=no-user-gesture-required'],
  })
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'dark' })
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(link)
  await page.locator('[data-channel=studio]').getByText('Live').first().waitFor()
  await sleep(HISTORY_MS - LEAVES_MS)
  publishers.outside.kill()
  await sleep(LEAVES_MS)
  await picture(page, 'wall', SIZE.height)
  await page.goto(`http://127.0.0.1:${HTTP_PORT}/channels/studio`)
  for (const side of ['in', 'out']) {
    const video = `document.querySelector('[data-side=${side}] video')?.readyState ?? 0`
    for (const deadline = Date.now() + PATIENCE_MS; (await page.evaluate(video)) < HAVE_CURRENT_DATA; await sleep(100))
      if (Date.now() > deadline) throw new Error(`there is no live picture: ${side}`)
  }
  await picture(page, 'channel', GRAPHS_END)
  await browser.close()
} finally {
  const [server, ...publishers] = children
  for (const child of publishers) child.kill('SIGKILL')
  const ended = new Promise(resolve => server.once('exit', resolve))
  if (server.exitCode === null && server.kill('SIGINT')) await ended
  rmSync(folder, { recursive: true, force: true })
}

function publish(name) {
  const [, video, audio] = CHANNELS[name]
  const source = `${video}${video.includes('=') ? ':' : '='}size=640x360:rate=25`
  const pictures = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '50', '-b:v', '1M']
  return begin('ffmpeg', [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', source],
    ...['-f', 'lavfi', '-i', audio, '-pix_fmt', 'yuv420p', ...pictures, '-c:a', 'aac', '-f', 'flv', rtmp(name)],
  ])
}

/** As soon as the server prints it. */
function loginLink(server) {
  return new Promise((resolve, reject) => {
    server.once('exit', code => reject(new Error(`the server has ended: ${code}`)))
    server.stdout.on('data', text => {
      const [link] = /http:\/\/\S+\/login\?token=\S+/.exec(text) ?? []
      if (link) resolve(link)
    })
  })
}

/** With 256 colours: a third of the bytes. */
async function picture(page, name, height) {
  const full = join(folder, `${name}.png`)
  await page.screenshot({ path: full, fullPage: true, clip: { x: 0, y: 0, ...SIZE, height } })
  const palette = 'split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none'
  execFileSync('ffmpeg', ['-y', '-loglevel', 'error', '-i', full, '-vf', palette, join(DOCS, `${name}.png`)])
  console.log(`docs/server/${name}.png`)
}
