// suite: deep
// lane: browser
// deadline: 900
// What the page learns of the server as it happens: answers that fail, bursts of events, many tabs.
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { sleep, until } from '../../../test/support/until.js'
import { chromium, closeBrowser, type Opened, openPage, tileOf } from './open-page.js'

const test = suite('events on the page', { timeout: 300_000 })
const check = chromium ? test : test.skip
const TIMEOUT_MS = 120_000

/** Fails requests of a path while it is on; gives how many it has failed. */
async function failing(page: Page, path: string): Promise<{ on: boolean; count: number }> {
  const state = { on: true, count: 0 }
  await page.route(`**${path}`, async route => {
    if (!state.on) return route.continue()
    state.count++
    await route.abort()
  })
  return state
}

const readers = async ({ url }: Opened): Promise<number> =>
  Number(/^rxgst_api_event_readers (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())![1])

const untilReaders = (opened: Opened, count: number) =>
  until(async () => (await readers(opened)) === count, { timeout: TIMEOUT_MS, what: `${count} readers of events` })

check('a figure that did not come is told as lost, and as found with the next one', async () => {
  await using opened = await openPage()
  const { page, faults } = opened
  await tileOf(page, 'studio').waitFor()
  const lost = page.getByRole('alert').getByText('Connection lost.')
  const channels = await failing(page, '/api/v1/channels')
  await lost.waitFor()
  channels.on = false
  await lost.waitFor({ state: 'detached' })
  // The events have come all the time.
  assert.is(await readers(opened), 1)
  assert.equal(faults, [])
})

check('an alert is shown also where the first look at it failed', async () => {
  await using opened = await openPage({ path: '/events' })
  const { page, port, faults } = opened
  await page.getByRole('heading', { name: 'Events', exact: true, level: 1 }).waitFor({ state: 'attached' })
  await untilReaders(opened, 1)
  const alerts = await failing(page, '/api/v1/alerts')
  port.raise('studio', 'black', 'critical', 'the picture is black')
  await until(() => alerts.count > 0, { timeout: TIMEOUT_MS, what: 'a look at the alerts' })
  alerts.on = false
  await page.getByRole('button', { name: 'Acknowledge black of studio' }).waitFor()
  assert.equal(faults, [])
})

check('a burst of events costs a look a second', async () => {
  await using opened = await openPage()
  const { page, port, requests, faults } = opened
  await tileOf(page, 'studio').waitFor()
  await untilReaders(opened, 1)
  const looks = () => requests.filter(url => url.endsWith('/api/v1/channels')).length
  const [before, from] = [looks(), performance.now()]
  for (let i = 0; i < 100; i++) {
    port.note({ type: 'input-phase', channel: 'studio', user: null, message: `event ${i}`, data: {} })
    await sleep(50)
  }
  const most = 3 + (performance.now() - from) / 1000
  assert.ok(looks() - before <= most, `${looks() - before} looks`)
  await page.goto(`${opened.url}/events`)
  await page.getByText('event 99').first().waitFor()
  assert.equal(faults, [])
})

check('seven tabs have one stream of events; the one that is left last takes it over', async () => {
  await using opened = await openPage()
  const { page, port, url, faults } = opened
  const tabs = [page]
  for (let i = 0; i < 6; i++) {
    const tab = await page.context().newPage()
    tab.on('pageerror', error => faults.push(error.message))
    await tab.goto(url)
    await tileOf(tab, 'studio').waitFor()
    tabs.push(tab)
  }
  await untilReaders(opened, 1)
  const last = tabs.at(-1)!
  await last.goto(`${url}/channels/studio`)
  await last.getByRole('button', { name: 'Switch to standby' }).click()
  await last.getByRole('dialog').getByRole('button', { name: 'Switch' }).click()
  await last.locator('.on-air[data-input=standby]').waitFor()
  const shown = async (text: string, some: readonly Page[]) => {
    for (const tab of some) {
      await tab.getByRole('link', { name: /^Events/ }).click()
      await tab.getByText(text).first().waitFor()
    }
  }
  // What was there before they began, and what comes.
  await shown('studio shows standby', tabs)
  port.note({ type: 'switch', channel: 'studio', user: null, message: 'told to all', data: {} })
  await shown('told to all', tabs)
  await untilReaders(opened, 1)
  while (tabs.length > 1) {
    await tabs.pop()!.close()
    await untilReaders(opened, 1)
    port.note({ type: 'switch', channel: 'studio', user: null, message: `${tabs.length} are left`, data: {} })
    await shown(`${tabs.length} are left`, tabs.slice(0, 1))
  }
  assert.is(await page.getByText('told to all').count(), 1)
  assert.equal(faults, [])
})

check('where the browser has no locks, a tab that is not shown has no stream, and misses nothing', async () => {
  await using opened = await openPage({ path: '/events' })
  const { page, port, faults } = opened
  await page.addInitScript(`Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })`)
  await page.reload()
  await page.getByRole('link', { name: /^Events/ }).waitFor()
  await untilReaders(opened, 1)
  const turn = (state: string) =>
    page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { get: () => '${state}', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))`)
  await turn('hidden')
  await untilReaders(opened, 0)
  port.raise('studio', 'black', 'critical', 'the picture is black')
  // Its title tells of alerts all the same.
  await until(async () => (await page.title()).startsWith('(1) '), { timeout: TIMEOUT_MS, what: 'the alert' })
  assert.is(await readers(opened), 0)
  assert.is(await page.getByText('Connection lost.').count(), 0)
  await turn('visible')
  await untilReaders(opened, 1)
  await page.locator('.events').getByText('the picture is black').first().waitFor()
  assert.equal(faults, [])
})

test.after(closeBrowser)
test.run()
