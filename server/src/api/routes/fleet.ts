/** /api/v1/fleet: the workers of a fleet and where its channels run, from any of its workers. */
import { z } from 'zod'
import type { FleetPort, FleetWorkerView } from '../../core/fleet.js'
import { Problem } from '../../core/problem.js'
import { nameSchema } from '../../core/schema.js'
import type { ServerPort } from '../../core/server-port.js'
import { requireChannel, seesChannel, unknownChannel } from '../access/roles.js'
import { fleetEventSchema, fleetSchema, workerNameSchema } from '../schemas.js'
import { seesEvent } from '../streams/events.js'
import { type Documented, type Route, route } from './define.js'

const tag = 'fleet'
const MOST_EVENTS = 1000
const FEW_EVENTS = 100
/** 404: no fleet, or nothing of that name. 503: the store does not answer. */
const STORE_PROBLEMS = [404, 503] as const
/** Of 64 bits, with its sign. */
const MOST_ID = 2n ** 63n - 1n

const eventId = z
  .string()
  .refine(text => /^\d{1,19}$/.test(text) && BigInt(text) <= MOST_ID, 'the id of an event is a number of 64 bits')

/** Throws ERR_NO_FLEET. */
function fleetOf({ fleet }: ServerPort): FleetPort {
  if (fleet) return fleet
  throw new Problem(404, 'ERR_NO_FLEET', 'this server is not one of a fleet', {
    remedy: 'server.fleet of the configuration names the store of a fleet.',
  })
}

function workerOf(fleet: FleetPort, name: string): FleetWorkerView {
  const worker = fleet.view().workers.find(known => known.name === name)
  if (worker) return worker
  throw new Problem(404, 'ERR_WORKER_UNKNOWN', `there is no worker '${name}' in the fleet`, {
    remedy: 'GET /api/v1/fleet lists them.',
  })
}

function drain(name: 'drain' | 'undrain', summary: string, description: string): Route {
  const documented = {
    method: 'post',
    path: `/api/v1/fleet/workers/{worker}:${name}`,
    role: 'operator',
    allChannels: true,
    tag,
    summary,
    description,
    params: z.object({ worker: workerNameSchema }),
    gives: { status: 204, schema: null },
    problems: STORE_PROBLEMS,
  } as const satisfies Documented
  return route(documented, async ({ port, who, params }) => {
    const fleet = fleetOf(port)
    const { name: worker } = workerOf(fleet, params.worker)
    await fleet.setDrain(worker, name === 'drain', who.name)
    return null
  })
}

export const fleetRoutes: readonly Route[] = [
  route(
    {
      method: 'get',
      path: '/api/v1/fleet',
      role: 'viewer',
      tag,
      summary: 'The workers of the fleet, and where the channels run that the user may see',
      description: 'As the worker that is asked has read it from the store; ageMs says how long ago.',
      gives: { status: 200, schema: fleetSchema },
      problems: [404],
    },
    ({ port, who }) => {
      const view = fleetOf(port).view()
      return { ...view, channels: view.channels.filter(({ id }) => seesChannel(who, id)) }
    },
  ),
  drain('drain', 'Has a worker give its channels to others, and take none', 'It stays so until it is undone.'),
  drain('undrain', 'Lets a worker take channels again', 'Channels that it gave away stay where they are.'),
  route(
    {
      method: 'post',
      path: '/api/v1/fleet/channels/{id}:move',
      role: 'operator',
      tag,
      summary: 'Moves a channel to a worker, or lets it run anywhere',
      description:
        'The worker runs the channel beside the present one until it is ready; then that one ends its targets, and ' +
        'this one connects them. null: the channel stays where it is, and may go anywhere from now on.',
      params: z.object({ id: nameSchema }),
      body: { schema: z.strictObject({ worker: workerNameSchema.nullable() }), checked: true },
      gives: { status: 204, schema: null },
      problems: [...STORE_PROBLEMS, 409],
    },
    async ({ port, who, params: { id }, body: { worker } }) => {
      const fleet = fleetOf(port)
      requireChannel(who, id)
      if (!fleet.view().channels.some(known => known.id === id)) throw unknownChannel(id)
      if (worker !== null) {
        const { away, draining } = workerOf(fleet, worker)
        if (away || draining) throw notAvailable(worker, away)
      }
      await fleet.move(id, worker, who.name)
      return null
    },
  ),
  route(
    {
      method: 'get',
      path: '/api/v1/fleet/events',
      role: 'viewer',
      tag,
      summary: 'What happened at all workers, the oldest first',
      query: z.object({
        after: eventId.optional().describe('id of an event: those behind it. Default: the newest ones'),
        limit: z.coerce.number().int().min(1).max(MOST_EVENTS).default(FEW_EVENTS),
      }),
      gives: {
        status: 200,
        schema: z.strictObject({
          events: z.array(fleetEventSchema).readonly(),
          last: z.string().nullable().describe('id to go on behind, also of events that the user may not see'),
        }),
      },
      problems: STORE_PROBLEMS,
    },
    async ({ port, who, query: { after, limit } }) => {
      const events = await fleetOf(port).events(after ?? null, limit)
      return { events: events.filter(event => seesEvent(who, event)), last: events.at(-1)?.id ?? after ?? null }
    },
  ),
]

const notAvailable = (worker: string, away: boolean): Problem =>
  new Problem(409, 'ERR_WORKER_UNAVAILABLE', `the worker '${worker}' is ${away ? 'away' : 'being drained'}`, {
    retryable: true,
    remedy: 'Choose another worker, or end its drain first.',
  })
