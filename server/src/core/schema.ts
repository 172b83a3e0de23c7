/**
 * The configuration: one schema for the YAML file, for the API, and for the JSON schema that editors read. What these
 * schemas give is checked and complete; nothing checks it again. Secrets are still references (`${env:NAME}`) here.
 * What was read is a valid configuration itself, so a client may send back what it got. The descriptions make
 * docs/server/configuration.md (scripts/generate-config-reference.mjs).
 */
import { z } from 'zod'
import { MOST_INPUTS, MOST_TARGETS } from './limits.js'

/** Name of a channel, an input or a target: it stands in URLs, file names and metrics. */
export const nameSchema = z
  .string()
  .regex(
    // Without the names that each object of JavaScript has.
    /^(?!constructor$)[a-z0-9][a-z0-9_-]{0,62}$/,
    'a name has 1 to 63 of a-z, 0-9, - and _, and begins with one of a-z and 0-9',
  )
  .meta({ title: 'name' })

const LONGEST_MS = 10 * 365 * 86_400_000
const DURATION = /^(\d{1,15}(?:\.\d{1,6})?)(ms|s|m|h|d)$/
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
/** '10m', '7d', '1.5s' in the file; milliseconds when it was read. */
export const durationSchema = z
  .union([
    z.number().min(0).max(LONGEST_MS),
    z
      .string()
      .regex(DURATION, "a time is a number of ms, or a number with ms, s, m, h or d, such as '10m'")
      .transform((text, context) => {
        const [, number, unit] = DURATION.exec(text)!
        const ms = Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS]
        if (ms > LONGEST_MS) context.addIssue('a time is ten years at most')
        return ms
      }),
  ])
  .meta({ title: 'time' })

const LOWEST_BITRATE = 10_000
const HIGHEST_BITRATE = 200_000_000
const BITS = /^(\d{1,15}(?:\.\d{1,6})?)([kM])$/
/** '4M', '800k', or a number; bit/s when it was read. */
export const bitrateSchema = z
  .union([
    z.number().int().min(LOWEST_BITRATE).max(HIGHEST_BITRATE),
    z
      .string()
      .regex(BITS, "a bitrate is a number of bit/s, or a number with k or M, such as '4M'")
      .transform((text, context) => {
        const [, number, unit] = BITS.exec(text)!
        const bits = Math.round(Number(number) * (unit === 'k' ? 1e3 : 1e6))
        if (bits < LOWEST_BITRATE || bits > HIGHEST_BITRATE) context.addIssue('a bitrate is 10k to 200M')
        return bits
      }),
  ])
  .meta({ title: 'bitrate' })

const MOST_BYTES = 1e15
const BYTES = /^(\d{1,15}(?:\.\d{1,6})?)([kMGT])$/
const UNIT_BYTES = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const
/** '200G'; bytes when it was read. */
export const bytesSchema = z
  .union([
    z.number().int().min(1).max(MOST_BYTES),
    z
      .string()
      .regex(BYTES, "a size is a number of bytes, or a number with k, M, G or T, such as '200G'")
      .transform((text, context) => {
        const [, number, unit] = BYTES.exec(text)!
        const bytes = Math.round(Number(number) * UNIT_BYTES[unit as keyof typeof UNIT_BYTES])
        if (bytes < 1 || bytes > MOST_BYTES) context.addIssue('a size is 1 byte to 1000T')
        return bytes
      }),
  ])
  .meta({ title: 'size' })

const side = z.number().int().min(16).max(8192).multipleOf(2)
const videoCodec = z.enum(['h264', 'hevc', 'av1'])
const address = z.string().min(1).max(2048)
const key = z.string().min(1).max(512)
const path = z.string().min(1).max(4096)

/** What an encoder makes. An absent size or rate is that of the first input. */
export const encodeSchema = z.strictObject({
  width: side.optional().describe('Width, pixels, an even number. Default: that of the first input'),
  height: side.optional().describe('Height, pixels, an even number. Default: that of the first input'),
  fps: z.number().min(1).max(240).optional().describe('Pictures a second. Default: those of the first input'),
  bitrate: bitrateSchema.prefault('4M').describe('Bitrate of the pictures: bit/s, or with k or M'),
  keyframeInterval: z.number().min(0.5).max(20).default(2).describe('Time between two keyframes, seconds'),
  codec: videoCodec.default('h264').describe('Codec of the pictures'),
})

/** What one target asks for in place of the programme's own packets. */
export const targetEncodeSchema = z.strictObject({
  width: side.optional().describe("Width, pixels, an even number. Default: the programme's"),
  height: side.optional().describe("Height, pixels, an even number. Default: the programme's"),
  bitrate: bitrateSchema
    .optional()
    .describe("Bitrate of the pictures: bit/s, or with k or M. Default: the programme's"),
  keyframeInterval: z
    .number()
    .min(0.5)
    .max(20)
    .optional()
    .describe("Time between two keyframes, seconds. Default: the programme's"),
  codec: videoCodec.optional().describe("Codec of the pictures. Default: the programme's"),
})

const inputName = nameSchema.optional().describe("Name for switching by hand, and of metrics. Default: 'input-1' …")

/** An input: an address, or a file that is looped. */
export const inputSchema = z.union([
  z.strictObject({
    name: inputName,
    url: address.describe('Address: rtmp, rtmps, srt, rtsp, rtsps, http, https (HLS) or file'),
    streamKey: key.optional().describe('Stream key, where the address is that of the RTMP server alone. Default: none'),
  }),
  z.strictObject({
    name: inputName,
    file: path.describe('File, which is looped: a path, relative to the folder of the configuration'),
  }),
  z.strictObject({
    name: inputName,
    ingest: nameSchema.describe("Name of a stream that is sent to the server's own RTMP server, `server.ingest`"),
  }),
])

const platformSchema = z.enum(['youtube', 'twitch', 'facebook', 'kick', 'custom'])
const targetEncode = targetEncodeSchema
  .optional()
  .describe('An encode of its own. Default: the packets of the programme')
const targetEnabled = z.boolean().default(true).describe('false: it is kept, and not connected')

/** A target: an RTMP or SRT address, or a recording. */
export const targetSchema = z.union([
  z.strictObject({
    url: address.describe('Address: rtmp, rtmps or srt, with its key; `${env:NAME}` and the like stand for secrets'),
    streamKey: key.optional().describe('Stream key, where the address is that of the RTMP server alone. Default: none'),
    platform: platformSchema.default('custom').describe('Platform, whose limits are checked, and whose name is shown'),
    encode: targetEncode,
    enabled: targetEnabled,
  }),
  z.strictObject({
    record: path.describe(
      'Folder of a recording, or a pattern of files with %Y %m %d %H %M %S; relative to that of the configuration',
    ),
    format: z.enum(['mp4', 'flv', 'ts']).default('mp4').describe('Container of the files'),
    segment: durationSchema.optional().describe('Length of a file: ms, or with s, m, h. Default: 10m'),
    keep: durationSchema.optional().describe('Age at which a file is removed: ms, or with m, h, d. Default: never'),
    maxSize: bytesSchema
      .optional()
      .describe('Size of all files together, bytes or with M, G, T; the oldest are removed. Default: no limit'),
    encode: targetEncode,
    enabled: targetEnabled,
  }),
])

const hook = z.string().min(1).max(2048).describe('Address of the receiver: http or https')
const shape = (name: string) => `Shape of the messages: ${name}`

/** Where alerts go: the library's signed webhook, or the shape of a service. */
export const webhookSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('webhook').default('webhook').describe(shape('JSON with a signature')),
    url: hook,
    secret: z
      .string()
      .max(512)
      .optional()
      .describe('Key of the signature, 16 characters or more. Default: no signature'),
  }),
  z.strictObject({ type: z.literal('slack').describe(shape("Slack's")), url: hook }),
  z.strictObject({ type: z.literal('mattermost').describe(shape("Mattermost's")), url: hook }),
  z.strictObject({ type: z.literal('discord').describe(shape("Discord's")), url: hook }),
  z.strictObject({
    type: z.literal('telegram').describe(shape("Telegram's")),
    token: z.string().min(1).max(512).describe('Token of the bot'),
    chat: z.union([z.string().min(1).max(100), z.number().int()]).describe('Number or @name of the chat'),
  }),
  z.strictObject({
    type: z.literal('mail').describe(shape('a mail')),
    smtp: z.string().min(1).max(2048).describe('Mail server: smtp or smtps, with user and password'),
    from: z.string().min(1).max(320).describe('Sender of the mails'),
    to: z.array(z.string().min(1).max(320)).min(1).max(50).describe('Receivers of the mails'),
  }),
])

/** A rule of a monitor: the library's own fields (docs/monitoring.md), checked by the library. */
export const ruleSchema = z
  .record(z.string().max(100), z.unknown())
  .describe('A rule with the fields of docs/monitoring.md: name, metric, raise, clear, severity …; times in ms')

const MOST_CHANNELS = 1000
/** At most so many; for names that people give. */
const atMost =
  (most: number) =>
  (entries: object): boolean =>
    Object.keys(entries).length <= most

export const channelSchema = z.strictObject({
  title: z.string().max(200).optional().describe('Title for people. Default: the name of the channel'),
  enabled: z.boolean().default(true).describe('false: it is kept, and not started'),
  inputs: z
    .array(inputSchema)
    .min(1)
    .max(MOST_INPUTS)
    .describe('Inputs in order of preference, 1 to 8: the first one that is live is on air'),
  holdBack: durationSchema
    .prefault('5s')
    .describe('Time for which a preferred input must be live before it goes back on air: ms, or with s, m'),
  mode: z
    .union([
      z.literal('copy'),
      z.strictObject({ encode: encodeSchema.describe('Size, rate and bitrate of the programme') }),
    ])
    .prefault('copy')
    .describe('`copy`: the packets of the input pass unchanged. `encode`: a programme of its own, which never ends'),
  fill: z
    .enum(['none', 'repeat', 'slate'])
    .default('repeat')
    .describe('What the targets get while no input is live: nothing, the last picture, the slate'),
  slate: path
    .optional()
    .describe(
      'Picture (PNG, JPEG) or video file (looped): a path, relative to the folder of the configuration. Default: none',
    ),
  targets: z
    .record(nameSchema, targetSchema)
    .refine(atMost(MOST_TARGETS), `expected at most ${MOST_TARGETS} targets`)
    .default({})
    .describe('Where the programme goes, each by a name'),
  monitor: z
    .strictObject({
      content: z.boolean().default(false).describe('true: black, frozen and silent pictures are looked for; decodes'),
      rules: z
        .union([z.literal('default'), z.array(ruleSchema).max(100)])
        .default('default')
        .describe('Rules of the alerts: `default`, or up to 100 of your own'),
    })
    .prefault({})
    .describe('What is watched'),
  webhooks: z.array(webhookSchema).max(20).default([]).describe("Receivers of this channel's alerts"),
  standby: z
    .enum(['cold', 'hot'])
    .default('cold')
    .describe('In a fleet. `hot`: a second worker pulls and encodes beside the first one, ready to connect'),
  onLeaseLoss: z
    .enum(['continue', 'stop'])
    .default('continue')
    .describe(
      'In a fleet, where the store is not heard of: `continue`: what is live stays live; `stop`: the channel ends ' +
        'before another worker may begin it, for targets that take two publishers, as recordings and SRT listeners do',
    ),
  memoryLimit: bytesSchema
    .optional()
    .describe("Memory that the channel's process may take: bytes, or with M, G. Default: no limit"),
})

const LONGEST_NAME = 63
const fleetSchema = z.strictObject({
  url: z
    .string()
    .min(1)
    .max(2048)
    .describe(
      'Address of the store: postgres://user:password@host/database?sslmode=verify-full; `${env:NAME}` stands for it',
    ),
  worker: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
      'a worker has letters, digits, ., - and _, and begins with a letter or digit',
    )
    .max(LONGEST_NAME)
    .optional()
    .describe('Name of this worker, one a machine. Default: the name of the machine'),
  ttl: durationSchema
    .prefault('15s')
    .refine(ms => ms >= 1000 && ms <= 600_000, 'a TTL is 1s to 10m')
    .describe(
      'Time after which another worker takes the channels of one that is not heard of. The same for all workers',
    ),
  cores: z
    .number()
    .min(0.1)
    .max(1024)
    .optional()
    .describe('Cores that its channels may take. Default: those of the machine'),
})

const SCHEMES = ['rtmp', 'rtmps', 'srt', 'rtsp', 'rtsps', 'http', 'https', 'file'] as const
const folder = z.string().min(1).max(4096)

export const serverSchema = z.strictObject({
  listen: z
    .union([z.string().min(1).max(512), z.array(z.string().min(1).max(512)).min(1).max(8)])
    .default('127.0.0.1:8787')
    .describe('host:port of API and page, or several, and unix:/path beside it. What is not loopback needs `users`'),
  probes: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      'host:port or unix:/path of `/livez` and `/readyz` alone, without TLS and users: for whoever ends a process ' +
        'that does not answer. Default: those of `listen` alone',
    ),
  ingest: z
    .strictObject({
      listen: z.string().min(1).max(512).default('127.0.0.1:1935').describe('host:port of the RTMP server'),
      streamKeys: z.boolean().default(true).describe('true: a stream needs a key'),
    })
    .optional()
    .describe('An RTMP server of its own, for inputs with `ingest`. Default: none'),
  state: folder
    .default('/var/lib/rxgst')
    .describe('Folder of what the server keeps: history, events, sockets, sessions'),
  users: path.optional().describe('File of users and tokens, which `rxgst passwd` writes. Default: none'),
  readOnly: z.boolean().default(false).describe('true: the API changes no configuration'),
  trustedProxies: z
    .array(z.string().min(1).max(100))
    .max(100)
    .default([])
    .describe('Addresses of proxies, whose X-Forwarded-For is believed'),
  hosts: z
    .array(z.string().min(1).max(255))
    .max(100)
    .default([])
    .describe('Names by which the server may be called, besides those of this machine'),
  tls: z
    .strictObject({
      cert: path.describe('File of the certificates, PEM'),
      key: path.describe('File of the private key, PEM'),
    })
    .optional()
    .describe('TLS for API and page. Default: none'),
  folders: z
    .array(folder)
    .max(100)
    .optional()
    .describe('Folders in which slates, files and recordings may lie. Default: that of the configuration, and `state`'),
  secretFolders: z
    .array(folder)
    .max(100)
    .optional()
    .describe(
      'Folders in which files of secrets may lie. Default: that of the configuration, /run/secrets, /etc/rxgst, and ' +
        '$CREDENTIALS_DIRECTORY',
    ),
  schemes: z
    .array(z.enum(SCHEMES))
    .default([...SCHEMES])
    .describe('Schemes that inputs and targets may have'),
  privateAddresses: z
    .boolean()
    .default(true)
    .describe(
      'false: addresses of private networks and of this machine are refused, ' +
        'also where a name or a redirect leads there',
    ),
  fleet: fleetSchema
    .optional()
    .describe('The store of a fleet, where several machines run the channels together. Default: this machine alone'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('What is logged'),
  webhooks: z.array(webhookSchema).max(20).default([]).describe('Receivers of the alerts of all channels'),
})

export const configSchema = z.strictObject({
  server: serverSchema.prefault({}).describe('The server itself'),
  channels: z
    .record(nameSchema, channelSchema)
    .refine(atMost(MOST_CHANNELS), `expected at most ${MOST_CHANNELS} channels`)
    .default({})
    .describe('The channels, each by a name'),
})

export type EncodeConfig = z.output<typeof encodeSchema>
export type InputConfig = z.output<typeof inputSchema>
export type TargetConfig = z.output<typeof targetSchema>
export type WebhookConfig = z.output<typeof webhookSchema>
export type ChannelConfig = z.output<typeof channelSchema>
export type ServerConfig = z.output<typeof serverSchema>
export type Config = z.output<typeof configSchema>
