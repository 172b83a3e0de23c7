/** The page in Chromium, on a stand-in for the supervisor. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContextOptions, type Browser, type Locator, type Page, chromium as driver } from 'playwright-core'
import { Observable } from 'rxjs'
import { chromium } from '../../../test/e2e/player/chromium.js'
import { freePort } from '../../../test/support/peers/ports.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { hashPassword } from '../../src/api/access/password.js'
import { type Api, startApi } from '../../src/api/start-api.js'
import type { ChannelView, HistoryPoint, PreviewFrame } from '../../src/core/server-port.js'
import type { FleetPort } from '../../src/core/fleet.js'
import type { AlertView, SampleMetric } from '../../src/core/status.js'
import type { Side } from '../../src/core/wire.js'
import { FAKE_CONFIG } from '../api/fake-config.js'
import { FakePort } from '../api/fake-port.js'
import { makeFlv, makeJpeg, playFlv } from '../api/fake-preview.js'

export { chromium }

export const PASSWORD = 'a password of the tests'
/** A busy machine shows a picture late. */
const PATIENCE_MS = 60_000

/** Alerts that end, and a count of those who watch. */
export class PagePort extends FakePort {
  readonly #cleared = new Map<string, number>()
  viewersNow = 0
  /** LUFS that hardly change; null: they change by 6. */
  loudness: number | null = null

  clear(alert: AlertView): void {
    this.#cleared.set(alert.id, Date.now())
    const { id, channel, message } = alert
    this.note({ type: 'alert', channel, user: null, message: `over: ${message}`, data: { id } })
  }

  override channel(id: string): ChannelView {
    const view = super.channel(id)
    return this.loudness === null ? view : { ...view, figures: { ...view.figures, loudness: this.loudness } }
  }

  override history(id: string, metric: SampleMetric, sinceMs: number): readonly HistoryPoint[] {
    const { loudness } = this
    const points = super.history(id, metric, sinceMs)
    if (loudness === null || metric !== 'loudness') return points
    return points.map(({ at }, i) => ({ at, value: loudness + (i % 2) / 10 }))
  }

  override alerts(): readonly AlertView[] {
    return super.alerts().map(alert => {
      const clearedAt = this.#cleared.get(alert.id)
      return clearedAt === undefined ? alert : { ...alert, clearedAt, clearedBy: 'recovered' }
    })
  }
}

/** What a test has: the server's stand-in, a page that is logged in or not, and what the browser did. */
export interface Opened extends AsyncDisposable {
  readonly port: PagePort
  readonly url: string
  readonly page: Page
  /** Faults of scripts and of the content policy. */
  readonly faults: string[]
  /** URLs of all requests. */
  readonly requests: string[]
  /** Ends the server; the function starts it anew at the same address. */
  stopServer(): Promise<() => Promise<void>>
}

export interface OpenOptions extends BrowserContextOptions {
  /** Where the page begins. Default: /. */
  readonly path?: string
  /** null: nobody is logged in, and users have the roles of their names. Default: an admin, by the one-time link. */
  readonly login?: null
  readonly config?: string
  /** Default: the server is not one of a fleet. */
  readonly fleet?: FleetPort
  /** Live pictures. Default: a test pattern with a tone. */
  readonly preview?: (side: Side) => Observable<PreviewFrame>
}

let media: Promise<readonly [Buffer, Buffer]> | undefined
let browser: Promise<Browser> | undefined

export const closeBrowser = async (): Promise<void> => (await browser)?.close()

const launch = (): Promise<Browser> =>
  driver.launch({
    executablePath: chromium!,
    timeout: PATIENCE_MS,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--mute-audio'],
  })

export async function openPage({
  path = '/',
  login,
  config,
  preview,
  fleet,
  ...options
}: OpenOptions = {}): Promise<Opened> {
  const [flv, jpeg] = await (media ??= Promise.all([makeFlv(), makeJpeg()]))
  const folder = tempDir()
  const port = new PagePort({
    jpeg,
    config: login === null ? withUsers(config ?? FAKE_CONFIG) : (config ?? FAKE_CONFIG),
    preview: (_id, side) => counted(preview?.(side) ?? playFlv(flv), step => void (port.viewersNow += step)),
  })
  port.fleet = fleet ?? null
  if (login === null) await writeUsers(folder)
  // One that nobody else takes while the server is away.
  const listen = [`127.0.0.1:${await freePort()}`]
  let api = await startApi(port, { folder, listen })
  const [url] = api.addresses as [string]
  const context = await (await (browser ??= launch())).newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'dark',
    ...options,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const faults: string[] = []
  const requests: string[] = []
  page.on('pageerror', error => faults.push(`${error.message}\n${error.stack}`))
  page.on('console', message => {
    // Refused requests are told too, and belong to some tests.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(message.text())
  })
  context.on('request', request => requests.push(request.url()))
  page.on('websocket', socket => requests.push(socket.url()))
  if (login !== null) await page.goto(reachable(api, url))
  if (login === null || path !== '/') await page.goto(`${url}${path}`)
  return {
    port,
    url,
    page,
    faults,
    requests,
    async stopServer() {
      await api.close()
      return async () => {
        api = await startApi(port, { folder, listen })
      }
    },
    [Symbol.asyncDispose]: async () => {
      await context.close()
      await api.close()
    },
  }
}

/** The one-time link, at the port that the system gave. */
function reachable({ oneTimeLink }: Api, url: string): string {
  const { pathname, search } = new URL(oneTimeLink!)
  return `${url}${pathname}${search}`
}

function counted(frames: Observable<PreviewFrame>, count: (step: number) => void): Observable<PreviewFrame> {
  return new Observable(viewer => {
    count(1)
    const subscription = frames.subscribe(viewer)
    return () => {
      count(-1)
      subscription.unsubscribe()
    }
  })
}

const withUsers = (config: string): string => config.replace('server:\n', 'server:\n  users: users.yaml\n')

/** viewer, operator and admin, with one password. */
async function writeUsers(folder: string): Promise<void> {
  const password = await hashPassword(PASSWORD)
  const users = Object.fromEntries(['viewer', 'operator', 'admin'].map(role => [role, { role, password }]))
  writeFileSync(join(folder, 'users.yaml'), JSON.stringify({ users }), { mode: 0o600 })
}

export async function logIn(page: Page, user: string, password: string = PASSWORD): Promise<void> {
  await page.getByLabel('Name').fill(user)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** The text as it is seen, in one line, as soon as there is one. */
export async function textOf(place: Locator): Promise<string> {
  await place.first().waitFor()
  return (await place.allInnerTexts()).join(' ').replaceAll(/\s+/g, ' ')
}

export const tileOf = (page: Page, channel: string) => page.locator(`[data-channel="${channel}"]`)

/** Means of the brightness of a video's picture in 8 by 4 fields; null: there is no picture yet. */
export function pictureOf(page: Page, selector: string): Promise<number[] | null> {
  return page.evaluate<number[] | null>(`(() => {
    const video = document.querySelector(${JSON.stringify(selector)})
    if (!video || video.readyState < 2) return null
    const surface = new OffscreenCanvas(8, 4).getContext('2d')
    surface.drawImage(video, 0, 0, 8, 4)
    const { data } = surface.getImageData(0, 0, 8, 4)
    return Array.from({ length: 32 }, (_, i) => (data[i * 4] + data[i * 4 + 1] + data[i * 4 + 2]) / 3)
  })()`)
}

/** Waits until a video has shown two pictures that differ. */
export async function untilMoves(page: Page, selector: string): Promise<void> {
  const first = await until(() => pictureOf(page, selector), { timeout: PATIENCE_MS, what: `a picture of ${selector}` })
  const differs = (later: number[] | null) => later?.some((value, i) => Math.abs(value - first[i]!) > 2)
  await until(async () => differs(await pictureOf(page, selector)), {
    timeout: PATIENCE_MS,
    what: `${selector} to move`,
  })
}
