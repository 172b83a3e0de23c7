import { inTurn, times } from '../support/peers/rtmp-server'
import { sleep, until } from '../support/until'
import type { Media } from './media'
import { startWorld, type World } from './world'

/** stop() of a capture and an output in a bad moment. */
export interface StopCase {
  readonly name: string
  /** Brings them there. */
  reach(world: World): Promise<unknown>
}

/** ms, for each of them. */
export const STOP_LIMIT = 5000

const away = (world: World, of: 'capture' | 'target 0' | 'target 1') =>
  until(() => world.relay.state(of)?.phase !== 'live', { what: () => world.phases(), timeout: 30_000 })
const waits = (world: World, of: 'capture' | 'target 0' | 'target 1') =>
  until(() => world.relay.state(of)?.phase === 'reconnecting', { what: () => world.phases(), timeout: 30_000 })

export const STOPS: readonly StopCase[] = [
  { name: 'stop while live', reach: async () => {} },
  {
    name: 'stop before a frozen network is noticed',
    reach: async world => {
      world.in.freeze()
      world.out.freeze()
      await sleep(300)
    },
  },
  {
    name: 'stop after a frozen network is noticed',
    reach: async world => {
      world.in.freeze()
      await away(world, 'capture')
      await sleep(300)
    },
  },
  {
    name: 'stop between two attempts at closed ports',
    reach: async world => {
      await Promise.all([world.in.refuse(), world.out.refuse()])
      world.in.cut('rst')
      world.out.cut('rst')
      await Promise.all([waits(world, 'capture'), waits(world, 'target 0')])
    },
  },
  {
    name: 'stop in half a handshake',
    reach: async world => {
      const [liar, other] = [world.liar.connections.length, world.other.connections.length]
      world.liar.behave(inTurn(...times(1, { kind: 'half-handshake' })))
      world.other.behave({ kind: 'half-handshake' })
      world.in.redirect(world.liar.port)
      world.in.cut('rst')
      world.other.cut('rst')
      await Promise.all([
        world.liar.connection(liar, ({ bytesIn }) => bytesIn > 1500),
        world.other.connection(other, ({ bytesIn }) => bytesIn > 1500),
      ])
    },
  },
  {
    name: 'stop with servers that are frozen (SIGSTOP)',
    reach: async world => {
      world.source.kill('SIGSTOP')
      world.sink.kill('SIGSTOP')
      await sleep(3000)
    },
  },
  {
    name: 'stop with servers that are gone',
    reach: async world => {
      world.source.kill('SIGKILL')
      world.sink.kill('SIGKILL')
      world.other.cut('fin')
      await sleep(1000)
    },
  },
]

export interface StopReport {
  name: string
  /** ms, the longer of the two. */
  took: number
  faults: string[]
}

/** Each in a world of its own, since it ends it. */
export async function playStops(media: Media, cases: readonly StopCase[] = STOPS): Promise<StopReport[]> {
  const reports: StopReport[] = []
  for (const { name, reach } of cases) {
    const report: StopReport = { name, took: NaN, faults: [] }
    reports.push(report)
    await using world = await startWorld(media)
    try {
      await reach(world)
      const { capture, output } = await world.relay.stop()
      report.took = Math.max(capture, output)
      if (report.took > STOP_LIMIT)
        report.faults.push(`capture ${capture.toFixed(0)} ms, output ${output.toFixed(0)} ms`)
      const { exit } = world.relay
      if (exit?.code !== 0) report.faults.push(`the process ended with ${exit?.code ?? exit?.signal}`)
    } catch (error) {
      report.faults.push((error as Error).message)
    }
  }
  return reports
}
