/** What stands outside /api: for scrapers, orchestrators and editors. */
import { z } from 'zod'
import { configSchema } from '../../core/schema.js'
import { livez, readyz } from '../http/probes.js'
import type { EventStreamCounts } from '../streams/events.js'
import type { PreviewCounts } from '../streams/preview.js'
import { answer, type Bytes, type Route, route } from './define.js'

const PLAIN = 'text/plain; charset=utf-8'
const text = (value: string, type = PLAIN): Bytes => ({ type, bytes: Buffer.from(value) })
const plain = { status: 200, schema: null, type: 'text/plain' } as const

let schema: Buffer | undefined
/** The JSON schema of the configuration, for editors. */
export const jsonSchema = (): unknown => z.toJSONSchema(configSchema, { io: 'input' })

/** What the readers of streams cost and lost. */
export interface StreamCounts {
  readonly events: EventStreamCounts
  readonly previews: PreviewCounts
}

function streamMetrics({ events, previews }: StreamCounts): string {
  const lines = (name: string, type: 'gauge' | 'counter', help: string, value: number) =>
    `# HELP rxgst_api_${name} ${help}\n# TYPE rxgst_api_${name} ${type}\nrxgst_api_${name} ${value}\n`
  return [
    lines('event_readers', 'gauge', 'Readers of events.', events.open),
    lines('event_readers_ended_total', 'counter', 'Readers of events that did not read.', events.ended),
    lines('previews', 'gauge', 'Viewers of previews.', previews.open),
    lines('preview_dropped_frames_total', 'counter', 'Frames that slow viewers lost.', previews.dropped),
    lines('previews_ended_total', 'counter', 'Viewers that did not read.', previews.ended),
  ].join('')
}

export const healthRoutes = (counts: StreamCounts): readonly Route[] => [
  route({ method: 'get', path: '/livez', role: null, tag: 'health', summary: 'The process turns', gives: plain }, () =>
    text(livez().text),
  ),
  route(
    {
      method: 'get',
      path: '/readyz',
      role: null,
      tag: 'health',
      summary: 'It takes new channels',
      gives: plain,
      also: { 503: 'It does not; the text says why' },
    },
    ({ port }) => {
      const { status, text: why } = readyz(port.notReady())
      return answer({ status, body: text(why) })
    },
  ),
  route(
    {
      method: 'get',
      path: '/metrics',
      role: 'metrics',
      allChannels: true,
      tag: 'health',
      summary: 'Of the server and of all channels, for Prometheus',
      gives: plain,
    },
    async ({ port }) =>
      text((await port.metrics()) + streamMetrics(counts), 'text/plain; version=0.0.4; charset=utf-8'),
  ),
  route(
    {
      method: 'get',
      path: '/schema.json',
      role: null,
      tag: 'configuration',
      summary: "The configuration's JSON schema, for editors",
      gives: { status: 200, schema: null, type: 'application/schema+json' },
    },
    () => ({ type: 'application/schema+json', bytes: (schema ??= Buffer.from(JSON.stringify(jsonSchema()))) }),
  ),
]
