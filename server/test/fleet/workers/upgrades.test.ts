// suite: deep
// deadline: 900
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { makeFile } from '../../../../test/support/peers/ffmpeg.js'
import { type RtmpServer, startRtmpServer } from '../../../../test/support/peers/rtmp-server.js'
import { suite } from '../../../../test/support/suite.js'
import { tempDir, tempFile } from '../../../../test/support/temp.js'
import { until } from '../../../../test/support/until.js'
import { type Fleet, hasPostgres, startFleet } from '../support.js'
import { startWorker, untilChannel, type WorkerProcess } from './workers.js'

const test = suite('fleet: upgrades, standbys and clocks of workers', { timeout: 300_000 })
const TTL_MS = 9000
const TTL = `${TTL_MS}ms`
const HOUR_MS = 3_600_000
const PATIENCE = { timeout: 120_000 }

const clip = makeFile(tempFile('in.flv'), { size: '320x180', gop: 15, duration: 10 })
const startInput = async (): Promise<RtmpServer> =>
  startRtmpServer({ kind: 'serve-file', file: await clip, loop: true })

interface Lease {
  readonly holder: string | null
  readonly epoch: string
  readonly fresh: boolean
}

async function leaseOf(fleet: Fleet): Promise<Lease> {
  const what = 'holder, epoch::text AS epoch, expires_at > rxgst.clock() AS fresh'
  const [row] = await fleet.sql(`SELECT ${what} FROM rxgst.leases WHERE channel = 'studio'`)
  return row as unknown as Lease
}

const publishers = (server: RtmpServer) => server.connections.filter(({ role }) => role === 'publisher')

/** More media comes over the newest publication. */
async function flows(server: RtmpServer, workers: readonly WorkerProcess[]): Promise<void> {
  await until(() => publishers(server).length > 0, { ...PATIENCE, what: () => workers.map(one => one.output()).join() })
  const { tags } = publishers(server).at(-1)!
  const before = tags.length
  await until(() => tags.length > before + 30, { ...PATIENCE, what: () => workers.map(one => one.output()).join() })
}

async function pidOf(worker: WorkerProcess): Promise<number> {
  let pid: number | null = null
  const asked = async () => (pid = (await worker.channel('studio'))?.process.pid ?? null) !== null
  await until(asked, { ...PATIENCE, what: () => `the process of the channel: ${worker.output()}` })
  return pid!
}

/** Ends the process of a channel whose server is killed: it may have ended by itself. */
function killLost(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

if (hasPostgres) {
  test('each worker is upgraded in turn: no process, holder or connection of a channel changes', async () => {
    await using fleet = await startFleet()
    await using input = await startInput()
    await using out = await startRtmpServer({ kind: 'accept-publish' })
    const channels = { studio: { inputs: [{ url: input.url() }], targets: { out: { url: out.url() } } } }
    const options = { url: fleet.workerUrl, ttl: TTL }
    await using a = startWorker({ name: 'a', ...options, channels })
    await using b = startWorker({ name: 'b', ...options })
    const { worker } = await untilChannel([a, b], 'studio', found => found.worker !== null)
    await flows(out, [a, b])
    const holder = worker === 'a' ? a : b
    const [pid, lease] = [await pidOf(holder), await leaseOf(fleet)]

    // Only who serves can hand over.
    for (const one of [a, b]) await until(() => one.output().includes('serving at'), PATIENCE)
    const upgraded: WorkerProcess[] = []
    try {
      for (const old of [a, b]) {
        const more = { folder: old.folder, args: ['--upgrade'], ...(old === a ? { channels } : {}) }
        const next = startWorker({ name: old.name, ...options, ...more })
        upgraded.push(next)
        await until(() => !old.child.running || !next.child.running, { ...PATIENCE, what: () => next.output() })
        assert.ok(next.child.running, next.output())
        assert.is((await old.child.exited).code, 0)
        await until(async () => (await next.view()) !== null, { ...PATIENCE, what: () => next.output() })
      }
      const now = upgraded.find(({ name }) => name === worker)!
      // The leases of the servers before would have expired by then.
      const from = performance.now()
      await until(() => performance.now() - from > 1.5 * TTL_MS, PATIENCE)
      await flows(out, upgraded)
      assert.is(await pidOf(now), pid)
      // The server that took over has acquired it anew.
      const { holder: keeper, epoch, fresh } = await leaseOf(fleet)
      assert.equal([keeper, fresh, BigInt(epoch) >= BigInt(lease.epoch)], [worker, true, true])
      assert.is(publishers(out).length, 1)
    } finally {
      await Promise.all(upgraded.map(one => one[Symbol.asyncDispose]()))
    }
  })

  test('a hot standby goes on air with the process that was ready', async () => {
    await using fleet = await startFleet()
    await using input = await startInput()
    await using out = await startRtmpServer({ kind: 'accept-publish' })
    const targets = { out: { url: out.url() } }
    const channels = { studio: { inputs: [{ url: input.url() }], targets, standby: 'hot' } }
    const options = { url: fleet.workerUrl, ttl: TTL }
    await using a = startWorker({ name: 'a', ...options, channels })
    await using b = startWorker({ name: 'b', ...options })
    await flows(out, [a, b])
    const { worker, standby } = await untilChannel([a, b], 'studio', found => found.standby?.ready === true)
    const [holder, other] = worker === 'a' ? [a, b] : [b, a]
    assert.is(standby!.worker, other.name)
    const [theirs, ready] = [await pidOf(holder), await pidOf(other)]
    // The gate of a standby is closed.
    assert.is(publishers(out).length, 1)
    // The machine is lost: the server, and the process of its channel.
    assert.ok(holder.child.kill('SIGKILL'))
    killLost(theirs)
    await until(() => publishers(out).length >= 2, { ...PATIENCE, what: () => other.output() })
    await flows(out, [other])
    assert.is(await pidOf(other), ready)
    assert.is((await leaseOf(fleet)).holder, other.name)
  })

  test('clocks of workers that are an hour wrong decide nothing', async () => {
    await using fleet = await startFleet()
    await using input = await startInput()
    await using out = await startRtmpServer({ kind: 'accept-publish' })
    const channels = { studio: { inputs: [{ url: input.url() }], targets: { out: { url: out.url() } } } }
    const options = { url: fleet.workerUrl, ttl: TTL }
    await using a = startWorker({ name: 'a', ...options, channels, env: shifted(-HOUR_MS) })
    await using b = startWorker({ name: 'b', ...options, env: shifted(HOUR_MS) })
    const first = await untilChannel([a, b], 'studio', found => found.worker !== null)
    await flows(out, [a, b])
    const [holder, other] = first.worker === 'a' ? [a, b] : [b, a]
    // Renewals count by the clock of the store: the lease stays where it is.
    const from = performance.now()
    await until(() => performance.now() - from > 2 * TTL_MS, PATIENCE)
    assert.equal(await leaseOf(fleet), { holder: holder.name, epoch: first.epoch, fresh: true })
    assert.is(publishers(out).length, 1)
    const theirs = await pidOf(holder)
    assert.ok(holder.child.kill('SIGKILL'))
    killLost(theirs)
    const second = await untilChannel([other], 'studio', found => found.worker === other.name)
    assert.ok(BigInt(second.epoch!) > BigInt(first.epoch!))
    await until(() => publishers(out).length >= 2, { ...PATIENCE, what: () => other.output() })
    await flows(out, [other])
  })
}

/** A clock that is wrong, for all of a process's JavaScript; monotonic clocks stay, as they do on a real machine. */
function shifted(byMs: number): Record<string, string> {
  const file = join(tempDir(), 'shift.cjs')
  writeFileSync(
    file,
    `const Real = Date
    globalThis.Date = class extends Real {
      constructor(...given) { if (given.length > 0) super(...given); else super(Real.now() + ${byMs}) }
      static now() { return Real.now() + ${byMs} }
    }`,
  )
  return { NODE_OPTIONS: `--require ${file}` }
}

test.run()
