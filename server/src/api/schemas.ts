/** What the API gives, as schemas, for the OpenAPI document and the tests. They say the same as the types of core. */
import { z } from 'zod'
import { channelSchema, nameSchema, targetSchema } from '../core/schema.js'
import type { FleetChannelView, FleetEventView, FleetView, FleetWorkerView } from '../core/fleet.js'
import type { ConfigProblem } from '../core/problem.js'
import type { ChannelView, ConfigText, HistoryPoint, IngestStream, Plan } from '../core/server-port.js'
import {
  type AlertView,
  type ChannelPhase,
  type ChannelStatus,
  type InputStatus,
  type Reason,
  SAMPLE_METRICS,
  type ServerEvent,
  type TargetStatus,
} from '../core/status.js'
import { ROLES } from './access/roles.js'

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly()
const unixMs = z.number().describe('Unix time, ms')
const count = z.number().int().min(0)

const reason = z
  .strictObject({ code: z.string(), message: z.string() })
  .meta({ id: 'Reason' }) satisfies z.ZodType<Reason>

const phase: z.ZodType<ChannelPhase> = z.enum([
  'stopped',
  'starting',
  'live',
  'filling',
  'reconnecting',
  'failed',
  'stopping',
  'crashed',
])

const inputStatus = z
  .strictObject({
    name: z.string(),
    url: z.string().describe('without key and credentials'),
    phase: z.string(),
    reason: reason.nullable(),
    nextRetryAt: unixMs.nullable(),
    onAir: z.boolean(),
  })
  .meta({ id: 'InputStatus' }) satisfies z.ZodType<InputStatus>

const targetStatus = z
  .strictObject({
    name: z.string(),
    kind: z.enum(['rtmp', 'srt', 'record']),
    url: z.string().describe('without key and credentials'),
    platform: z.string().nullable(),
    enabled: z.boolean(),
    phase: z.string(),
    reason: reason.nullable(),
    nextRetryAt: unixMs.nullable(),
    bitrate: z.number().describe('bit/s over the last seconds'),
    dropped: count.describe('packets lost since the start'),
    reconnects: count,
    queueMs: z.number().describe('ms of the stream that wait'),
  })
  .meta({ id: 'TargetStatus' }) satisfies z.ZodType<TargetStatus>

const side = z.number().nullable()
const channelStatus = z
  .strictObject({
    phase,
    reason: reason.nullable(),
    since: unixMs,
    nextRetryAt: unixMs.nullable(),
    inputs: list(inputStatus),
    targets: list(targetStatus),
    video: z.strictObject({ codec: z.string(), width: side, height: side, fps: side }).nullable(),
    audio: z.strictObject({ codec: z.string(), sampleRate: side, channels: side }).nullable(),
  })
  .meta({ id: 'ChannelStatus' }) satisfies z.ZodType<ChannelStatus>

export const alertSchema = z
  .strictObject({
    id: z.string(),
    channel: z.string(),
    rule: z.string(),
    metric: z.string(),
    severity: z.enum(['warning', 'critical']),
    message: z.string(),
    raisedAt: unixMs,
    clearedAt: unixMs.nullable(),
    clearedBy: z.string().nullable(),
    value: z.number(),
    peak: z.number(),
    acknowledgedBy: z.string().nullable(),
    acknowledgedAt: unixMs.nullable(),
  })
  .meta({ id: 'Alert' }) satisfies z.ZodType<AlertView>

export const eventSchema = z
  .strictObject({
    id: z.number().int(),
    at: unixMs,
    type: z.string(),
    channel: z.string().nullable(),
    user: z.string().nullable(),
    message: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' }) satisfies z.ZodType<ServerEvent>

export const metricSchema = z.enum(SAMPLE_METRICS)

export const channelConfigSchema = channelSchema.meta({ id: 'Channel' })
export const targetConfigSchema = targetSchema.meta({ id: 'Target' })

export const channelViewSchema = z
  .strictObject({
    id: nameSchema,
    config: channelConfigSchema.describe("with '***' for each secret; times in ms, sizes in bytes, bitrates in bit/s"),
    etag: z.string().describe('of the configuration, for If-Match'),
    status: channelStatus,
    figures: z.partialRecord(metricSchema, z.number().nullable()),
    thumbnailAt: unixMs.nullable(),
    alerts: list(alertSchema),
    process: z.strictObject({ pid: z.number().int().nullable(), starts: count, lastExit: z.string().nullable() }),
  })
  .meta({ id: 'ChannelView' }) satisfies z.ZodType<ChannelView>

export const configProblemSchema = z
  .strictObject({
    file: z.string(),
    line: z.number().int().nullable(),
    column: z.number().int().nullable(),
    path: z.string(),
    message: z.string(),
  })
  .meta({ id: 'ConfigProblem' }) satisfies z.ZodType<ConfigProblem>

export const planSchema = z
  .strictObject({
    steps: list(
      z.strictObject({
        path: z.string(),
        change: z.enum(['added', 'removed', 'changed']),
        effect: z.enum([
          'live',
          'reconnects-target',
          'restarts-channel',
          'starts-channel',
          'stops-channel',
          'restarts-server',
        ]),
        channel: z.string().nullable(),
        text: z.string(),
      }),
    ),
    problems: list(configProblemSchema),
    restarts: list(z.string()).describe('channels on air that it would restart: it needs allowRestart'),
  })
  .meta({ id: 'Plan' }) satisfies z.ZodType<Plan>

export const configTextSchema = z
  .strictObject({
    text: z.string().nullable(),
    file: z.string().nullable(),
    etag: z.string(),
    readOnly: z.boolean(),
    problems: list(configProblemSchema),
  })
  .meta({ id: 'ConfigText' }) satisfies z.ZodType<ConfigText>

export const ingestStreamSchema = z
  .strictObject({
    name: z.string(),
    url: z.string().describe("of the RTMP server: the encoder's 'server'"),
    key: z.string().describe("the encoder's 'stream key'; a secret, where streams need a key"),
  })
  .meta({ id: 'IngestStream' }) satisfies z.ZodType<IngestStream>

export const historySchema = list(
  z.strictObject({ at: unixMs, value: z.number().nullable() }) satisfies z.ZodType<HistoryPoint>,
)

export const sessionSchema = z
  .strictObject({
    user: z.string(),
    role: z.enum(ROLES),
    channels: list(z.string()).nullable().describe('null: all'),
    expiresAt: unixMs
      .nullable()
      .describe(
        'Unix ms; a session that nobody uses for twelve hours ends earlier; null: it does not expire by itself',
      ),
    fleet: z.boolean().describe('this server is one of a fleet'),
  })
  .meta({ id: 'Session' })
export type SessionView = z.output<typeof sessionSchema>

export const workerNameSchema = z
  .string()
  .max(63)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a worker has letters, digits, ., - and _')

const fleetWorkerSchema = z
  .strictObject({
    name: z.string(),
    self: z.boolean().describe('the worker that is asked'),
    version: z.string(),
    load: z.number().describe('0 to 1, of its capacity'),
    capacityCores: z.number(),
    channels: count.describe('whose lease it holds'),
    draining: z.boolean().describe('it gives its channels away, and takes none'),
    silentMs: z.number().describe('since the store heard of it last'),
    away: z.boolean().describe('it was not heard of for a TTL'),
  })
  .meta({ id: 'FleetWorker' }) satisfies z.ZodType<FleetWorkerView>

const fleetChannelSchema = z
  .strictObject({
    id: z.string(),
    title: z.string().nullable(),
    enabled: z.boolean(),
    worker: z.string().nullable().describe('that holds its lease; null: nobody has it now'),
    standby: z
      .strictObject({ worker: z.string(), ready: z.boolean() })
      .nullable()
      .describe('the worker that is ready for it, or is getting ready'),
    epoch: z.string().nullable().describe('of its lease, decimal'),
    preferredWorker: z.string().nullable(),
    costCores: z.number().nullable(),
    waitsFor: z.string().nullable().describe('why nobody runs it; null: it runs, or is not to run'),
  })
  .meta({ id: 'FleetChannel' }) satisfies z.ZodType<FleetChannelView>

export const fleetSchema = z
  .strictObject({
    worker: z.string().describe('that is asked'),
    ttlMs: z.number(),
    ageMs: z.number().describe('how old this is; more than a third of the TTL: the store is away'),
    storeLost: z.boolean(),
    workers: list(fleetWorkerSchema),
    channels: list(fleetChannelSchema),
  })
  .meta({ id: 'Fleet' }) satisfies z.ZodType<FleetView>

export const fleetEventSchema = z
  .strictObject({
    id: z.string().describe('decimal, of 64 bits'),
    at: unixMs.describe("Unix time of the store's clock, ms"),
    worker: z.string(),
    type: z.string(),
    channel: z.string().nullable(),
    user: z.string().nullable(),
    message: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'FleetEvent' }) satisfies z.ZodType<FleetEventView>

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().describe('stable, such as ERR_CHANNEL_UNKNOWN'),
    fault: z.enum(['options', 'peer', 'machine', 'engine']),
    retryable: z.boolean(),
    remedy: z.string(),
    problems: list(configProblemSchema).describe('of a configuration: each fault with its place'),
  })
  .meta({ id: 'Problem' })
