// examples/window.ts on a screen of its own: the live picture, and its alerts below it.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { start, type Child } from '../support/child'
import { makeFile } from '../support/peers/ffmpeg'
import { startRtmpServer } from '../support/peers/rtmp-server'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'
import { until } from '../support/until'

const test = suite('examples/window', { timeout: 120_000 })

const [WIDTH, HEIGHT] = [640, 420]

interface Screen extends AsyncDisposable {
  readonly display: string
  /** What it shows, RGB. */
  shot(): Promise<Uint8Array>
}

async function startScreen(): Promise<Screen> {
  let number = ''
  const server = start('Xvfb', ['-displayfd', '1', '-screen', '0', `${WIDTH}x${HEIGHT}x24`, '-nolisten', 'tcp'], {
    onStdout: bytes => (number += bytes.toString()),
  })
  await until(() => number.endsWith('\n') || !server.running, { what: () => `Xvfb: ${server.output()}` })
  const display = `:${number.trim()}`
  const shot = async (): Promise<Uint8Array> => {
    const parts: Buffer[] = []
    const args = `-v error -f x11grab -draw_mouse 0 -video_size ${WIDTH}x${HEIGHT} -i ${display}`
    const out = '-frames:v 1 -f rawvideo -pix_fmt rgb24 -'
    const ffmpeg = start('ffmpeg', [...args.split(' '), ...out.split(' ')], { onStdout: bytes => parts.push(bytes) })
    const { code } = await ffmpeg.exited
    assert.is(code, 0, ffmpeg.errors())
    return Buffer.concat(parts)
  }
  return { display, shot, [Symbol.asyncDispose]: async () => void (await server.stop()) }
}

const BARS: readonly (readonly [name: string, red: number, green: number, blue: number])[] = [
  ['white', 1, 1, 1],
  ['yellow', 1, 1, 0],
  ['cyan', 0, 1, 1],
  ['green', 0, 1, 0],
  ['magenta', 1, 0, 1],
  ['red', 1, 0, 0],
  ['blue', 0, 0, 1],
]

/**
 * The colours of SMPTE's bars that a line of the screen goes through, from left to right; each for 30 pixels or more.
 */
function barsAt(picture: Uint8Array, line: number): string[] {
  const names = Array.from({ length: WIDTH }, (_, x) => {
    const [red, green, blue] = [0, 1, 2].map(i => picture[(line * WIDTH + x) * 3 + i]!)
    const near = (value: number, on: number): boolean => (on ? value > 140 && value < 235 : value < 60)
    return BARS.find(([, r, g, b]) => near(red!, r) && near(green!, g) && near(blue!, b))?.[0] ?? ''
  })
  const stretches: { name: string; length: number }[] = []
  for (const name of names) {
    if (stretches.at(-1)?.name === name) stretches.at(-1)!.length++
    else stretches.push({ name, length: 1 })
  }
  return stretches.filter(({ name, length }) => name !== '' && length >= 30).map(({ name }) => name)
}

/** How many pixels of the lower edge are red on a light ground: letters of an alert. */
function redLetters(picture: Uint8Array): number {
  let count = 0
  for (let at = (HEIGHT - 40) * WIDTH * 3; at < picture.length; at += 3) {
    const [red, green, blue] = [picture[at]!, picture[at + 1]!, picture[at + 2]!]
    if (red > 180 && green < 110 && blue < 110) count++
  }
  return count
}

test('shows the live picture, and the alert when the stream stands still', async () => {
  const file = await makeFile(join(tempDir(), 'bars.flv'), {
    duration: 5,
    size: '320x180',
    fps: 25,
    gop: 25,
    pattern: 'smptebars',
  })
  let flows = true
  await using server = await startRtmpServer({
    kind: 'serve-file',
    file,
    loop: true,
    edit: tag => (flows ? [tag] : []),
  })
  await using screen = await startScreen()
  const env = { DISPLAY: screen.display, GDK_BACKEND: 'x11', NO_AT_BRIDGE: '1' }
  const window = join(__dirname, '../../examples/window.js')
  await using child: Child = start(process.execPath, [window, `camera=${server.url('secret-key')}`], { env })
  const reached = (condition: () => unknown): Promise<boolean> =>
    until(async () => !child.running || Boolean(await condition()), { timeout: 40_000, what: () => child.output() })
  const all = BARS.map(([name]) => name).join()

  await reached(() => child.output().includes('camera is live'))
  /** Waits for the bars and so many red pixels: on a busy machine an alert may come and go. */
  const shows = async (letters: (count: number) => boolean): Promise<void> => {
    let last: Uint8Array = new Uint8Array(0)
    const isSo = (): boolean => barsAt(last, 100).join() === all && letters(redLetters(last))
    await reached(async () => ((last = await screen.shot()), isSo()))
    assert.ok(isSo(), `${barsAt(last, 100)}, ${redLetters(last)} red pixels; ${child.output()}`)
  }
  await shows(count => count === 0)

  flows = false
  await reached(() => child.output().includes('camera: noData'))
  // The last picture stays.
  await shows(count => count > 50)

  child.kill('SIGINT')
  const { code, signal } = await child.exited
  assert.is(code ?? signal, 0, child.output())
  assert.is(child.errors(), '')
  assert.not.match(child.output(), 'secret-key')
})

test.run()
