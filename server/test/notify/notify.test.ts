import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import * as assert from 'uvu/assert'
import { verifyWebhook } from 'rxgst'
import { systemClock } from 'rxgst/checks'
import { Problem } from '../../src/core/problem.js'
import type { WebhookConfig } from '../../src/core/schema.js'
import type { AlertView } from '../../src/core/status.js'
import { MailAddress } from '../../src/notify/mail.js'
import { Notifier } from '../../src/notify/notifier.js'
import { bodyOf, lasted, lineOf, mailOf } from '../../src/notify/shapes.js'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'

// What services get for an alert, from real HTTP and SMTP servers.
const test = suite('server: notifications', { timeout: 30_000 })

const SECRET = 'a-secret-of-the-receiver'
const TOKEN = '123456:the-token-of-the-bot'

const raised: AlertView = {
  id: 'a1',
  channel: 'studio',
  rule: 'black',
  metric: 'black',
  severity: 'critical',
  message: 'studio: black <12 s> & @channel *loud*',
  raisedAt: 1_700_000_000_000,
  clearedAt: null,
  clearedBy: null,
  value: 12,
  peak: 14,
  acknowledgedBy: null,
  acknowledgedAt: null,
}
const cleared: AlertView = { ...raised, clearedAt: raised.raisedAt + 45_000, clearedBy: 'recovered' }

interface Received {
  readonly path: string
  readonly signature: string
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: the body of another program
  readonly body: any
}

async function receiver(status = 200) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', part => (text += part))
    request.on('end', () => {
      const signature = String(request.headers['rxgst-signature'] ?? '')
      received.push({ path: request.url!, signature, text, body: JSON.parse(text) })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const logs: string[] = []
const log = (...parts: unknown[]): void => void logs.push(parts.map(String).join(' '))
const logger = { debug: log, info: log, warn: log, error: log }

function notifier(hooks: readonly WebhookConfig[], more: { privateAddresses?: boolean; telegram?: string } = {}) {
  const addresses = () => ({ server: [], all: hooks })
  const { privateAddresses = true, telegram } = more
  const options = { logger, clock: systemClock, addresses, privateAddresses: () => privateAddresses }
  return new Notifier({ ...options, ...(telegram !== undefined && { telegram }) })
}

test('each service gets an alert in its own shape, and its end', async () => {
  await using there = await receiver()
  const hooks: WebhookConfig[] = [
    { type: 'webhook', url: `${there.url}/webhook`, secret: SECRET },
    { type: 'slack', url: `${there.url}/slack` },
    { type: 'mattermost', url: `${there.url}/mattermost` },
    { type: 'discord', url: `${there.url}/discord` },
    { type: 'telegram', token: TOKEN, chat: -1000 },
  ]
  const tells = notifier(hooks, { telegram: there.url })
  tells.send(raised, { webhooks: hooks })
  tells.send(cleared, { webhooks: hooks })
  await until(() => there.received.length === 10)
  const of = (path: string): Received[] => there.received.filter(one => one.path.startsWith(path))

  const [signed] = of('/webhook')
  assert.ok(verifyWebhook(SECRET, signed!.signature, signed!.text))
  assert.equal([signed!.body.event, signed!.body.alert.id, signed!.body.lost], ['raised', 'a1', 0])
  assert.is(of('/webhook')[1]!.body.event, 'cleared')

  const [slack, over] = of('/slack')
  assert.is(slack!.body.text, '🔴 critical: studio: black &lt;12 s&gt; &amp; @channel *loud*')
  assert.is(slack!.body.mrkdwn, false)
  assert.match(over!.body.text, /^🟢 over after 45 s: studio/)
  assert.equal([slack!.body.attachments[0].color, over!.body.attachments[0].color], ['#d92d20', '#15803d'])

  assert.is(of('/mattermost')[0]!.body.text, '🔴 critical: studio: black \\<12 s\\> & @\u200bchannel \\*loud\\*')
  const [discord] = of('/discord')
  assert.equal(discord!.body.allowed_mentions, { parse: [] })
  assert.is(discord!.body.embeds[0].fields[0].value, 'studio')
  const [telegram] = of('/bot')
  assert.is(telegram!.path, `/bot${TOKEN}/sendMessage`)
  assert.equal([telegram!.body.chat_id, telegram!.body.parse_mode], [-1000, undefined])
  assert.match(telegram!.body.text, /critical: studio: black <12 s>/)
  await tells.close(1000)
})

test('mail: subject and text, with a login; a refused login is told by its status alone', async () => {
  const mails: string[] = []
  const server = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _, done) =>
      username === 'me' && password === 'p@ss' ? done(null, { user: 'me' }) : done(new Error('no')),
    onData(stream, _, done) {
      let text = ''
      stream.on('data', part => (text += String(part))).on('end', () => (mails.push(text), done()))
    },
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const mail = (password: string): WebhookConfig => ({
    type: 'mail',
    smtp: `smtp://me:${password}@127.0.0.1:${port}`,
    from: 'rxgst@example.com',
    to: ['night@example.com', 'day@example.com'],
  })
  const tells = notifier([mail('wr0ng-secret')])
  tells.send({ ...raised, message: 'studio: black 12 s' }, { webhooks: [mail('p%40ss')] })
  await until(() => mails.length === 1)
  assert.match(mails[0]!, /Subject: rxgst: critical: studio: black 12 s\r\n/)
  assert.match(mails[0]!, /To: night@example.com, day@example.com/)
  assert.match(mails[0]!, /Since: 2023-11-14T22:13:20.000Z/)
  const { sent, failed } = await tells.test()
  assert.is(sent, 0)
  assert.match(failed[0]!, /^mail 127\.0\.0\.1:\d+: SMTP status 535$/)
  await tells.close(1000)
  await new Promise<void>(resolve => server.close(resolve))
})

test('a test goes to each address once; what fails is named without its secrets', async () => {
  await using good = await receiver()
  await using bad = await receiver(403)
  const hooks: WebhookConfig[] = [
    { type: 'slack', url: `${good.url}/services/secret-path` },
    { type: 'slack', url: `${good.url}/services/secret-path` },
    { type: 'discord', url: `${bad.url}/api/webhooks/secret-token` },
    { type: 'webhook', url: 'http://127.0.0.1:1/secret-path', secret: SECRET },
  ]
  const tells = notifier(hooks)
  const { sent, failed } = await tells.test()
  assert.is(sent, 1)
  assert.is(good.received.length, 1)
  assert.match(good.received[0]!.body.text, /Test: rxgst can send alerts here/)
  assert.equal(failed.map(text => text.replace(/127\.0\.0\.1:\d+/, 'host')).sort(), [
    'discord host: status 403',
    'webhook host: ECONNREFUSED',
  ])
  await tells.close(100)
})

test('an address that is down holds up no other, and is tried again; private ones may be refused', async () => {
  await using good = await receiver()
  const hooks: WebhookConfig[] = [
    { type: 'webhook', url: 'http://127.0.0.1:1/secret-path', secret: SECRET },
    { type: 'slack', url: `${good.url}/slack` },
  ]
  const tells = notifier(hooks)
  tells.send(raised, { webhooks: hooks })
  const isTold = () => tells.stats().delivered === 1 && logs.some(line => /ECONNREFUSED; again in/.test(line))
  await until(isTold)
  assert.is(good.received.length, 1)
  assert.equal([tells.stats().delivered, tells.stats().queued], [1, 1])
  await tells.close(100)
  assert.not.match(logs.join('\n'), /secret-path|the-token|a-secret-of|wr0ng/)

  const closed = notifier(hooks, { privateAddresses: false })
  const { sent, failed } = await closed.test()
  assert.is(sent, 0)
  for (const text of failed) assert.match(text, /it has a private address, and allowPrivate is false/)
  await closed.close(100)
})

test('a reference that leads nowhere costs its own address alone, and is looked up at each try', async () => {
  await using there = await receiver()
  const hooks: WebhookConfig[] = [
    { type: 'slack', url: '${env:SLACK}' },
    { type: 'webhook', url: `${there.url}/${'${env:PATH_OF_HOOK}'}`, secret: SECRET },
  ]
  const values: Record<string, string> = { PATH_OF_HOOK: 'webhook' }
  const resolve = async (hook: WebhookConfig): Promise<WebhookConfig> => {
    const text = JSON.stringify(hook).replace(/\$\{env:(\w+)\}/g, (_, name: string) => {
      const value = values[name]
      if (value !== undefined) return value
      const message = `\${env:${name}} is not set`
      const problems = [{ file: '', line: null, column: null, path: 'server.webhooks[0].url', message }]
      throw new Problem(422, 'ERR_SECRET', message, { remedy: 'Set it.', problems })
    })
    return JSON.parse(text) as WebhookConfig
  }
  const addresses = () => ({ server: hooks, all: hooks })
  const tells = new Notifier({ logger, clock: systemClock, addresses, privateAddresses: () => true, resolve })
  assert.equal(await tells.test(), { sent: 1, failed: ['slack ${env:SLACK}: ${env:SLACK} is not set'] })
  tells.send(raised, null)
  tells.send(cleared, null)
  await until(() => tells.stats().delivered === 2, { timeout: 60_000 })
  assert.equal([tells.stats().queued, tells.stats().dropped], [2, 0])
  assert.equal(
    there.received.map(({ path, body }) => [path, body.event]),
    ['test', 'raised', 'cleared'].map(event => ['/webhook', event]),
  )

  values['SLACK'] = `${there.url}/slack`
  await until(() => tells.stats().delivered === 4, { timeout: 60_000 })
  const late = there.received.filter(({ path }) => path === '/slack').map(({ body }) => body.text)
  assert.match(late[0], 'critical: studio')
  assert.match(late[1], 'over after 45 s')
  await tells.close(1000)
})

test('an alert of the server itself has no empty field; no message is longer than its service takes', () => {
  const own = { ...raised, channel: '', message: `${'*'.repeat(999)}\u{1f534}`, rule: '_'.repeat(1000) }
  for (const type of ['slack', 'mattermost', 'discord'] as const) {
    assert.not.match(JSON.stringify(bodyOf(type, { event: 'raised', alert: own })), /"value":""/)
  }
  assert.not.match(mailOf({ event: 'raised', alert: own }).text, 'Channel')
  const { content, embeds } = bodyOf('discord', { event: 'raised', alert: own }) as {
    content: string
    embeds: { fields: { name: string; value: string }[] }[]
  }
  assert.ok(content.length <= 2000 && content.length > 1990, String(content.length))
  assert.match(content, /\\\*…$/)
  const [rule] = embeds[0]!.fields
  assert.ok(
    rule!.name === 'Rule' && rule!.value.length <= 1024 && rule!.value.length > 1015,
    String(rule!.value.length),
  )
  const short = bodyOf('discord', { event: 'raised', alert: { ...raised, message: 'black' } })
  assert.match(String(short['content']), /critical: black$/)
})

test('how long it was, and the line', () => {
  assert.equal([lasted(45_000), lasted(600_000), lasted(11_100_000)], ['45 s', '10 min', '3 h 5 min'])
  assert.is(lineOf({ event: 'cleared', alert: cleared }), `over after 45 s: ${raised.message}`)
})

test('private addresses are refused from the moment when the configuration says so', async () => {
  await using there = await receiver()
  let privateAddresses = true
  const hooks: WebhookConfig[] = [{ type: 'slack', url: `${there.url}/slack` }]
  const addresses = () => ({ server: [], all: hooks })
  const tells = new Notifier({ logger, clock: systemClock, addresses, privateAddresses: () => privateAddresses })
  assert.is((await tells.test()).sent, 1)
  privateAddresses = false
  const { sent, failed } = await tells.test()
  assert.is(sent, 0)
  assert.match(failed[0]!, 'private address')
  assert.is(there.received.length, 1)
  await tells.close(1000)
})

test('mail goes to a host with public addresses alone', async () => {
  const config = { type: 'mail', smtp: 'smtp://mail.invalid', from: 'a@b.c', to: ['d@e.f'] } as const
  for (const found of [['1.1.1.1', '127.0.0.1'], ['2606:4700::1111', '::1'], ['10.0.0.1'], []]) {
    const mail = new MailAddress(
      { ...config, to: [...config.to] },
      {
        privateAddresses: () => false,
        resolve: async () => found,
      },
    )
    const notice = { event: 'test', alert: raised } as const
    const outcome = await mail.send(notice, AbortSignal.timeout(10_000))
    assert.match(outcome.taken ? '' : outcome.why, 'private address', found.join())
  }
})

test.run()
