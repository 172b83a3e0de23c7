import { readFileSync, existsSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { start } from '../../support/child'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'

const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--mute-audio',
  '--autoplay-policy=no-user-gesture-required',
]
/** Blocks of a picture, whose means are compared. */
export const [COLUMNS, ROWS] = [16, 9] as const

/** The program of this machine, if it has one. */
export const chromium: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap(folder => NAMES.map(name => join(folder, name)))
  .find(file => existsSync(file))

/** What a player in Chromium saw. */
export interface Watched {
  readonly errors: readonly string[]
  /** MEDIA_INFO of mpegts.js. */
  readonly info: Record<string, unknown>
  readonly supported: Readonly<Record<'avc1' | 'av01' | 'hvc1', boolean>>
  readonly width: number
  readonly height: number
  /** Each picture that was shown: seconds, and the mean of red, green and blue in each block. */
  readonly pictures: readonly { readonly at: number; readonly blocks: readonly number[] }[]
}

const PAGE = (wanted: number): string => `<!doctype html><video id=v muted playsinline></video>
<script src=/mpegts.js></script><script>
const [video, canvas] = [document.getElementById('v'), document.createElement('canvas')]
const seen = { errors: [], info: {}, pictures: [], width: 0, height: 0, supported: {
  avc1: MediaSource.isTypeSupported('video/mp4; codecs="avc1.42E01E"'),
  av01: MediaSource.isTypeSupported('video/mp4; codecs="av01.0.00M.08"'),
  hvc1: MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L30.B0"'),
} }
let told = false
function tell() {
  if (told) return
  told = true
  fetch('/seen', { method: 'POST', body: JSON.stringify(seen) })
}
function means(frame) {
  const { videoWidth: w, videoHeight: h } = video
  Object.assign(canvas, { width: w, height: h })
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context.drawImage(frame, 0, 0)
  const { data } = context.getImageData(0, 0, w, h)
  const [sums, counts] = [Array(${COLUMNS * ROWS}).fill(0), Array(${COLUMNS * ROWS}).fill(0)]
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) {
    const block = Math.floor(y * ${ROWS} / h) * ${COLUMNS} + Math.floor(x * ${COLUMNS} / w)
    const at = (y * w + x) * 4
    sums[block] += (data[at] + data[at + 1] + data[at + 2]) / 3
    counts[block]++
  }
  return sums.map((sum, i) => sum / counts[i])
}
function shown() {
  seen.width = video.videoWidth
  seen.height = video.videoHeight
  // The picture of now with its own time: on a busy machine it is a later one than the callback is about.
  const frame = new VideoFrame(video)
  seen.pictures.push({ at: frame.timestamp / 1e6, blocks: means(frame) })
  frame.close()
  if (seen.pictures.length >= ${wanted}) tell()
  else video.requestVideoFrameCallback(shown)
}
const player = mpegts.createPlayer({ type: 'flv', isLive: true, url: '/stream.flv' },
  { enableWorker: false, enableStashBuffer: false, lazyLoad: false })
player.on(mpegts.Events.MEDIA_INFO, info => (seen.info = info))
player.on(mpegts.Events.ERROR, (...values) => { seen.errors.push(JSON.stringify(values)); setTimeout(tell, 300) })
video.addEventListener('ended', tell)
video.addEventListener('error', () => { seen.errors.push(String(video.error?.message)); tell() })
video.requestVideoFrameCallback(shown)
// Slowly, so that a busy machine shows many of them.
video.defaultPlaybackRate = video.playbackRate = 0.25
player.attachMediaElement(video)
player.load()
video.play().catch(error => seen.errors.push(String(error)))
</script>`

/** Serves an FLV stream over HTTP, as CDNs do. */
export async function serveFlv(
  stream: (response: ServerResponse) => void,
  page = '',
  onSeen: (body: string) => void = () => {},
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    if (request.url === '/stream.flv') {
      response.setHeader('content-type', 'video/x-flv')
      return stream(response)
    }
    if (request.url === '/mpegts.js') return void response.end(readFileSync(require.resolve('mpegts.js')))
    if (request.url === '/seen') {
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => (body += text))
      return void request.on('end', () => (response.end(), onSeen(body)))
    }
    response.setHeader('content-type', 'text/html')
    response.end(request.url === '/' ? page : '')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Plays an FLV stream by mpegts.js in Chromium until so many pictures were shown, or it is over. */
export async function watch(stream: (response: ServerResponse) => void, wanted = 20): Promise<Watched> {
  let seen: string | undefined
  await using server = await serveFlv(stream, PAGE(wanted), body => (seen = body))
  await using browser = start(chromium!, [...FLAGS, `--user-data-dir=${tempDir()}`, `${server.url}/`])
  await until(() => seen !== undefined || !browser.running, {
    timeout: 60_000,
    what: () => `what Chromium shows\n${browser.errors().slice(-2000)}`,
  })
  if (seen === undefined) throw new Error(`Chromium ended\n${browser.errors().slice(-4000)}`)
  return JSON.parse(seen) as Watched
}
