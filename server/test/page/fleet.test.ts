// suite: deep
// lane: browser
// deadline: 600
// The fleet in Chromium: only where there is one; workers, channels and events; a drain and a move.
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { Problem } from '../../src/core/problem.js'
import { FakeFleet } from '../api/fake-fleet.js'
import { chromium, closeBrowser, logIn, openPage, textOf } from './open-page.js'

const test = suite('the fleet of the page', { timeout: 150_000 })
const check = chromium ? test : test.skip
const TIMEOUT_MS = 60_000
const FLEET_TAB = { name: 'Fleet', exact: true }

check('a server alone has no tab for a fleet, and its page asks for none', async () => {
  await using opened = await openPage({ path: '/fleet' })
  const { page, requests, faults } = opened
  await page.getByText('This server is not one of a fleet.').waitFor()
  assert.is(await page.getByRole('link', FLEET_TAB).count(), 0)
  assert.equal(
    requests.filter(url => url.includes('/api/v1/fleet')),
    [],
  )
  assert.equal(faults, [])
})

check('workers, channels, and what happened at all of them', async () => {
  const fleet = new FakeFleet()
  await using opened = await openPage({ fleet })
  const { page, faults } = opened
  await page.getByRole('link', FLEET_TAB).click()
  const worker = (name: string) => textOf(page.locator(`[data-worker="${name}"]`))
  assert.match(await worker('studio-1'), /^studio-1 Here 62 % Channels 2 Cores 5\.0 of 8\.0 Version 0\.1\.0 This one/)
  assert.match(await worker('studio-3'), /^studio-3 Draining 5 %/)
  assert.match(await worker('studio-4'), /^studio-4 Away .* Not heard of for 1 min 33 s/)
  const meter = page.getByRole('meter', { name: 'Load of studio-1' })
  assert.is(await meter.getAttribute('aria-valuenow'), '62')
  const channel = (id: string) => textOf(page.locator(`[data-fleet-channel="${id}"]`))
  assert.match(await channel('studio'), /^Studio 1 studio-1 Standby – Wished anywhere Cores 1\.20 Epoch 1795000000123/)
  assert.match(await channel('chapel'), /Standby studio-2, ready/)
  assert.match(await channel('archive-loop'), /^archive-loop Off/)
  assert.match(await channel('sports'), /^sports Waits .*no worker has 4\.5 cores free/)
  await until(async () => (await page.locator('.event').count()) === 4, { timeout: TIMEOUT_MS })
  assert.match(await textOf(page.locator('.event').first()), /lease-acquired studio-1 chapel chapel runs on studio-1$/)
  fleet.note('studio-2', 'lease-lost', 'sports', null, 'sports is lost')
  await page.getByText('sports is lost').waitFor()
  assert.is(await page.locator('.event').count(), 5, 'none twice')
  await page.getByPlaceholder('Filter').fill('cores free')
  await page.locator('[data-fleet-channel="studio"]').waitFor({ state: 'detached' })
  assert.is(await page.locator('.fleet-row').count(), 1)
  // A channel that this worker does not know has no page here.
  assert.is(await page.locator('[data-fleet-channel="sports"] a').count(), 0)
  assert.equal(faults, [])
})

check('a worker is drained and a channel moved after a word, and what the server refuses is told', async () => {
  const fleet = new FakeFleet()
  await using opened = await openPage({ fleet, path: '/fleet' })
  const { page, faults } = opened
  await page.getByRole('button', { name: 'Drain of studio-1' }).click()
  const dialog = page.getByRole('dialog')
  assert.match(await textOf(dialog), /gives 2 channels to other workers/)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  assert.is(fleet.workers[0]!.draining, false)
  await page.getByRole('button', { name: 'Drain of studio-1' }).click()
  await dialog.getByRole('button', { name: 'Drain', exact: true }).click()
  await page.getByRole('button', { name: 'End drain of studio-1' }).waitFor()
  assert.is(fleet.workers[0]!.draining, true)
  await page.getByText('by admin').first().waitFor()

  const menu = page.getByLabel('Move Studio 1')
  const options = await menu.locator('option:not([disabled])').allInnerTexts()
  assert.equal(options, ['Move to …', 'studio-2'], 'no worker that is away or draining')
  await menu.selectOption({ label: 'studio-2' })
  fleet.fault = new Problem(503, 'ERR_STORE_UNREACHABLE', 'the store cannot be reached', { remedy: 'Is it up?' })
  await dialog.getByRole('button', { name: 'Move', exact: true }).click()
  await dialog.getByText('the store cannot be reached Is it up?').waitFor()
  fleet.fault = null
  await dialog.getByRole('button', { name: 'Move', exact: true }).click()
  await page.getByText('studio-2, getting ready').waitFor()
  assert.is(fleet.channels[0]!.preferredWorker, 'studio-2')
  assert.is(await menu.inputValue(), '')
  await menu.selectOption({ label: 'anywhere' })
  await dialog.getByRole('button', { name: 'Let it run anywhere' }).click()
  await until(() => fleet.channels[0]!.preferredWorker === null, { timeout: TIMEOUT_MS, what: 'no wish' })
  assert.equal(faults, [])
})

check('without the store the page says that what is on air goes on, and shows what was read last', async () => {
  const fleet = new FakeFleet()
  await using opened = await openPage({ fleet, path: '/fleet' })
  const { page, faults } = opened
  await page.locator('.event').first().waitFor()
  fleet.storeLost = true
  fleet.ageMs = 40_000
  fleet.fault = new Problem(503, 'ERR_STORE_UNREACHABLE', 'the store cannot be reached', { remedy: 'Is it up?' })
  await page.getByText('What is on air goes on').waitFor()
  assert.match(await textOf(page.locator('.store-lost')), /This is of 40 s ago/)
  assert.is(await page.locator('.worker').count(), 4)
  assert.is(await page.locator('.event').count(), 4)
  fleet.fault = null
  fleet.storeLost = false
  await page.locator('.store-lost').waitFor({ state: 'detached' })
  fleet.note('studio-2', 'store-back', null, null, 'the store is back')
  await page.getByText('the store is back').waitFor()
  assert.equal(faults, [])
})

check('a viewer looks, and has nothing to press', async () => {
  await using opened = await openPage({ fleet: new FakeFleet(), login: null, path: '/fleet' })
  const { page, faults } = opened
  await logIn(page, 'viewer')
  await page.locator('.worker').first().waitFor()
  assert.is(await page.getByRole('button', { name: /rain/ }).count(), 0)
  assert.is(await page.locator('select').count(), 0)
  assert.equal(faults, [])
})

test.after(closeBrowser)
test.run()
