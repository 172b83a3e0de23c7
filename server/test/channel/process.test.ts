import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempFile } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { MOST_TARGETS } from '../../src/core/limits.js'
import type { ToChannel } from '../../src/core/wire.js'
import { ChannelPeer, configOf } from './support.js'

const test = suite('channel: its process', { timeout: 180_000 })

const PNG_SIGNATURE = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Nobody listens at the discard port. */
const GOOD = { inputs: [{ url: 'rtmp://127.0.0.1:9/live/camera' }], targets: {} }

test('a wrong configuration and a wrong request are answered, and the process goes on', async () => {
  await using channel = await ChannelPeer.start()
  const send = (config: unknown) => channel.ask({ type: 'configure', name: 'studio', config: config as never })
  const good = configOf(GOOD)
  const wrong: unknown[] = [
    null,
    [],
    'text',
    {},
    { ...good, inputs: [] },
    { ...good, inputs: [null] },
    { ...good, inputs: [{ ingest: 'camera' }] },
    { ...good, inputs: [{ url: 'gopher://secret-password@x' }] },
    {
      ...good,
      inputs: [
        { name: 'a', url: 'rtmp://a/b/c' },
        { name: 'a', url: 'rtmp://a/b/d' },
      ],
    },
    { ...good, targets: { one: 5 } },
    { ...good, mode: 'both' },
    { ...good, fill: 'slate', slate: tempFile('no-such-file.png') },
    { ...good, monitor: { content: false, rules: [{ name: 'x', metric: 'secret-password' }] } },
  ]
  for (const config of wrong) {
    const error = await send(config)
    assert.ok(error, `taken: ${JSON.stringify(config)}`)
    assert.match(error.code, /^ERR_/)
    assert.is.not(error.code, 'ERR_INTERNAL', JSON.stringify(config))
    assert.ok(error.remedy.length > 0)
  }
  assert.is((await channel.ask({ type: 'switch', input: 'none' }))?.code, 'ERR_NOT_RUNNING')
  assert.is((await channel.ask({ type: 'preview-open', side: 'in' }))?.code, 'ERR_NOT_RUNNING')
  assert.is(
    (await channel.ask({ type: 'dance' } as unknown as Omit<ToChannel & { type: 'ping' }, 'id'>))?.code,
    'ERR_OPTION',
  )
  assert.is(await send(good), null)
  assert.is((await channel.ask({ type: 'switch', input: 'none' }))?.code, 'ERR_UNKNOWN_STREAM')
  assert.is((await channel.ask({ type: 'switch', input: 'input-1' }))?.code, 'ERR_NOT_RUNNING')
  assert.is((await channel.ask({ type: 'target-start', target: 'none' }))?.code, 'ERR_UNKNOWN_STREAM')
  const other = { ...good, fill: 'none' as const, slate: tempFile('no-such-file.png') }
  assert.is((await send(other))?.code, 'ERR_RESTART_NEEDED')
  const part = { ...other, targets: configOf({ ...GOOD, targets: { bad: { url: 'http://x/y' } } }).targets }
  assert.is(await channel.ask({ type: 'configure', name: 'studio', config: part, onAirOnly: true }), null)
  await channel.until(({ targets }) => targets[0]?.phase === 'failed', 'the target of the part')
  assert.is((await send(part))?.code, 'ERR_RESTART_NEEDED')
  // As many targets as the schema takes.
  const off = (i: number) => [`t${i}`, { url: `rtmp://127.0.0.1:9/live/${i}`, enabled: false }]
  const most = Object.fromEntries(Array.from({ length: MOST_TARGETS }, (_, i) => off(i)))
  assert.is(await send(configOf({ ...GOOD, targets: most })), null)
  // A target that the library refuses is the target's fault, and not the channel's.
  assert.is(
    await send({ ...good, targets: configOf({ ...GOOD, targets: { bad: { url: 'http://x/y' } } }).targets }),
    null,
  )
  await channel.until(({ targets }) => targets[0]?.phase === 'failed', 'the target that failed')
  assert.is(channel.target('bad')!.reason!.code, 'ERR_URL')
  const { phase, inputs } = await channel.until(({ inputs }) => inputs[0]?.reason, 'the input that nobody gives')
  assert.equal([phase, inputs[0]!.reason!.code], ['starting', 'ERR_CONNECTION_REFUSED'])
  assert.is(channel.exitCode, undefined)
})

test('a slate that cannot be decoded is black and told, and keeps no other change away', async () => {
  const [torn, empty] = [tempFile('torn.png'), tempFile('empty.jpg')]
  writeFileSync(torn, PNG_SIGNATURE)
  writeFileSync(empty, '')
  await using channel = await ChannelPeer.start()
  const [one, two] = [1, 2].map(i => ({ url: `rtmp://127.0.0.1:9/live/${i}`, enabled: false }))
  const config = { ...GOOD, fill: 'slate', slate: torn }
  assert.is(await channel.configure({ ...config, targets: { one, two } }), null)
  const told = () => channel.of('alert').map(({ alert }) => alert)
  await until(() => told().length === 1, { what: 'an alert' })
  const [first] = told()
  assert.equal([first!['rule'], first!['clearedAt']], ['slate-broken', null])
  assert.match(String(first!['message']), /torn\.png cannot be shown/)

  assert.is(await channel.configure({ ...config, slate: empty, targets: { one } }), null)
  await channel.until(({ targets }) => targets.length === 1, 'the target that was removed')
  await until(() => told().length === 3, { what: 'the alert of the other one' })
  const [, cleared, second] = told()
  assert.equal([cleared!['id'], cleared!['clearedBy']], [first!['id'], 'recovered'])
  assert.match(String(second!['message']), /empty\.jpg cannot be shown/)
  // Whoever comes later hears of it.
  assert.is(await channel.ask({ type: 'hand-over', deadlineMs: 60_000 }), null)
  channel.disconnect()
  channel.messages.length = 0
  await channel.connect()
  await until(() => told().length === 1, { what: 'the alert again' })
  assert.is(told()[0]!['id'], second!['id'])

  const missing = { ...config, slate: tempFile('none.png'), targets: { one } }
  assert.is((await channel.configure(missing))?.code, 'ERR_FILE')
})

test('one supervisor at a time; without one it ends, unless it was handed over', async () => {
  await using channel = await ChannelPeer.start()
  assert.is(await channel.configure(GOOD), null)
  const [hello] = channel.of('hello')
  assert.equal([hello!.pid, hello!.name], [channel.child.pid, null])
  const second = connect(channel.path)
  await new Promise(resolve => second.on('close', resolve).on('error', () => {}))
  assert.is(await channel.ask({ type: 'hand-over', deadlineMs: 20_000 }), null)
  await until(() => channel.status)
  channel.disconnect()
  channel.messages.length = 0
  await channel.connect()
  await until(() => channel.of('status').length > 0)
  assert.is(channel.of('hello')[0]!.name, 'studio')
  assert.is(await channel.ask({ type: 'ping' }), null)
  channel.disconnect()
  await until(() => channel.exitCode !== undefined, { what: 'the end of the process' })
  assert.is(channel.exitCode, 0)
  assert.match(channel.stderr, /the supervisor has gone/)
})

test('what is no frame ends the connection', async () => {
  await using channel = await ChannelPeer.start()
  channel.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
  await until(() => channel.exitCode !== undefined)
  assert.is(channel.exitCode, 0)
})

test.run()
