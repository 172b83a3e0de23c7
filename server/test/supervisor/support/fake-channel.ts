/** A channel's process without media: it says what a real one says. The title tells what ails it. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { type Frame, FrameSocket } from '../../../src/core/frames.js'
import type { ChannelConfig } from '../../../src/core/schema.js'
import type { ChannelStatus } from '../../../src/core/status.js'
import type { FromChannel, ToChannel } from '../../../src/core/wire.js'

const [, , socketPath] = process.argv
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

let frames: FrameSocket<ToChannel, FromChannel> | null = null
let handedOver: NodeJS.Timeout | null = null
let name: string | null = null
let title = ''
let config: ChannelConfig | null = null
let count = 0
let previews = 0
let looked = false
let stopping = false
const startedTargets = new Set<string>()
/** Alerts that are raised, by their ids. */
const alarms = new Set<string>()

const server = createServer(socket => {
  clearTimeout(handedOver ?? undefined)
  handedOver = null
  frames = new FrameSocket<ToChannel, FromChannel>(socket, {
    onFrame: header => answer(header),
    onClose: () => {
      if (!handedOver) process.exit(3)
    },
  })
  frames.send({ type: 'hello', pid: process.pid, version: 'fake', name })
  for (const id of alarms) alarm(id)
})
server.listen(socketPath)

function answer(message: Frame<ToChannel>['header']): void {
  const done = (error: Extract<FromChannel, { type: 'done' }>['error'] = null) =>
    frames?.send({ type: 'done', id: message.id, error })
  switch (message.type) {
    case 'ping':
      done()
      break
    case 'may-connect':
      done()
      tell('may-connect', { forMs: message.forMs, sinceMs: message.sinceMs, configured: config !== null })
      break
    case 'configure':
      tell('configure', { leased: message.leased })
      if (stopping) {
        done({
          ...{ code: 'ERR_ABORTED', message: 'the channel is being stopped', fault: 'options' },
          ...{ retryable: false, remedy: 'start it anew' },
        })
        return
      }
      if (config && !message.onAirOnly && !isDeepStrictEqual(restartOnly(config), restartOnly(message.config))) {
        done({
          ...{ code: 'ERR_RESTART_NEEDED', message: 'the channel must be restarted', fault: 'options' },
          ...{ retryable: false, remedy: 'restart it' },
        })
        return
      }
      config = { ...message.config, ...(config && restartOnly(config)) }
      name = message.name
      title = message.config.title ?? ''
      if (title === 'refuses' || (message.config.slate && !existsSync(message.config.slate))) {
        const error = {
          code: 'ERR_OPTIONS',
          message: 'no good',
          fault: 'options',
          retryable: false,
          remedy: 'change it',
        }
        done(error)
        return
      }
      console.error(`configured with ${JSON.stringify(message.config.targets)}`)
      if (title === 'alarms' && alarms.size === 0) for (const id of ['passing', 'lasting']) alarm(id)
      if (title === 'crashes') setTimeout(() => process.abort(), 20)
      if (title === 'babbles') frames?.send({ type: 'status', status: 5 } as unknown as FromChannel)
      if (title === 'grows') grow()
      if (title === 'large') held.push(Buffer.alloc(Math.max(1, 180e6 - process.memoryUsage().rss), 1))
      done()
      for (const [target, { enabled }] of Object.entries(message.config.targets))
        if (enabled) startedTargets.add(target)
      report(message)
      break
    case 'target-start':
      startedTargets.add(message.target)
      done()
      break
    case 'target-stop':
      startedTargets.delete(message.target)
      done()
      break
    case 'thumbnails':
      looked = true
      done()
      break
    case 'preview-open':
      previews += 1
      previewCount = 0
      done()
      break
    case 'preview-close':
      previews -= 1
      done()
      break
    case 'stop':
      stopping = true
      if (title === 'stays') return
      done()
      frames?.end()
      setTimeout(() => process.exit(0), 50)
      break
    case 'hand-over':
      alarms.delete('passing')
      handedOver = setTimeout(() => process.exit(4), message.deadlineMs)
      done()
      break
    default:
      done()
  }
}

function alarm(id: string): void {
  alarms.add(id)
  const alert = {
    id,
    rule: id,
    metric: 'black',
    severity: 'warning',
    message: id,
    raisedAt: Date.now(),
    value: 1,
    peak: 1,
  }
  frames?.send({ type: 'alert', alert: { ...alert, clearedAt: null, clearedBy: null } })
}

const tell = (type: string, data: Readonly<Record<string, unknown>>): void =>
  void frames?.send({ type: 'event', event: { type, message: type, data } })

const restartOnly = ({ inputs, mode }: ChannelConfig) => ({ inputs, mode })

function report({ config }: Extract<ToChannel, { type: 'configure' }>): void {
  const targets: ChannelStatus['targets'] = Object.keys(config.targets).map(target => ({
    ...{ name: target, kind: 'rtmp', url: 'rtmp://target/live', platform: null },
    ...{ phase: startedTargets.has(target) ? 'live' : 'stopped', enabled: startedTargets.has(target) },
    ...{ reason: null, nextRetryAt: null, bitrate: 0, dropped: 0, reconnects: 0, queueMs: 0 },
  }))
  const lost = title === 'lost'
  const status: ChannelStatus = {
    ...{ phase: lost ? 'reconnecting' : 'live', reason: null, since: Date.now(), nextRetryAt: null, targets },
    inputs: [...[{ name: 'input-1', url: 'rtmp://h/live', phase: lost ? 'reconnecting' : 'live' }]].map(input => ({
      ...input,
      reason: null,
      nextRetryAt: null,
      onAir: !lost,
    })),
    ...{ video: null, audio: null },
  }
  frames?.send({ type: 'status', status })
}

const held: Buffer[] = []

function grow(): void {
  setInterval(() => held.push(Buffer.alloc(16e6, 1)), 50)
}

const tag = (type: number, body: readonly number[]) =>
  Buffer.from([type, 0, 0, body.length, 0, 0, 0, 0, 0, 0, 0, ...body, 0, 0, 0, 11 + body.length])
const FLV = Buffer.concat([Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0', 'latin1'), tag(18, [2]), tag(9, [0x17, 0, 1])])

setInterval(() => {
  count += 1
  frames?.send({ type: 'sample', sample: { at: Date.now(), values: { bitrateIn: 1000, dropped: count } } })
  const counter = `# HELP fake_ticks_total Ticks\n# TYPE fake_ticks_total counter\nfake_ticks_total{side="in"} ${count}`
  frames?.send({ type: 'metrics', text: `${counter}\n# TYPE fake_level gauge\nfake_level 7` })
  if (looked) frames?.send({ type: 'thumbnail', at: Date.now() }, Buffer.from('jpeg'))
  if (previews > 0) {
    const keyframe = count % 3 === 0
    const start = previewCount === 0
    previewCount += 1
    const bytes = Buffer.from([9, 0, 0, 2, count & 255, 0, 0, 0, 0, 0, 0, keyframe ? 0x17 : 0x27, 1, 0, 0, 0, 13])
    frames?.send({ type: 'preview', side: 'out', start, keyframe }, start ? Buffer.concat([FLV, bytes]) : bytes)
  }
}, 50)
let previewCount = 0
