import { inTurn, times, type Behaviour } from '../support/peers/rtmp-server'
import { until } from '../support/until'
import type { Scenario } from './scenario'
import { isPicture } from './viewer'
import type { World } from './world'

/** Target 1 is cut; its next connections meet these, and the last of them is well. */
function lie(world: World, ...behaviours: Behaviour[]): void {
  const { length } = world.other.connections
  const next = inTurn(...behaviours, { kind: 'accept-publish' })
  world.other.behave(index => next(index - length))
  world.other.cut('rst')
}

/** The moment since when the lying server would take it: when the connection that it takes is opened. */
async function taken(world: World): Promise<number> {
  const good = () =>
    world.other.connections.find(({ open, ended, behaviour, tags, role }) => {
      if (!open || ended || role !== 'publisher' || behaviour.kind !== 'accept-publish') return false
      // One that will stop reading is none.
      return !behaviour.rate && behaviour.then === undefined && tags.some(isPicture)
    })
  return (await until(good, { timeout: 60_000, what: () => `target 1 to be taken; ${world.phases()}` })).openedAt
}

export const OUTPUT: readonly Scenario[] = [
  {
    name: "target's server killed, restarted after 1 s",
    of: 'target 0',
    rounds: { short: 2, long: 20 },
    lasts: 1000,
    break: world => world.sink.kill('SIGKILL'),
    mend: world => world.sink.restart(),
  },
  {
    name: "target's server killed, restarted after 6 s",
    of: 'target 0',
    rounds: { short: 0, long: 2 },
    lasts: 6000,
    break: world => world.sink.kill('SIGKILL'),
    mend: world => world.sink.restart(),
  },
  {
    name: "target's server frozen (SIGSTOP until noticed)",
    of: 'target 0',
    direct: true,
    rounds: { short: 0, long: 3 },
    break: world => world.sink.kill('SIGSTOP'),
    mend: world => void world.sink.kill('SIGCONT'),
  },
  { name: 'target: FIN', of: 'target 0', rounds: { short: 1, long: 5 }, break: world => world.out.cut('fin') },
  { name: 'target: RST', of: 'target 0', rounds: { short: 0, long: 5 }, break: world => world.out.cut('rst') },
  {
    name: 'target: port closed for 3 s',
    of: 'target 0',
    rounds: { short: 0, long: 2 },
    lasts: 3000,
    break: async world => {
      await world.out.refuse()
      world.out.cut('rst')
    },
    mend: world => world.out.accept(),
  },
  {
    name: 'target: network frozen both ways',
    of: 'target 0',
    rounds: { short: 0, long: 2 },
    break: world => world.out.freeze(),
    mend: world => world.out.thaw(),
  },
  {
    name: 'target: throttled to a fifth of its bit rate for 8 s',
    of: 'target 0',
    rounds: { short: 0, long: 1 },
    lost: 'either',
    lasts: 8000,
    break: world => world.out.throttle(18_000, 'up'),
    mend: world => world.out.throttle(Infinity, 'up'),
  },
  {
    name: 'target: 500 ms later for 3 s',
    of: 'target 0',
    rounds: { short: 0, long: 1 },
    lost: false,
    lasts: 3000,
    break: world => world.out.delay(500, 'up'),
    mend: world => world.out.delay(0, 'up'),
  },
  {
    name: 'target: BadName three times after a cut, then taken',
    of: 'target 1',
    rounds: { short: 1, long: 2 },
    refusals: true,
    break: world => lie(world, ...times(3, { kind: 'reject-publish' })),
    mend: taken,
  },
  {
    name: 'target: a storm of ten refusals, then taken',
    of: 'target 1',
    rounds: { short: 0, long: 1 },
    refusals: true,
    break: world => lie(world, ...times(10, { kind: 'reject-publish' })),
    mend: taken,
  },
  {
    name: 'target: half handshakes, then taken',
    of: 'target 1',
    rounds: { short: 0, long: 1 },
    refusals: true,
    break: world => lie(world, ...times(2, { kind: 'half-handshake' })),
    mend: taken,
  },
  {
    name: 'target: takes the handshake and no more, then taken',
    of: 'target 1',
    rounds: { short: 0, long: 1 },
    refusals: true,
    break: world => lie(world, { kind: 'handshake-silent' }, { kind: 'accept-silent' }),
    mend: taken,
  },
  {
    name: 'target: reads 10 kB/s for 8 s, then as it should',
    of: 'target 1',
    rounds: { short: 0, long: 1 },
    lost: 'either',
    lasts: 8000,
    break: world => lie(world, { kind: 'accept-publish', rate: 10_000 }),
    mend: async world => {
      world.other.behave({ kind: 'accept-publish' })
      world.other.cut('rst')
      return taken(world)
    },
  },
  {
    name: 'target: accepts and never reads',
    of: 'target 1',
    rounds: { short: 1, long: 2 },
    break: world => lie(world, { kind: 'accept-publish', after: 60_000, then: 'freeze' }),
    refusals: true,
    mend: taken,
  },
  {
    name: 'JavaScript blocked for 5 s while the server restarts',
    of: 'target 0',
    rounds: { short: 0, long: 1 },
    lost: 'either',
    break: async world => {
      const stalled = world.relay.ask({ type: 'stall', ms: 5000 })
      world.sink.kill('SIGKILL')
      await world.sink.restart()
      await stalled
    },
  },
]
