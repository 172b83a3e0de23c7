/**
 * The configuration: one schema for the YAML file, for the API, and for the JSON schema that editors read. What these
 * schemas give is checked and complete; nothing checks it again. Secrets are still references (`${env:NAME}`) here.
 */
import { z } from 'zod'

/** Name of a channel, an input or a target: it stands in URLs, file names and metrics. */
export const nameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    'a name has 1 to 63 lower-case letters, digits, - and _, and begins with a letter or a digit',
  )

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
/** '10m', '7d', '1.5s' in the file, or a number of ms, as the API gives it back; milliseconds when it was read. */
export const durationSchema = z.union([
  z.number().min(0),
  z
    .string()
    .regex(DURATION, "a time is a number with ms, s, m, h or d, such as '10m'")
    .transform(text => {
      const [, number, unit] = DURATION.exec(text)!
      return Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS]
    }),
])

const BITS = /^(\d+(?:\.\d+)?)([kM])$/
/** '4M', '800k', or a number; bit/s when it was read. */
export const bitrateSchema = z.union([
  z.number().int().min(10_000).max(200_000_000),
  z
    .string()
    .regex(BITS, "a bitrate is a number of bit/s, or a number with k or M, such as '4M'")
    .transform(text => {
      const [, number, unit] = BITS.exec(text)!
      return Math.round(Number(number) * (unit === 'k' ? 1e3 : 1e6))
    }),
])

const BYTES = /^(\d+(?:\.\d+)?)([kMGT])$/
const UNIT_BYTES = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const
/** '200G', or a number of bytes, as the API gives it back; bytes when it was read. */
export const bytesSchema = z.union([
  z.number().int().min(0),
  z
    .string()
    .regex(BYTES, "a size is a number with k, M, G or T, such as '200G'")
    .transform(text => {
      const [, number, unit] = BYTES.exec(text)!
      return Math.round(Number(number) * UNIT_BYTES[unit as keyof typeof UNIT_BYTES])
    }),
])

const side = z.number().int().min(16).max(8192).multipleOf(2)
const videoCodec = z.enum(['h264', 'hevc', 'av1'])

/** What an encoder makes. An absent size or rate is that of the first input. */
export const encodeSchema = z.strictObject({
  width: side.optional(),
  height: side.optional(),
  fps: z.number().min(1).max(240).optional(),
  bitrate: bitrateSchema.default(4_000_000),
  keyframeInterval: z.number().min(0.5).max(20).default(2),
  codec: videoCodec.default('h264'),
})

/** What one target asks for in place of the programme's own packets. */
export const targetEncodeSchema = encodeSchema.partial().omit({ fps: true })

/** An input: an address, or a file that is looped. */
export const inputSchema = z.union([
  z.strictObject({
    name: nameSchema.optional(),
    url: z.string().min(1).max(2048),
    streamKey: z.string().max(512).optional(),
  }),
  z.strictObject({ name: nameSchema.optional(), file: z.string().min(1).max(4096) }),
  z.strictObject({ name: nameSchema.optional(), ingest: nameSchema }),
])

const platformSchema = z.enum(['youtube', 'twitch', 'facebook', 'kick', 'custom'])

/** A target: an RTMP or SRT address, or a recording. */
export const targetSchema = z.union([
  z.strictObject({
    url: z.string().min(1).max(2048),
    streamKey: z.string().max(512).optional(),
    platform: platformSchema.default('custom'),
    encode: targetEncodeSchema.optional(),
    enabled: z.boolean().default(true),
  }),
  z.strictObject({
    record: z.string().min(1).max(4096),
    format: z.enum(['mp4', 'flv', 'ts']).default('mp4'),
    segment: durationSchema.optional(),
    keep: durationSchema.optional(),
    maxSize: bytesSchema.optional(),
    encode: targetEncodeSchema.optional(),
    enabled: z.boolean().default(true),
  }),
])

/** Where alerts go: the library's signed webhook, or the shape of a service. */
export const webhookSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('webhook').default('webhook'),
    url: z.string().max(2048),
    secret: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('slack'), url: z.string().max(2048) }),
  z.strictObject({ type: z.literal('mattermost'), url: z.string().max(2048) }),
  z.strictObject({ type: z.literal('discord'), url: z.string().max(2048) }),
  z.strictObject({ type: z.literal('telegram'), token: z.string(), chat: z.union([z.string(), z.number()]) }),
  z.strictObject({
    type: z.literal('mail'),
    smtp: z.string().max(2048),
    from: z.string().max(320),
    to: z.array(z.string().max(320)).min(1).max(50),
  }),
])

/** A rule of a monitor: the library's own fields (docs/monitoring.md), checked by the library. */
export const ruleSchema = z.record(z.string(), z.unknown())

export const channelSchema = z.strictObject({
  title: z.string().max(200).optional(),
  enabled: z.boolean().default(true),
  inputs: z.array(inputSchema).min(1).max(8),
  holdBack: durationSchema.default(5000),
  mode: z.union([z.literal('copy'), z.strictObject({ encode: encodeSchema })]).default('copy'),
  fill: z.enum(['none', 'repeat', 'slate']).default('repeat'),
  /** A picture (PNG, JPEG), or a video file, which is looped. */
  slate: z.string().min(1).max(4096).optional(),
  targets: z.record(nameSchema, targetSchema).default({}),
  monitor: z
    .strictObject({
      content: z.boolean().default(false),
      rules: z.union([z.literal('default'), z.array(ruleSchema).max(100)]).default('default'),
    })
    .prefault({}),
  webhooks: z.array(webhookSchema).max(20).default([]),
  /** Memory that the channel's process may take, bytes. */
  memoryLimit: bytesSchema.optional(),
})

export const serverSchema = z.strictObject({
  /** host:port, and unix:/path beside it. */
  listen: z.union([z.string(), z.array(z.string()).min(1).max(8)]).default('127.0.0.1:8787'),
  ingest: z
    .strictObject({ listen: z.string().default('127.0.0.1:1935'), streamKeys: z.boolean().default(true) })
    .optional(),
  /** Folder of what the server keeps: history, events, sockets, sessions. */
  state: z.string().default('/var/lib/rxgst'),
  users: z.string().optional(),
  readOnly: z.boolean().default(false),
  trustedProxies: z.array(z.string()).max(100).default([]),
  hosts: z.array(z.string()).max(100).default([]),
  tls: z.strictObject({ cert: z.string(), key: z.string() }).optional(),
  /** Folders in which slates, files and recordings may lie; default: that of the configuration, and `state`. */
  folders: z.array(z.string()).max(100).optional(),
  /** Schemes that inputs and targets may have. */
  schemes: z
    .array(z.enum(['rtmp', 'rtmps', 'srt', 'rtsp', 'rtsps', 'http', 'https', 'file']))
    .default(['rtmp', 'rtmps', 'srt', 'rtsp', 'rtsps', 'http', 'https', 'file']),
  /** false: an address in a private network is refused (SSRF). */
  privateAddresses: z.boolean().default(true),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  webhooks: z.array(webhookSchema).max(20).default([]),
})

export const configSchema = z.strictObject({
  server: serverSchema.prefault({}),
  channels: z.record(nameSchema, channelSchema).default({}),
})

export type EncodeConfig = z.output<typeof encodeSchema>
export type InputConfig = z.output<typeof inputSchema>
export type TargetConfig = z.output<typeof targetSchema>
export type WebhookConfig = z.output<typeof webhookSchema>
export type ChannelConfig = z.output<typeof channelSchema>
export type ServerConfig = z.output<typeof serverSchema>
export type Config = z.output<typeof configSchema>
