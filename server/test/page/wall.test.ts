// suite: deep
// lane: browser
// deadline: 600
// The wall in Chromium: who is let in, what it shows, the live picture, alerts that come and go.
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { chromium, closeBrowser, logIn, openPage, textOf, tileOf, untilMoves } from './open-page.js'

const test = suite('the wall of the page', { timeout: 150_000 })
const check = chromium ? test : test.skip
const TIMEOUT_MS = 60_000

// They run in the browser, whose types this program does not have.
const isMuted = (video: object) => 'muted' in video && video.muted
const widthOf = (image: object) => 'naturalWidth' in image && image.naturalWidth

check('a wrong password is told, the right one leads to the wall', async () => {
  await using opened = await openPage({ login: null })
  const { page, faults } = opened
  await logIn(page, 'operator', 'not the password')
  await page.getByText('user or password is wrong').waitFor()
  await logIn(page, 'operator')
  await tileOf(page, 'studio').waitFor()
  assert.match(await textOf(page.locator('.who')), /operator/)
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByLabel('Password').waitFor()
  assert.equal(faults, [])
})

check('each channel has a tile with its state in words, its figures, its input and its targets', async () => {
  await using opened = await openPage()
  const { page, faults } = opened
  const tile = tileOf(page, 'studio')
  const text = await textOf(tile)
  assert.match(
    text,
    /Studio 1 Live .*In \d\.\d\d Out \d\.\d\d Mb\/s fps \d\d\.\d Input camera 3 of 3 live Live for \d+ s/,
    text,
  )
  assert.match(await textOf(tileOf(page, 'archive-loop')), /Stopped/)
  assert.is(await page.locator('.tile').count(), 3)
  await tile.getByRole('link', { name: 'youtube: Live' }).focus()
  assert.match(await textOf(tile.locator('.words')), /^youtube: Live, \d\.\d\d Mb\/s$/)
  await until(async () => (await tile.locator('img').evaluate(widthOf)) === 320, { timeout: TIMEOUT_MS })
  assert.equal(faults, [])
})

check('a click shows the live picture, which moves, without sound; it ends when the tile leaves the view', async () => {
  await using opened = await openPage({ viewport: { width: 400, height: 500 } })
  const { page, port, faults } = opened
  await page.getByRole('button', { name: 'Live picture of Studio 1, Live' }).click()
  await untilMoves(page, '[data-channel=studio] video')
  assert.is(await page.locator('video').evaluate(isMuted), true)
  await until(() => port.viewersNow === 1, { timeout: TIMEOUT_MS })
  await page.getByRole('button', { name: 'Sound of Studio 1' }).click()
  await until(async () => !(await page.locator('video').evaluate(isMuted)), { timeout: TIMEOUT_MS, what: 'sound' })
  await tileOf(page, 'archive-loop').scrollIntoViewIfNeeded()
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
  await until(() => port.viewersNow === 0, { timeout: TIMEOUT_MS, what: 'the viewer to go' })
  assert.is(await page.locator('video').count(), 0)
  assert.equal(faults, [])
})

check('an alert comes, is acknowledged, and goes', async () => {
  await using opened = await openPage()
  const { page, port, faults } = opened
  const alert = port.raise('studio', 'black', 'critical', 'the picture is black')
  const line = tileOf(page, 'studio').getByText('the picture is black')
  await line.waitFor()
  await page.getByRole('status').getByText('studio: the picture is black').waitFor({ state: 'attached' })
  await until(async () => (await page.title()).startsWith('(1) '), { timeout: TIMEOUT_MS })
  await page.getByRole('link', { name: 'Events' }).click()
  await page.getByRole('button', { name: 'Acknowledge black of studio' }).click()
  await page.getByText('seen by admin').waitFor()
  assert.is(port.alerts()[0]!.acknowledgedBy, 'admin')
  port.clear(alert)
  await page.getByRole('heading', { name: 'Alerts that are over' }).waitFor()
  await page.getByText('Critical, over').waitFor()
  await page.getByRole('link', { name: 'Wall', exact: true }).click()
  await line.waitFor({ state: 'detached' })
  assert.equal(faults, [])
})

test.after(closeBrowser)
test.run()
