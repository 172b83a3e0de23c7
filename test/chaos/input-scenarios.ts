import { beforeWrap, inTurn, timestamps, times, type Behaviour, type ServeFile } from '../support/peers/rtmp-server'
import { until } from '../support/until'
import type { Scenario } from './scenario'
import type { World } from './world'

const ONCE = { short: 0, long: 1 }

/** The capture's next connections meet the lying server; the present one is cut. */
function lie(world: World, ...behaviours: Behaviour[]): void {
  const { length } = world.liar.connections
  const next = inTurn(...behaviours)
  world.liar.behave(index => next(index - length))
  world.in.redirect(world.liar.port)
  world.in.cut('rst')
}

const serve = (world: World, more: Partial<ServeFile> = {}): ServeFile => ({
  kind: 'serve-file',
  file: world.media.flash,
  loop: true,
  ...more,
})

/** Resolves when the lying server serves it as it should, with the moment since when that connection is open. */
async function served(world: World): Promise<number> {
  const good = () =>
    world.liar.connections.find(({ behaviour, sent, open }) => open && behaviour.kind === 'serve-file' && sent > 0)
  const what = () => `the capture to be served; ${world.phases()}\n${world.relay.log.slice(-15).join('\n')}`
  return (await until(good, { timeout: 60_000, what })).openedAt
}

export const INPUT: readonly Scenario[] = [
  {
    name: 'publisher killed, back at once',
    of: 'capture',
    rounds: { short: 2, long: 20 },
    // On nginx the player's connection stays: the new stream follows in the same one, with timestamps from 0.
    lost: 'either',
    break: world => world.publisher.kill('SIGKILL'),
    mend: async world => {
      await world.publisher.exited
      return world.publish()
    },
  },
  {
    name: 'publisher killed, back after the loss was noticed',
    of: 'capture',
    rounds: { short: 1, long: 20 },
    break: world => world.publisher.kill('SIGKILL'),
    mend: async world => {
      await world.publisher.exited
      return world.publish()
    },
  },
  {
    name: 'publisher frozen (SIGSTOP 4 s)',
    of: 'capture',
    rounds: { short: 0, long: 2 },
    lasts: 4000,
    break: world => world.publisher.kill('SIGSTOP'),
    mend: world => void world.publisher.kill('SIGCONT'),
  },
  {
    name: "input's server killed and restarted",
    of: 'capture',
    rounds: { short: 1, long: 5 },
    break: world => world.source.kill('SIGKILL'),
    mend: async world => {
      await world.publisher.exited
      await world.source.restart()
      return world.publish()
    },
  },
  {
    name: "input's server frozen (SIGSTOP 5 s)",
    of: 'capture',
    rounds: { short: 0, long: 2 },
    lasts: 5000,
    break: world => world.source.kill('SIGSTOP'),
    mend: world => void world.source.kill('SIGCONT'),
  },
  { name: 'input: FIN', of: 'capture', rounds: { short: 1, long: 5 }, break: world => world.in.cut('fin') },
  { name: 'input: RST', of: 'capture', rounds: { short: 1, long: 5 }, break: world => world.in.cut('rst') },
  {
    name: 'input: port closed for 3 s',
    of: 'capture',
    rounds: { short: 0, long: 2 },
    lasts: 3000,
    break: async world => {
      await world.in.refuse()
      world.in.cut('rst')
    },
    mend: world => world.in.accept(),
  },
  {
    name: 'input: network frozen both ways',
    of: 'capture',
    rounds: { short: 0, long: 2 },
    break: world => world.in.freeze(),
    mend: world => world.in.thaw(),
  },
  {
    name: 'input: frozen towards us',
    of: 'capture',
    rounds: { short: 0, long: 2 },
    break: world => world.in.freeze('down'),
    mend: world => world.in.thaw('down'),
  },
  {
    name: 'input: throttled below its bit rate for 5 s',
    of: 'capture',
    rounds: ONCE,
    lost: 'either',
    lasts: 5000,
    break: world => world.in.throttle(30_000, 'down'),
    mend: world => world.in.throttle(Infinity, 'down'),
  },
  {
    name: 'input: 500 ms later for 3 s',
    of: 'capture',
    rounds: ONCE,
    lost: false,
    lasts: 3000,
    break: world => world.in.delay(500, 'down'),
    mend: world => world.in.delay(0, 'down'),
  },
  {
    name: 'input: half handshakes, then well',
    of: 'capture',
    rounds: ONCE,
    refusals: true,
    break: world => lie(world, ...times(2, { kind: 'half-handshake' }), serve(world)),
    mend: served,
  },
  {
    name: 'input: a storm of ten refusals, then well',
    of: 'capture',
    rounds: ONCE,
    refusals: true,
    break: world => lie(world, ...times(10, { kind: 'reject-connect' }), serve(world)),
    mend: served,
  },
  {
    name: 'input: garbage, then a flood, then well',
    of: 'capture',
    rounds: ONCE,
    refusals: true,
    relayed: true,
    break: world =>
      lie(
        world,
        { kind: 'garbage', after: 'handshake' },
        { kind: 'play-garbage-media' },
        { kind: 'flood', what: 'message', bytes: 40e6 },
        { kind: 'flood', what: 'chunk-streams', bytes: 40e6 },
        serve(world),
      ),
    mend: served,
  },
  {
    name: 'input: back in another size, rate and layout of sound',
    of: 'capture',
    rounds: { short: 1, long: 2 },
    break: (world, round) => lie(world, serve(world, { file: round % 2 ? world.media.flash : world.media.other })),
    check: async world => {
      const { width, height } = await world.relay.seen()
      return width === 640 && height === 360
        ? []
        : [`pictures of ${width}×${height}, not of the 640×360 that was asked for`]
    },
  },
  {
    name: 'input: another size and rate on the same connection',
    of: 'capture',
    rounds: ONCE,
    lost: 'either',
    break: world => world.publisher.kill('SIGKILL'),
    mend: async world => {
      await world.publisher.exited
      return world.publish(world.media.other)
    },
    check: async world => {
      const { width, height } = await world.relay.seen()
      return width === 640 && height === 360
        ? []
        : [`pictures of ${width}×${height}, not of the 640×360 that was asked for`]
    },
  },
  {
    name: 'input: its sound is lost, the picture goes on',
    of: 'capture',
    rounds: ONCE,
    break: world =>
      lie(world, serve(world, { edit: tag => (tag.type === 'audio' && tag.timestamp > 1500 ? [] : [tag]) })),
    lasts: 5000,
    noPairs: true,
  },
  {
    name: 'input: comes back without sound',
    of: 'capture',
    rounds: ONCE,
    break: world => lie(world, serve(world, { file: world.media.mute })),
    lasts: 4000,
    noPairs: true,
  },
  {
    name: 'input: timestamps wrap at 32 bits',
    of: 'capture',
    rounds: ONCE,
    break: world => lie(world, serve(world, { edit: timestamps({ start: beforeWrap(3000) }) })),
    lasts: 6000,
  },
  {
    name: 'input: timestamps jump an hour ahead, then back',
    of: 'capture',
    rounds: ONCE,
    break: world =>
      lie(
        world,
        serve(world, {
          edit: timestamps({
            start: 1000,
            jumps: [
              { at: 3000, by: 3_600_000 },
              { at: 6000, by: -3_599_000 },
            ],
          }),
        }),
      ),
    lasts: 9000,
  },
  {
    name: 'JavaScript blocked for 5 s',
    of: 'capture',
    rounds: { short: 1, long: 2 },
    lost: 'either',
    break: world => world.relay.ask({ type: 'stall', ms: 5000 }),
  },
]
