// suite: deep
// lane: browser
// deadline: 900
// The live pictures of a channel in Chromium: meters with and without leave to make sound, streams that change or stop.
import { BehaviorSubject, NEVER, switchMap } from 'rxjs'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { makeFlv, playFlv } from '../api/fake-preview.js'
import { chromium, closeBrowser, type Opened, openPage, untilMoves } from './open-page.js'

const test = suite('live pictures of the page', { timeout: 300_000 })
const check = chromium ? test : test.skip
const TIMEOUT_MS = 120_000
const path = '/channels/studio'
const [PICTURE_IN, PICTURE_OUT] = ['[data-side=in] video', '[data-side=out] video']
const BLOCKED = 'The meters begin with a click or a key.'

const meterOf = ({ page }: Opened) => page.getByRole('meter', { name: 'Sound level, Out' })

const untilMeasured = (opened: Opened) =>
  until(async () => Number(await meterOf(opened).getAttribute('aria-valuenow')) > -40, {
    timeout: TIMEOUT_MS,
    what: 'a level of the tone',
  })

/** Looks and calls that are no leave to make sound, as those of the driver are. */
async function withoutLeave(opened: Opened) {
  const session = await opened.page.context().newCDPSession(opened.page)
  const evaluate = async (expression: string): Promise<unknown> =>
    (await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result.value
  return {
    evaluate,
    untilSays: (text: string) =>
      until(() => evaluate(`document.body.innerText.includes(${JSON.stringify(text)})`), {
        timeout: TIMEOUT_MS,
        what: text,
      }),
  }
}

/** A new page of the channel, which nobody has touched when its live pictures begin. */
async function openUntouched(): Promise<Opened> {
  const opened = await openPage({ path })
  await until(() => opened.port.viewersNow === 2, { timeout: TIMEOUT_MS, what: 'the live pictures' })
  return opened
}

check('meters that the browser does not let begin are told, and begin with a key', async () => {
  await using opened = await openUntouched()
  const { evaluate, untilSays } = await withoutLeave(opened)
  await untilSays(BLOCKED)
  assert.is(await evaluate('navigator.userActivation.hasBeenActive'), false)
  assert.is(await evaluate(`document.querySelectorAll('.meter[data-measured=no]').length`), 2)
  // The pictures do not wait for the sound.
  const time = () => evaluate(`document.querySelector('${PICTURE_OUT}').currentTime`) as Promise<number>
  const before = await time()
  await until(async () => (await time()) > before, { timeout: TIMEOUT_MS, what: 'the picture to go on' })
  await opened.page.keyboard.press('Shift')
  await untilMeasured(opened)
  assert.is(await opened.page.getByText(BLOCKED).count(), 0)
  assert.equal(opened.faults, [])
})

check('meters begin also where the page saw no event of the leave', async () => {
  await using opened = await openUntouched()
  await opened.page.evaluate('0')
  await untilMeasured(opened)
  assert.equal(opened.faults, [])
})

check('pictures go on where the system takes the sound away, and the meters come back with it', async () => {
  await using opened = await openPage({ path })
  const { page, faults } = opened
  await page.addInitScript(`
    globalThis.contexts = []
    globalThis.AudioContext = class extends AudioContext {
      constructor() { super(); contexts.push(this) }
    }`)
  await page.reload()
  await untilMoves(page, PICTURE_OUT)
  await untilMeasured(opened)
  // As a call on a phone does: nobody can resume it.
  await page.evaluate(`contexts[0].resume = () => Promise.reject(new Error('taken')), contexts[0].suspend()`)
  await page.getByText(BLOCKED).waitFor({ timeout: TIMEOUT_MS })
  await until(async () => (await meterOf(opened).getAttribute('data-measured')) === 'no', { timeout: TIMEOUT_MS })
  await untilMoves(page, PICTURE_OUT)
  await page.evaluate('delete contexts[0].resume')
  await untilMeasured(opened)
  await untilMoves(page, PICTURE_OUT)
  assert.equal(faults, [])
})

check('another stream takes the place of the one that is shown, with its own size and sound', async () => {
  const [silent, loud] = await Promise.all([makeFlv({ size: '320x180', tone: false }), makeFlv()])
  const streams = new BehaviorSubject(silent)
  await using opened = await openPage({ path, preview: () => streams.pipe(switchMap(playFlv)) })
  const { page, port, faults } = opened
  const width = () => page.evaluate(`document.querySelector('${PICTURE_OUT}')?.videoWidth`)
  await untilMoves(page, PICTURE_OUT)
  assert.is(await width(), 320)
  assert.is(await meterOf(opened).getAttribute('aria-valuenow'), '-60')
  const sockets = (): number => opened.requests.filter(url => url.includes('/preview?side=out')).length
  const before = sockets()
  streams.next(loud)
  await until(async () => (await width()) === 640, { timeout: TIMEOUT_MS, what: 'the other size' })
  await untilMoves(page, PICTURE_IN)
  await untilMoves(page, PICTURE_OUT)
  await untilMeasured(opened)
  // Of one channel, which both sides play.
  assert.match((await meterOf(opened).getAttribute('aria-valuetext')) ?? '', /^(-\d+) and \1 dBFS/)
  streams.next(silent)
  await until(async () => (await width()) === 320, { timeout: TIMEOUT_MS, what: 'the first size' })
  await until(async () => (await meterOf(opened).getAttribute('aria-valuenow')) === '-60', { timeout: TIMEOUT_MS })
  // In the same socket.
  assert.is(sockets(), before)
  await until(() => port.viewersNow === 2, { timeout: TIMEOUT_MS })
  assert.equal(faults, [])
})

check('a picture that stands still is told, and goes on', async () => {
  const flv = await makeFlv()
  const flows = new BehaviorSubject(true)
  await using opened = await openPage({ path, preview: () => flows.pipe(switchMap(on => (on ? playFlv(flv) : NEVER))) })
  const { page, faults } = opened
  await untilMoves(page, PICTURE_OUT)
  await untilMeasured(opened)
  flows.next(false)
  await page.getByText('The live picture stands still.').first().waitFor({ timeout: TIMEOUT_MS })
  // The first words are there for a second, until it tries again.
  const ended = /The live picture broke off\.|No picture came\./
  await page.getByText(ended).first().waitFor({ timeout: TIMEOUT_MS })
  assert.is(await meterOf(opened).getAttribute('aria-valuenow'), '-60')
  flows.next(true)
  await untilMoves(page, PICTURE_OUT)
  await untilMeasured(opened)
  await page.locator('.picture-note').first().waitFor({ state: 'detached', timeout: TIMEOUT_MS })
  assert.equal(faults, [])
})

check('meters are there again after the live pictures were off', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  await untilMoves(page, PICTURE_OUT)
  await untilMeasured(opened)
  await page.getByRole('button', { name: 'Live pictures: on' }).click()
  await until(() => port.viewersNow === 0, { timeout: TIMEOUT_MS })
  await page.getByRole('button', { name: 'Live pictures: off' }).click()
  await untilMoves(page, PICTURE_OUT)
  await untilMeasured(opened)
  assert.equal(faults, [])
})

test.after(closeBrowser)
test.run()
