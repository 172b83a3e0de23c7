// How servers cut their messages, and what they say and want beside the media.
import { encodeAmf } from '../../support/peers/rtmp/amf0'
import { encodeMessage, type Message } from '../../support/peers/rtmp/chunk'
import { MEDIA_STREAM, type Connection } from '../../support/peers/rtmp/connection'
import { uint32 } from '../../support/peers/rtmp/fields'
import { TAG_TYPES, type FlvTag } from '../../support/peers/rtmp/flv'
import { timestamps, type ServeFile } from '../../support/peers/rtmp-server'
import { sleep, until } from '../../support/until'
import { accepting, played, published, served, type Row } from './row'

const [AUDIO, VIDEO, SCRIPT, AGGREGATE, DATA_AMF3] = [8, 9, 18, 22, 15]

const playing = (name: string, serving: () => Partial<ServeFile>): Row => ({
  name,
  play: async () => played(await served(serving())),
})

/** The basic header of a chunk stream with a large number. */
const far = (format: number, id: number): Buffer =>
  id < 320 ? Buffer.of(format << 6, id - 64) : Buffer.of((format << 6) | 1, (id - 64) & 255, (id - 64) >> 8)

/** The same message, with media on chunk streams of two and of three bytes. */
const farAway: typeof encodeMessage = (chunkStream, message, chunkSize) => {
  const id = { [AUDIO]: 300, [VIDEO]: 65_000 }[message.type]
  const bytes = encodeMessage(chunkStream, message, chunkSize)
  if (!id) return bytes
  const head = 12 + (message.timestamp >= 0xffffff ? 4 : 0)
  const parts = [far(0, id), bytes.subarray(1, head), message.payload.subarray(0, chunkSize)]
  for (let at = chunkSize; at < message.payload.length; at += chunkSize)
    parts.push(far(3, id), bytes.subarray(12, head), message.payload.subarray(at, at + chunkSize))
  return Buffer.concat(parts)
}

/** Some servers give an extended timestamp once, though the specification repeats it in each chunk. */
const unrepeated: typeof encodeMessage = (chunkStream, message, chunkSize) => {
  const first = encodeMessage(chunkStream, { ...message, payload: message.payload.subarray(0, chunkSize) }, chunkSize)
  // The length of the whole.
  first.writeUIntBE(message.payload.length, 4, 3)
  const parts = [first]
  for (let at = chunkSize; at < message.payload.length; at += chunkSize)
    parts.push(Buffer.of(0xc0 | chunkStream), message.payload.subarray(at, at + chunkSize))
  return Buffer.concat(parts)
}

/** Headers as short as they may be: what is like in the message before is left out. */
function shortest(): typeof encodeMessage {
  const before = new Map<number, { message: Message; delta: number | null }>()
  return (chunkStream, message, chunkSize) => {
    const last = before.get(chunkStream)
    const delta = last ? message.timestamp - last.message.timestamp : null
    before.set(chunkStream, { message, delta })
    const whole = encodeMessage(chunkStream, message, chunkSize)
    if (!last || delta === null || delta < 0 || message.streamId !== last.message.streamId) return whole
    const head = Buffer.alloc(8)
    head.writeUIntBE(delta, 1, 3)
    head.writeUIntBE(message.payload.length, 4, 3)
    head[7] = message.type
    const same = message.type === last.message.type && message.payload.length === last.message.payload.length
    const format = !same ? 1 : delta !== last.delta ? 2 : 3
    head[0] = (format << 6) | chunkStream
    return Buffer.concat([head.subarray(0, [12, 8, 4, 1][format]), whole.subarray(12)])
  }
}

/** Chunks of sound between those of a picture. */
function woven(): typeof encodeMessage {
  let sound: Buffer[] = []
  const cut = (chunkStream: number, message: Message, chunkSize: number): Buffer[] => {
    const whole = encodeMessage(chunkStream, message, chunkSize)
    const chunks = [whole.subarray(0, 12 + Math.min(chunkSize, message.payload.length))]
    for (let at = chunks[0]!.length; at < whole.length; at += chunkSize + 1)
      chunks.push(whole.subarray(at, at + chunkSize + 1))
    return chunks
  }
  return (chunkStream, message, chunkSize) => {
    if (message.type !== AUDIO && message.type !== VIDEO) return encodeMessage(chunkStream, message, chunkSize)
    const chunks = cut(chunkStream, message, chunkSize)
    if (message.type === AUDIO && sound.length === 0) {
      sound = chunks
      return Buffer.alloc(0)
    }
    const beside = sound
    sound = []
    const all = Array.from({ length: Math.max(chunks.length, beside.length) }, (_, i) => [chunks[i], beside[i]])
    // A message of the same chunk stream must not begin in the other.
    if (message.type === AUDIO) return Buffer.concat([...beside, ...chunks])
    return Buffer.concat(all.flat().filter(chunk => chunk !== undefined))
  }
}

/** A message that is begun and then given up. */
function abandon(it: Connection): void {
  const lost = encodeMessage(
    9,
    { type: VIDEO, streamId: MEDIA_STREAM, timestamp: 0, payload: Buffer.alloc(9000) },
    4096,
  )
  it.write(lost.subarray(0, 12 + 4096))
  it.send(2, 2, 0, uint32(9))
}

/** A tag as the part of an aggregate. */
function part({ type, timestamp, data }: FlvTag): Buffer {
  const head = Buffer.alloc(11)
  head[0] = TAG_TYPES[type]
  head.writeUIntBE(data.length, 1, 3)
  head.writeUIntBE(timestamp & 0xffffff, 4, 3)
  head[7] = timestamp >>> 24
  return Buffer.concat([head, data, uint32(data.length + 11)])
}

/** Six tags a message. */
function aggregated(): Partial<ServeFile> {
  let waiting: FlvTag[] = []
  return {
    before: (it, tag) => {
      if (waiting.push(tag) < 6) return
      it.send(6, AGGREGATE, MEDIA_STREAM, Buffer.concat(waiting.map(part)), waiting[0]!.timestamp)
      waiting = []
    },
    encode: (chunkStream, message, chunkSize) =>
      [AUDIO, VIDEO, SCRIPT].includes(message.type) ? Buffer.alloc(0) : encodeMessage(chunkStream, message, chunkSize),
  }
}

/** Script data as AMF3 carries them: a 0 byte, then AMF0. */
const inAmf3: typeof encodeMessage = (chunkStream, message, chunkSize) => {
  if (message.type !== SCRIPT) return encodeMessage(chunkStream, message, chunkSize)
  const payload = Buffer.concat([Buffer.of(0), message.payload])
  return encodeMessage(chunkStream, { ...message, type: DATA_AMF3, payload }, chunkSize)
}

/** Sends no more than a window before it is acknowledged. */
const withinWindow = (bytes: number): Partial<ServeFile> => ({
  manner: {
    play: it => {
      it.send(2, 5, 0, uint32(bytes))
      return 'as usual'
    },
  },
  before: it => until(() => !it.open || it.bytesOut - it.acknowledged < 3 * bytes + 8192).then(() => {}),
})

/** Pings, and hangs up where no answer comes. */
async function ping(it: Connection): Promise<void> {
  for (let i = 1; i <= 5; i++) {
    it.control(6, i * 1000)
    await until(() => it.pongs >= i || !it.open, { timeout: 20_000 }).catch(() => it.end('rst'))
    await sleep(20)
  }
}

/** AWS MediaLive closes on a publisher that says its window again. */
const oneWindow = (it: Connection): string | null =>
  it.windows.length > 1 ? `says its window ${it.windows.length} times: ${it.windows.join()}` : null

/** What acknowledgements say, in place of how many bytes have come. */
const acknowledging = (name: string, number: (index: number) => number): Row => ({
  name,
  publish: () =>
    published({
      kind: 'accept-publish',
      manner: {
        publish: it => {
          let index = 0
          const timer = setInterval(() => {
            if (!it.open || ++index > 50) return clearInterval(timer)
            it.send(2, 3, 0, uint32(number(index)))
          }, 10)
          return 'as usual'
        },
      },
    }),
})

export const chunks: readonly Row[] = [
  accepting('chunks of 128 bytes, which it does not say', { chunkSize: 128 }),
  accepting('chunks of 1 byte', { chunkSize: 1 }),
  accepting('chunks of 65,536 bytes', { chunkSize: 65_536 }),
  accepting('chunks of 2³¹ − 1 bytes', { chunkSize: 0x7fffffff }),
  playing('another chunk size before each message', () => ({
    before: (it, _, index) => it.setChunkSize([128, 60_000, 1000, 7][index % 4]!),
  })),
  playing('the shortest headers', () => ({ encode: shortest() })),
  playing('chunk streams numbered with two and three bytes', () => ({ encode: farAway })),
  playing('chunks of sound between those of a picture', () => ({ encode: woven() })),
  playing('a message that is begun and given up', () => ({
    before: (it, _, index) => (index % 10 === 0 ? abandon(it) : undefined),
  })),
  playing('timestamps behind 2²⁴, in each chunk', () => ({
    chunkSize: 128,
    edit: timestamps({ start: 2 ** 24 - 300 }),
  })),
  playing('timestamps behind 2²⁴, in the first chunk alone', () => ({
    chunkSize: 128,
    encode: unrepeated,
    edit: timestamps({ start: 2 ** 24 - 300 }),
  })),
  playing('timestamps around 2³²', () => ({ edit: timestamps({ start: 2 ** 32 - 300 }) })),
  playing('aggregate messages', aggregated),
  playing('script data as AMF3', () => ({ encode: inAmf3 })),
  playing('empty messages of sound between', () => ({
    before: (it, tag) => void it.send(4, AUDIO, MEDIA_STREAM, Buffer.alloc(0), tag.timestamp),
  })),
  playing('script data that nobody knows between', () => ({
    before: (it, tag) => void it.send(5, SCRIPT, MEDIA_STREAM, encodeAmf('onFI', { st: '12:00' }), tag.timestamp),
  })),
  {
    name: 'windows of 5,000 bytes, and nothing more before they are acknowledged',
    play: async () => played(await served({ ...withinWindow(5000), pace: 'full' })),
  },
  {
    name: 'pings, and hangs up where no answer comes',
    play: async () => played(await served({ before: (it, _, index) => (index === 5 ? ping(it) : undefined) })),
    publish: () =>
      published(
        { kind: 'accept-publish', manner: { publish: it => (void ping(it), 'as usual') } },
        { heard: ({ connections: [first] }) => (first!.pongs > 0 ? null : 'no pong') },
      ),
  },
  {
    name: 'limits of bandwidth of all three kinds, one behind the other',
    ...limits(),
  },
  {
    name: 'asks twice for a window, and wants to hear it once',
    publish: () =>
      published(
        {
          kind: 'accept-publish',
          manner: { connect: it => (it.limits(2_500_000, 4096), 'as usual') },
        },
        { heard: ({ connections: [first] }) => oneWindow(first!) },
      ),
  },
  acknowledging('acknowledgements that count from the last one', () => 131_325),
  acknowledging('acknowledgements that run ahead, and begin anew', index => (index * 0x20000000) >>> 0),
]

function limits(): Pick<Row, 'play' | 'publish'> {
  const manner = {
    connect: (it: Connection): 'as usual' => {
      for (const kind of [0, 1, 2]) it.send(2, 6, 0, Buffer.concat([uint32(1_000_000 + kind), Buffer.of(kind)]))
      it.send(2, 6, 0, uint32(1_000_000))
      return 'as usual'
    },
  }
  return {
    play: async () => played(await served({ manner })),
    publish: () => published({ kind: 'accept-publish', manner }),
  }
}
