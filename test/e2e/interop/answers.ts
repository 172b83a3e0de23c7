// What servers say on the way to a yes, in their own ways.
import { encodeAmf, type Amf } from '../../support/peers/rtmp/amf0'
import type { Answer, Call, Manner } from '../../support/peers/rtmp/behaviour'
import { MEDIA_STREAM, type Connection } from '../../support/peers/rtmp/connection'
import { status } from '../../support/peers/rtmp/fields'
import { accepting, played, published, served, type Row } from './row'

const START = { play: 'NetStream.Play.Start', publish: 'NetStream.Publish.Start' } as const
const SUCCESS = status('status', 'NetConnection.Connect.Success', 'Welcome')
const COMMAND_AMF3 = 17

const startOf = ({ name }: Call): string => START[name as keyof typeof START]

/** Gives leave in its own way; a player gets its media then. */
const leave = (say: (it: Connection, call: Call) => void | Promise<void>): Manner => {
  const answer = async (it: Connection, call: Call): Promise<void> => {
    await say(it, call)
    it.startMedia()
  }
  return { play: (it, call) => void answer(it, call), publish: (it, call) => void answer(it, call) }
}

const amf3 = (before: Buffer): Answer => ({
  manner: leave((it, call) => {
    const body = encodeAmf('onStatus', 0, null, status('status', startOf(call), 'AMF3'))
    it.send(5, COMMAND_AMF3, MEDIA_STREAM, Buffer.concat([before, body]))
  }),
})

/** Answers `connect` itself. */
const connected = (say: (it: Connection, call: Call) => void): Answer => ({
  manner: {
    connect: (it, call) => {
      it.limits(2_500_000, 4096)
      say(it, call)
    },
  },
})

const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms).unref())

const capabilities = {
  fourCcList: ['av01', 'hvc1', 'avc1', 'mp4a', 'Opus'],
  videoFourCcInfoMap: { '*': 4, hvc1: 7 },
  audioFourCcInfoMap: { '*': 4 },
  capsEx: 15,
  videoFunction: 7,
}

/** Servers that keep codecs from players who do not name them. */
const wantsFourCcs: Manner = {
  connect: (it, { first }) => {
    const list = (first as { fourCcList?: Amf } | null)?.fourCcList
    if (Array.isArray(list) && ['hvc1', 'av01', 'Opus'].every(name => list.includes(name))) return 'as usual'
    it.end('fin')
  },
}

const odd: Manner = {
  connect: it => {
    for (const type of [7, 10, 16, 19, 23, 99, 255]) it.send(9, type, 0, Buffer.from('what is this'))
    it.control(26, 1)
    it.send(2, 4, 0, Buffer.of(0, 26, 0))
    it.command(0, 'onFI', 0, 5)
    it.command(0, 'noSuchCommand', 7, null, { a: [1, 2, { b: null }] })
    it.send(3, 20, 0, Buffer.alloc(0))
    return 'as usual'
  },
}

const silentBesides: Manner = Object.fromEntries(
  ['releaseStream', 'FCPublish', 'FCSubscribe', '_checkbw', 'getStreamLength'].map(name => [name, () => {}]),
)

const fails: Manner[string] = (it, { transaction }) =>
  it.command(0, '_error', transaction, null, status('error', 'NetConnection.Call.Failed', 'no such method'))

const asksForBandwidth = (): Manner => {
  let waiting: Call | undefined
  return {
    connect: (it, call) => {
      waiting = call
      it.command(0, 'onBWDone', 0, null, 8192)
      it.command(0, '_onbwcheck', 9, null)
    },
    // Goes on when its question is answered.
    _result: it => {
      it.limits(2_500_000, 4096)
      it.command(0, '_result', waiting!.transaction, {}, SUCCESS)
    },
  }
}

export const answers: readonly Row[] = [
  accepting('a handshake that echoes nothing and names a version', { handshake: 'random' }),
  accepting('a handshake whose last part waits for ours', { handshake: 'in turn' }),
  accepting(
    'a `_result` of `connect` that holds nothing',
    connected((it, { transaction }) => it.command(0, '_result', transaction)),
  ),
  accepting(
    'a `_result` of `connect` by another transaction',
    connected(it => it.command(0, '_result', 0, {}, SUCCESS)),
  ),
  accepting(
    '`objectEncoding` 3 in the `_result`',
    connected((it, { transaction }) =>
      it.command(0, '_result', transaction, { fmsVer: 'FMS/5,0,17' }, { ...SUCCESS, objectEncoding: 3 }),
    ),
  ),
  accepting(
    '`fourCcList`, maps of FourCC and `capsEx` in the `_result`',
    connected((it, { transaction }) =>
      it.command(0, '_result', transaction, capabilities, { ...SUCCESS, ...capabilities }),
    ),
  ),
  {
    name: 'plays HEVC, AV1 and Opus only to those whose `fourCcList` has them',
    play: async () => played(await served({ manner: wantsFourCcs })),
    publish: () => published({ kind: 'accept-publish', manner: wantsFourCcs }),
  },
  {
    name: '`onBWDone` and `_onbwcheck` before the `_result`, which waits for an answer',
    play: async () => played(await served({ manner: asksForBandwidth() })),
    publish: () => published({ kind: 'accept-publish', manner: asksForBandwidth() }),
  },
  accepting('messages, events and commands that nobody knows', { manner: odd }),
  accepting('no answer to `releaseStream`, `FCPublish`, `FCSubscribe`, `_checkbw`', { manner: silentBesides }),
  accepting('`_error` to `releaseStream`, `FCPublish`, `FCSubscribe`, `_checkbw`', {
    manner: { releaseStream: fails, FCPublish: fails, FCSubscribe: fails, _checkbw: fails },
  }),
  accepting('a `_result` of `createStream` without a number', {
    manner: { createStream: (it, { transaction }) => it.command(0, '_result', transaction, null) },
  }),
  accepting('message stream 7 as the answer to `createStream`', {
    manner: { createStream: (it, { transaction }) => it.command(0, '_result', transaction, null, 7) },
    statusStream: 7,
  }),
  accepting('the status on message stream 0', { statusStream: 0 }),
  accepting('the status on a message stream that nobody made', { statusStream: 3 }),
  accepting('the status in AMF3, behind a 0 byte', amf3(Buffer.of(0))),
  accepting('the status in AMF3, without that byte', amf3(Buffer.alloc(0))),
  accepting('the status 2 s late', {
    manner: leave(async (it, call) => {
      await wait(2000)
      it.onStatus('status', startOf(call))
    }),
  }),
  accepting('no status', { manner: leave(() => {}) }),
  accepting('a `_result` of `play` or `publish` in place of the status', {
    manner: leave((it, { transaction }) => it.command(0, '_result', transaction, null, null)),
  }),
  accepting('the status with the transaction of `play` or `publish`', {
    manner: leave((it, call) =>
      it.command(MEDIA_STREAM, 'onStatus', call.transaction, null, status('status', startOf(call), 'start')),
    ),
  }),
  accepting('a status that means nothing before it', { first: 'NetStream.Data.Start' }),
  accepting('a warning and an error of a recording before it', {
    manner: leave((it, call) => {
      it.onStatus('warning', 'NetStream.Play.InsufficientBW')
      it.onStatus('error', 'NetStream.Record.Failed')
      it.onStatus('status', startOf(call))
    }),
  }),
  accepting('the status twice', {
    manner: leave((it, call) => {
      it.onStatus('status', startOf(call))
      it.onStatus('status', startOf(call))
    }),
  }),
  {
    name: 'media on message stream 0',
    play: async () => played(await served({ mediaStream: 0 })),
  },
]
