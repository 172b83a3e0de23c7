// How old the pictures are that the page shows: a clock is burnt into them, and read from its video element.
import { chromium as driver } from 'playwright-core'
import { chromium } from '../../../dist/test/e2e/player/chromium.js'
import { drawClock, readClock } from '../../../dist/test/support/media/picture-clock.js'

/** A small picture has the same blocks. */
const [WIDTH, HEIGHT] = [160, 90]
const LOOK_MS = 200
const PATIENCE_MS = 60_000

/** µs of the wall's clock, which a browser has too; 32 bits of it. */
const microseconds = ms => Number(BigInt.asUintN(32, BigInt(Math.round(ms * 1000))))
export const clockOf = {
  draw: (picture, width, height) =>
    drawClock(picture, width, height, microseconds(performance.timeOrigin + performance.now())),
}

/** In the page: small copies of the pictures as they are shown, with their times. */
const WATCH = `(selector, width, height, lookMs) => {
  const video = document.querySelector(selector)
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const seen = (window.seenPictures = [])
  let last = 0
  const look = () => {
    const at = performance.timeOrigin + performance.now()
    if (at - last >= lookMs) {
      last = at
      context.drawImage(video, 0, 0, width, height)
      const { data } = context.getImageData(0, 0, width, height)
      let text = ''
      for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(data[i], data[i + 1], data[i + 2])
      seen.push({ at, rgb: btoa(text) })
    }
    video.requestVideoFrameCallback(look)
  }
  video.requestVideoFrameCallback(look)
}`

/** Ages of pictures in the page, ms, of those whose clock can be read. */
export async function watchPage({ link, channel, settleMs, seconds }) {
  const browser = await driver.launch({
    executablePath: chromium,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--mute-audio'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(PATIENCE_MS)
    await page.goto(link)
    const selector = `[data-channel=${channel}] video`
    await page.getByRole('button', { name: new RegExp(`^Live picture of ${channel}`, 'i') }).click()
    await page.locator(selector).waitFor()
    await page.waitForTimeout(settleMs)
    await page.evaluate(`(${WATCH})(${JSON.stringify(selector)}, ${WIDTH}, ${HEIGHT}, ${LOOK_MS})`)
    await page.waitForTimeout(seconds * 1000)
    const seen = await page.evaluate('window.seenPictures')
    return seen.flatMap(({ at, rgb }) => {
      const burnt = readClock(Buffer.from(rgb, 'base64'), WIDTH, HEIGHT)
      return burnt === null ? [] : [((microseconds(at) - burnt) >>> 0) / 1000]
    })
  } finally {
    await browser.close()
  }
}
