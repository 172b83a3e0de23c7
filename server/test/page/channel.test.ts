// suite: deep
// lane: browser
// deadline: 900
// A channel in Chromium: pictures and sound, graphs, targets, what an operator may do, lost connections and sessions.
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { chromium, closeBrowser, logIn, openPage, textOf, untilMoves } from './open-page.js'

const test = suite('a channel on the page', { timeout: 300_000 })
const check = chromium ? test : test.skip
const TIMEOUT_MS = 120_000
const path = '/channels/studio'

check('both pictures move, and the meters show their sound', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  await untilMoves(page, '[data-side=in] video')
  await untilMoves(page, '[data-side=out] video')
  await until(() => port.viewersNow === 2, { timeout: TIMEOUT_MS })
  const meter = page.getByRole('meter', { name: 'Sound level, Out' })
  await until(async () => Number(await meter.getAttribute('aria-valuenow')) > -40, {
    timeout: TIMEOUT_MS,
    what: 'a level of the tone',
  })
  await page.getByRole('button', { name: 'Live pictures: on' }).click()
  await until(() => port.viewersNow === 0, { timeout: TIMEOUT_MS })
  assert.equal(faults, [])
})

check('a target is stopped and started, with the events that this makes', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  const phase = () => port.channel('studio').status.targets.find(({ name }) => name === 'twitch')!.phase
  const ask = page.getByRole('dialog', { name: 'Stop twitch?' })
  await page.getByRole('button', { name: 'Stop twitch' }).click()
  assert.match(await textOf(ask), /Viewers see the stream end\./)
  await page.keyboard.press('Enter')
  await ask.waitFor({ state: 'detached' })
  assert.is(phase(), 'live')
  await page.getByRole('button', { name: 'Stop twitch' }).click()
  await ask.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Start twitch' }).waitFor()
  assert.is(phase(), 'stopped')
  await page.locator('.log').getByText('twitch of studio stopped').waitFor()
  // The second click of a double one undoes nothing.
  await page.getByRole('button', { name: 'Start twitch' }).dblclick({ delay: 200 })
  await page.getByRole('button', { name: 'Stop twitch' }).waitFor()
  await until(() =>
    page
      .getByRole('button', { name: 'Stop twitch' })
      .getAttribute('aria-disabled')
      .then(is => is === 'false'),
  )
  assert.is(phase(), 'live')
  assert.is(await ask.count(), 0)
  assert.equal(faults, [])
})

check('a stop says first what it will do; the way back has the focus', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  const dialog = page.getByRole('dialog', { name: 'Stop Studio 1?' })
  const stop = page.getByRole('button', { name: 'Stop', exact: true }).first()
  await stop.click()
  assert.match(await textOf(dialog), /youtube and twitch: viewers see the stream end.\s+archive: the file is closed/)
  assert.is(await page.evaluate('document.activeElement.textContent'), 'Cancel')
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  assert.is(port.channel('studio').status.phase, 'live')
  assert.is(await page.evaluate('document.activeElement.textContent'), 'Stop')
  await stop.click()
  await dialog.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
  assert.is(port.channel('studio').status.phase, 'stopped')
  assert.equal(faults, [])
})

check('another input is put on air', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  await page.getByRole('button', { name: 'Switch to standby' }).click()
  await page.getByText('camera leaves the air, and standby takes its place').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Switch' }).click()
  await page.locator('.on-air[data-input=standby]').waitFor()
  assert.is(port.channel('studio').status.inputs.find(({ onAir }) => onAir)!.name, 'standby')
  assert.equal(faults, [])
})

check('graphs of the last hour are drawn, with alerts as bands, and told in words', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  const plot = page.getByRole('img', { name: /^Bitrate, last hour: Out between 3\.\d\d Mb\/s and 4\.\d\d Mb\/s; In / })
  await plot.waitFor()
  await page.locator('.graph canvas').nth(3).waitFor()
  const colors = () =>
    page.evaluate<number>(`(() => {
      const canvas = document.querySelector('[data-graph=Bitrate] canvas')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      let reddish = 0
      for (let i = 0; i < data.length; i += 4) reddish += data[i + 3] > 200 && data[i] > 55 && data[i + 1] < 35
      return reddish
    })()`)
  assert.is(await page.locator('.graph canvas').count(), 4)
  assert.is(await colors(), 0)
  const alert = port.raise('studio', 'freeze', 'critical', 'the picture stands still')
  Object.assign(alert, { raisedAt: Date.now() - 600_000 })
  await until(async () => (await colors()) > 1000, { timeout: TIMEOUT_MS, what: 'a band' })
  assert.equal(faults, [])
})

check('two values at an axis have two labels, also where all are nearly the same', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  port.loudness = -23
  await page.addInitScript(`
    globalThis.labels = new Map()
    const { clearRect, fillText } = CanvasRenderingContext2D.prototype
    Object.assign(CanvasRenderingContext2D.prototype, {
      clearRect(...box) {
        labels.set(this.canvas, [])
        clearRect.apply(this, box)
      },
      fillText(text, ...place) {
        labels.get(this.canvas)?.push(text)
        fillText.call(this, text, ...place)
      },
    })`)
  await page.reload()
  const labels = () =>
    page.evaluate<string[]>(`labels.get(document.querySelector('[data-graph=Loudness] canvas')) ?? []`)
  const values = async () => (await labels()).filter(text => text.startsWith('-'))
  await until(async () => (await values()).some(text => text.startsWith('-23')), {
    timeout: TIMEOUT_MS,
    what: 'labels of the loudness',
  })
  const shown = await values()
  assert.ok(shown.length > 2, shown.join())
  assert.is(new Set(shown).size, shown.length, shown.join())
  assert.equal(faults, [])
})

check('an admin sees where to send to, and the key when asked for; an operator does not', async () => {
  const config = `server:
  ingest: { listen: 0.0.0.0:1935 }
channels:
  studio:
    title: Studio 1
    inputs: [{ ingest: camera }]
`
  await using opened = await openPage({ path, config })
  const { page, faults } = opened
  const show = page.getByRole('button', { name: 'Show the stream key' })
  await show.waitFor()
  assert.not.match(await page.content(), 'planted')
  await show.click()
  await page.getByText('camera-planted-key').waitFor()
  await page.getByText('rtmp://127.0.0.1:1935/live', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Hide the stream key' }).click()
  await show.waitFor()
  assert.not.match(await page.content(), 'planted')
  assert.equal(faults, [])
  await using other = await openPage({ path, config, login: null })
  await logIn(other.page, 'operator')
  await other.page.getByRole('heading', { name: 'Studio 1' }).waitFor()
  assert.is(await other.page.getByRole('heading', { name: 'Send to' }).count(), 0)
})

check('a viewer has no buttons that change something', async () => {
  await using opened = await openPage({ path, login: null })
  const { page, faults } = opened
  await logIn(page, 'viewer')
  await page.getByRole('heading', { name: 'Studio 1' }).waitFor()
  assert.is(await page.getByRole('button', { name: /^(Start|Stop|Restart|Switch)/ }).count(), 0)
  await page.getByRole('link', { name: 'Configuration' }).click()
  await page.getByText('The configuration is for admins.').waitFor()
  assert.equal(faults, [])
})

check('a lost connection is told, and found again; the sessions of the old server are over', async () => {
  await using opened = await openPage({ path, login: null })
  const { page } = opened
  await logIn(page, 'operator')
  await page.getByRole('heading', { name: 'Studio 1' }).waitFor()
  const startAgain = await opened.stopServer()
  await page.getByRole('alert').getByText('Connection lost.').waitFor()
  await startAgain()
  await page.getByText('Your session has ended. Log in to go on where you were.').waitFor()
  await logIn(page, 'operator')
  await page.getByRole('heading', { name: 'Studio 1' }).waitFor()
  assert.is(new URL(page.url()).pathname, path)
  assert.is(await page.getByText('Connection lost.').count(), 0)
})

test.after(closeBrowser)
test.run()
