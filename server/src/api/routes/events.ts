/** GET /api/v1/events */
import { z } from 'zod'
import { eventSchema } from '../schemas.js'
import { type EventStreamCounts, seesEvent, streamEvents } from '../streams/events.js'
import type { Access } from '../access/access.js'
import { type Bytes, type Route, route, WRITTEN } from './define.js'

const eventId = z.coerce.number().int().min(0)
export const eventsSchema = z.strictObject({
  events: z.array(eventSchema).readonly(),
  lost: z.boolean().describe('some events behind the given one are gone'),
})

export const eventRoutes = (access: Access, counts: EventStreamCounts): readonly Route[] => [
  route(
    {
      method: 'get',
      path: '/api/v1/events',
      role: 'viewer',
      tag: 'events',
      summary: 'Every change of state, alert, configuration and login',
      description:
        'Server-sent events: the id is that of the event, the data is the event as JSON. With Last-Event-ID or ' +
        '?after= it begins behind that event; an event of the type lost says that some are gone. A comment comes ' +
        'every 15 s. With Accept: application/json the events that the server has are answered at once.',
      query: z.object({ after: eventId.optional().describe('id of an event; 0: all that the server has') }),
      gives: { status: 200, schema: eventsSchema, type: 'text/event-stream' },
    },
    ({ port, who, query, request, response }): Bytes | typeof WRITTEN => {
      const lastId = eventId.safeParse(request.headers['last-event-id'] ?? query.after)
      const after = lastId.success ? lastId.data : null
      if (request.method === 'HEAD') return { type: 'text/event-stream', bytes: Buffer.alloc(0) }
      const accept = request.headers.accept ?? ''
      if (accept.includes('application/json') && !accept.includes('text/event-stream')) {
        const { events, lost } = port.eventsAfter(after ?? 0)
        const body = { events: events.filter(event => seesEvent(who, event)), lost }
        return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) }
      }
      streamEvents(port, who, response, after, () => access.stillValid(request, who), counts)
      return WRITTEN
    },
  ),
]
