import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { bootMs } from '../../src/core/boot-clock.js'
import type { Wanted } from '../../src/supervisor/channel/channel-deps.js'
import { type TestServer, testChannel, testServer } from './support/server.js'

// What a supervisor says of a lease; what a process does with it is told in server/test/channel/lease.test.
const test = suite('the lease of a channel', { timeout: 60_000 })

const live = ({ supervisor }: TestServer) => until(() => supervisor.channel('a').status.phase === 'live')
const told = ({ events }: TestServer, type: string) => events.filter(it => it.type === type).map(({ data }) => data)

test('its process is told, and one that begins later before its configuration', async () => {
  const server = await testServer({ channels: { a: testChannel() } })
  try {
    await live(server)
    const channel = server.supervisor.channelList.get('a')
    assert.equal(told(server, 'configure'), [{ leased: false }])
    // As of a fleet's supervisor.
    const { sender } = channel as unknown as { sender: { leased: boolean } }
    sender.leased = true
    const before = bootMs()
    await channel.mayConnect(5000)
    await channel.mayConnect(0, 7)
    await until(() => told(server, 'may-connect').length === 2)
    const [first, second] = told(server, 'may-connect')
    assert.equal([first!.forMs, first!.configured], [5000, true])
    const sinceMs = Number(first!.sinceMs)
    assert.ok(sinceMs >= before && sinceMs <= bootMs(), `${before} ${sinceMs}`)
    assert.equal(second, { forMs: 0, sinceMs: 7, configured: true })

    await channel.mayConnect(9000, 8)
    const { pid } = channel.process
    process.kill(pid!, 'SIGKILL')
    // Nobody is there to hear it, and nothing fails.
    await until(() => channel.process.pid !== pid)
    await channel.mayConnect(9000, 9)
    await until(() => told(server, 'configure').length === 2, { what: 'the next process' })
    assert.equal(told(server, 'configure')[1], { leased: true })
    // The second word may find a process that listens already, or none.
    const early = told(server, 'may-connect').filter(({ configured }) => configured === false)
    assert.is(early.at(-1)?.forMs, 9000)
  } finally {
    await server.supervisor.close(1000)
  }
})

test('one that runs beside the holder is known as such, until it is the holder itself', async () => {
  const server = await testServer({ channels: { a: testChannel() } })
  try {
    await live(server)
    const { channelList } = server.supervisor
    const channel = channelList.get('a')
    // As of a fleet's supervisor.
    Object.assign(channelList, { here: new Map() })
    const isStandby = () => (channel as unknown as { wanted: Wanted }).wanted.isStandby ?? false
    const roles: boolean[] = []
    for (const isHolder of [false, true, false]) {
      await channelList.runHere('a', isHolder)
      roles.push(isStandby())
    }
    assert.equal(roles, [true, false, true])
  } finally {
    await server.supervisor.close(1000)
  }
})

test.run()
