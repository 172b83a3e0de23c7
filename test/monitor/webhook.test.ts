import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { Subject } from 'rxjs'
import * as assert from 'uvu/assert'
import { systemClock, type Clock } from '../../src/core/clock'
import { RxGstError } from '../../src/core/errors'
import type { Alert } from '../../src/monitor/alert'
import { sign, verifyWebhook } from '../../src/monitor/signature'
import { webhook, type WebhookSender } from '../../src/monitor/webhook'
import type { WebhookOptions } from '../../src/monitor/webhook-options'
import { suite } from '../support/suite'
import { until } from '../support/until'
import { answer, cut, drip, hang, Receiver } from './receiver'

const test = suite('webhook')

const SECRET = 'a secret of some length'

const alert = (id: string, cleared = false): Alert => ({
  id,
  rule: 'black-warning',
  metric: 'black',
  stream: 'camera',
  severity: 'warning',
  raisedAt: 1_700_000_000_000,
  clearedAt: cleared ? 1_700_000_009_000 : null,
  value: 12,
  peak: 20,
  message: 'camera: black 12 s (above 10 s)',
  clearedBy: cleared ? 'recovered' : null,
  track: null,
  flaps: null,
})

/** Quick tries, since a test waits for them. */
const sending = (receiver: Receiver, options: Partial<WebhookOptions> = {}, clock?: Clock): WebhookSender =>
  webhook({ url: receiver.url, secret: SECRET, initialDelay: 5, maxDelay: 30, timeout: TIMEOUT, ...options }, clock)

/** Longest time of a request, which the test alone lets pass, and time of a test's waits for the sender; ms. */
const TIMEOUT = 60_000
const PATIENCE = 20_000

/**
 * A request's own time is over when a test says so, however long the machine takes. What passes besides is the wait
 * between two tries.
 */
class TryClock implements Clock {
  #now = 0
  readonly #requests = new Set<() => void>()
  now = (): number => this.#now
  unix = systemClock.unix

  setTimeout(fn: () => void, ms: number): unknown {
    if (ms === TIMEOUT) this.#requests.add(fn)
    return ms === TIMEOUT ? fn : setTimeout(() => ((this.#now += ms), fn()), ms)
  }
  clearTimeout(handle: unknown): void {
    this.#requests.delete(handle as () => void)
    clearTimeout(handle as NodeJS.Timeout)
  }
  /** The answer of a receiver that takes the request, and says nothing for too long. */
  readonly hang = (): void => {
    for (const over of [...this.#requests]) over()
  }
}

const codeOf = (options: unknown): { code: string; message: string } => {
  try {
    webhook(options as WebhookOptions)
    return { code: 'none', message: '' }
  } catch (error) {
    if (!(error instanceof RxGstError)) throw error
    return error
  }
}

test('options are checked, and secrets are in no message', () => {
  const good = { url: 'https://example.com/x', secret: SECRET }
  assert.is(codeOf(good).code, 'none')
  const wrong: object[] = [
    { url: undefined },
    { url: 'example.com' },
    { url: 'ftp://example.com/secret' },
    { url: 'https://me:secret@example.com' },
    { url: 7 },
    { secret: undefined },
    { secret: 'secret-short' },
    { queueSize: 0 },
    { queueSize: 1.5 },
    { timeout: 0 },
    { initialDelay: 0 },
    { initialDelay: 500, maxDelay: 100 },
    { giveUpAfter: -1 },
    { headers: 'x' },
    { headers: { 'a b': 'c' } },
    { retries: 3 },
    { logger: 1 },
    { allowPrivate: 0 },
    { allowPrivate: false, url: 'http://127.0.0.1/secret' },
    { allowPrivate: false, url: 'http://[::ffff:10.0.0.1]/secret' },
    { allowPrivate: false, url: 'http://2130706433/secret' },
    { allowPrivate: false, url: 'http://0x7f.1/secret' },
    // Each of them left the request unsent, or made it another one.
    ...[
      'content-length',
      'Transfer-Encoding',
      'host',
      'connection',
      'expect',
      'upgrade',
      'content-type',
      'rxgst-signature',
    ].map(name => ({ headers: { [name]: 'x' } })),
  ]
  for (const one of wrong) {
    const { code, message } = codeOf({ ...good, ...one })
    assert.is(code, 'ERR_OPTION', JSON.stringify(one))
    assert.not.match(message, 'secret-short')
    assert.not.match(message, '/secret')
    assert.not.match(message, ':secret@')
  }
  assert.is(codeOf(undefined).code, 'ERR_OPTION')
})

test('a raise and its clear arrive in order, as signed JSON', async () => {
  await using receiver = await new Receiver().start()
  const alerts$ = new Subject<Alert>()
  const sender = sending(receiver, { headers: { authorization: 'Bearer x' } })
  alerts$.subscribe(sender)
  alerts$.next(alert('one'))
  alerts$.next(alert('one', true))
  alerts$.complete()
  assert.ok(await sender.flush(PATIENCE))

  assert.equal(
    receiver.received.map(({ body }) => body),
    [
      { delivery: 'one-raised', event: 'raised', alert: alert('one'), lost: 0 },
      { delivery: 'one-cleared', event: 'cleared', alert: alert('one', true), lost: 0 },
    ],
  )
  for (const { headers, text } of receiver.received) {
    assert.equal([headers['content-type'], headers.authorization], ['application/json', 'Bearer x'])
    const header = headers['rxgst-signature'] as string
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header)!
    assert.ok(Math.abs(Number(t) - Date.now() / 1000) < 60)
    assert.is(
      v1,
      createHmac('sha256', SECRET).update(`${t}.${text}`).digest('hex'),
      'as the documentation says it is made',
    )
    assert.ok(verifyWebhook(SECRET, header, text))
  }
  assert.equal(sender.stats(), { delivered: 2, failedTries: 0, failed: 0, dropped: 0, queued: 0 })
  sender.dispose()
})

test('verification: the secret, the body, the time', () => {
  const now = 1_700_000_000_000
  const body = '{"delivery":"ä"}'
  const header = sign(SECRET, now / 1000, body)
  const ok = (secret = SECRET, head: string | undefined = header, text = body, at = now, tolerance?: number) =>
    verifyWebhook(secret, head, text, { now: at, tolerance })
  assert.ok(ok())
  assert.ok(ok(SECRET, header, body, now + 299_000))
  assert.not.ok(ok(SECRET, header, body, now + 301_000), 'an old one, sent again')
  assert.not.ok(ok(SECRET, header, body, now - 301_000), 'from the future')
  assert.ok(ok(SECRET, header, body, now + 301_000, 600))
  assert.not.ok(ok('another secret, as long'))
  assert.not.ok(ok(SECRET, header, `${body} `))
  assert.not.ok(ok(SECRET, header.replace('t=1', 't=2')))
  assert.not.ok(ok(SECRET, header.replace(/.$/, '')))
  for (const bad of ['', 'v1=', 'nonsense', header.toUpperCase(), `${header},v1=0`]) assert.not.ok(ok(SECRET, bad), bad)
  assert.not.ok(verifyWebhook(SECRET, undefined, body))
})

test('a receiver that fails, hangs, cuts and comes back gets every alert once, in order', async () => {
  await using receiver = await new Receiver().start()
  const clock = new TryClock()
  const bad = [answer(500), clock.hang, cut, answer(429), answer(503), clock.hang]
  receiver.answer = (response, received, index) => (bad[index] ?? answer(200))(response, received, index)
  const sender = sending(receiver, {}, clock)
  for (const id of ['one', 'two', 'three']) sender.next(alert(id))
  assert.ok(await sender.flush(PATIENCE))
  assert.equal(receiver.seen, [...Array<string>(7).fill('one raised'), 'two raised', 'three raised'])
  assert.is(
    new Set(receiver.received.slice(0, 7).map(({ body }) => body.delivery)).size,
    1,
    'one delivery, whatever it takes',
  )
  for (const { headers, text } of receiver.received)
    assert.ok(verifyWebhook(SECRET, headers['rxgst-signature'] as string, text), 'each try is signed anew')
  assert.equal(sender.stats(), { delivered: 3, failedTries: 6, failed: 0, dropped: 0, queued: 0 })
  sender.dispose()
})

test('a receiver that is not there is waited for', async () => {
  await using receiver = await new Receiver().start()
  await receiver.stop()
  const lines: string[] = []
  const log = (line: string) => void lines.push(line)
  const sender = sending(receiver, { logger: { debug: log, info: log, warn: log, error: log } })
  sender.next(alert('one'))
  sender.next(alert('one', true))
  await until(() => sender.stats().failedTries >= 3)
  assert.is(sender.stats().queued, 2)
  await receiver.start()
  assert.ok(await sender.flush(PATIENCE))
  assert.equal(receiver.seen, ['one raised', 'one cleared'])
  assert.match(lines[0]!, /^alert one-raised was not taken by 127\.0\.0\.1:\d+: ECONNREFUSED; again in \d+ ms$/)
  assert.not.ok(
    lines.some(line => line.includes('secret')),
    'neither the path nor the secret is logged',
  )
  sender.dispose()
})

test('what is refused is not tried again, and those behind it go on; a redirect is refused', async () => {
  await using receiver = await new Receiver().start()
  receiver.answer = (response, received, index) =>
    answer([400, 401, 302, 200][index]!, { location: 'http://127.0.0.1:1/elsewhere' })(response, received, index)
  const sender = sending(receiver)
  for (const id of ['a', 'b', 'c', 'd']) sender.next(alert(id))
  assert.ok(await sender.flush(PATIENCE))
  assert.equal(receiver.seen, ['a raised', 'b raised', 'c raised', 'd raised'])
  assert.equal(sender.stats(), { delivered: 1, failedTries: 3, failed: 3, dropped: 0, queued: 0 })
  assert.is(receiver.received[3]!.body.lost, 3, 'the receiver learns that something is missing')
  sender.dispose()
})

test('with allowPrivate false nothing goes to a name that leads into the network', async () => {
  await using receiver = await new Receiver().start()
  const said: string[] = []
  const logger = {
    debug: () => {},
    info: () => {},
    warn: (text: string) => void said.push(text),
    error: (text: string) => void said.push(text),
  }
  const url = receiver.url.replace('127.0.0.1', 'localhost')
  const sender = sending(receiver, { url, allowPrivate: false, giveUpAfter: 20, logger })
  sender.next(alert('a'))
  assert.is(await sender.flush(PATIENCE), true)
  assert.equal([sender.stats().failed, receiver.received.length], [1, 0])
  assert.match(said[0]!, 'it has a private address, and allowPrivate is false')
  const open = sending(receiver, { url })
  open.next(alert('b'))
  assert.is(await open.flush(PATIENCE), true)
  assert.equal(receiver.seen, ['b raised'])
})

test('an answer that never ends is an answer', async () => {
  await using receiver = await new Receiver().start()
  receiver.answer = drip
  const sender = sending(receiver)
  for (const id of ['a', 'b', 'c']) sender.next(alert(id))
  assert.ok(await sender.flush(PATIENCE))
  assert.is(sender.stats().delivered, 3)
  sender.dispose()
})

test('a delivery that nobody takes for giveUpAfter is given up', async () => {
  await using receiver = await new Receiver().start()
  receiver.answer = (response, received, index) =>
    answer(received.body.alert.id === 'a' ? 500 : 200)(response, received, index)
  const sender = sending(receiver, { giveUpAfter: 100 }, new TryClock())
  sender.next(alert('a'))
  assert.ok(await sender.flush(PATIENCE))
  assert.is(sender.stats().failed, 1)
  assert.ok(sender.stats().failedTries > 1)
  sender.next(alert('b'))
  assert.ok(await sender.flush(PATIENCE))
  assert.is(sender.stats().delivered, 1)
  sender.dispose()
})

test('a full queue drops its oldest, never the one under way, and says how many', async () => {
  await using receiver = await new Receiver().start()
  receiver.answer = hang
  const sender = sending(receiver, { queueSize: 3 })
  for (let i = 0; i < 1000; i++) sender.next(alert(`n${i}`))
  assert.equal(sender.stats(), { delivered: 0, failedTries: 0, failed: 0, dropped: 996, queued: 4 })
  await until(() => receiver.received.length === 1)
  receiver.answer = answer(200)
  receiver.drop()
  assert.ok(await sender.flush(PATIENCE))
  assert.equal(receiver.seen, ['n0 raised', 'n0 raised', 'n997 raised', 'n998 raised', 'n999 raised'])
  assert.is(receiver.received.at(-1)!.body.lost, 996)
  sender.dispose()
})

test('disposal ends the request under way and drops what waits; later alerts are dropped too', async () => {
  await using receiver = await new Receiver().start()
  receiver.answer = hang
  const sender = sending(receiver)
  for (const id of ['a', 'b']) sender.next(alert(id))
  await until(() => receiver.received.length === 1)
  const flushing = sender.flush(60_000)
  sender.dispose()
  sender.dispose()
  await flushing
  sender.next(alert('c'))
  assert.equal(sender.stats(), { delivered: 0, failedTries: 0, failed: 0, dropped: 3, queued: 0 })
})

test('flush says when something is left', async () => {
  await using receiver = await new Receiver().start()
  receiver.answer = answer(500)
  await using sender = sending(receiver)
  sender.next(alert('a'))
  assert.not.ok(await sender.flush(50))
  receiver.answer = answer(200)
})

test('what waits does not keep a process alive', () => {
  const path = join(__dirname, '../../src/monitor/webhook.js')
  const program = `
    const { webhook } = require(${JSON.stringify(path)})
    const options = { secret: ${JSON.stringify(SECRET)}, initialDelay: 3600000, maxDelay: 3600000 }
    webhook({ url: 'http://127.0.0.1:1/nobody-there', ...options }).next(${JSON.stringify(alert('a'))})`
  const { status, stderr } = spawnSync(process.execPath, ['-e', program], { timeout: 20_000, encoding: 'utf8' })
  assert.is(status, 0, stderr)
})

test.run()
