// Servers that nobody can start here, as they are publicly known: what they say, in which order and in which chunks.
import { encodeAmf, type Amf } from '../../support/peers/rtmp/amf0'
import type { Answer, Manner } from '../../support/peers/rtmp/behaviour'
import { MEDIA_STREAM, type Connection } from '../../support/peers/rtmp/connection'
import { status, uint32 } from '../../support/peers/rtmp/fields'
import { adobeLogin } from '../../support/peers/rtmp/logins'
import { accepting, either, played, published, refusing, served, type Row } from './row'

const SCRIPT = 18
const COMMAND = 20

type Fields = Record<string, Amf>

const success = (server: Fields, more: Fields = {}, description = 'Connection succeeded.') => ({
  server,
  information: { ...status('status', 'NetConnection.Connect.Success', description), ...more },
})

/** @param before what it says behind its limits */
const welcome =
  (
    { window = 2_500_000, chunkSize = 4096 },
    { server, information }: ReturnType<typeof success>,
    before: (it: Connection) => void = () => {},
    behind: (it: Connection) => void = () => {},
  ): Manner[string] =>
  (it, { transaction }) => {
    it.send(2, 5, 0, uint32(window))
    it.send(2, 6, 0, Buffer.concat([uint32(window), Buffer.of(2)]))
    before(it)
    it.setChunkSize(chunkSize)
    it.command(0, '_result', transaction, server, information)
    behind(it)
  }

const says = (it: Connection, code: string, description: string, more: Fields = {}, transaction = 0): void =>
  void it.send(
    5,
    COMMAND,
    MEDIA_STREAM,
    encodeAmf('onStatus', transaction, null, { ...status('status', code, description), ...more }),
  )

const acknowledges: Manner[string] = (it, { transaction }) => it.command(0, '_result', transaction, null, undefined)

const sampleAccess = (it: Connection): void => {
  it.send(5, SCRIPT, MEDIA_STREAM, encodeAmf('|RtmpSampleAccess', true, true))
  it.send(5, SCRIPT, MEDIA_STREAM, encodeAmf('onStatus', { code: 'NetStream.Data.Start' }))
}

const SRS: Manner = {
  connect: welcome(
    { chunkSize: 60_000 },
    success(
      { fmsVer: 'FMS/3,5,3,888', capabilities: 127, mode: 1 },
      { objectEncoding: 0, data: { version: '3,5,3,888', srs_server: 'SRS', srs_version: '6.0.48', srs_id: 'x' } },
    ),
    () => {},
    it => it.command(0, 'onBWDone', 0, null),
  ),
  releaseStream: acknowledges,
  FCPublish: acknowledges,
  publish: it => {
    const told = { code: 'NetStream.Publish.Start', description: 'Started publishing stream.' }
    it.command(MEDIA_STREAM, 'onFCPublish', 0, null, told)
    says(it, told.code, told.description, { clientid: 'ASAICiss' })
  },
  play: it => {
    it.control(0, MEDIA_STREAM)
    const more = { details: 'stream', clientid: 'ASAICiss' }
    says(it, 'NetStream.Play.Reset', 'Playing and resetting stream.', more)
    says(it, 'NetStream.Play.Start', 'Started playing stream.', more)
    sampleAccess(it)
    it.startMedia()
  },
}

const MEDIAMTX: Manner = {
  connect: welcome(
    { chunkSize: 65_536 },
    success({ fmsVer: 'LNX 9,0,124,2', capabilities: 31 }, { objectEncoding: 0 }),
  ),
  // It answers neither.
  releaseStream: () => {},
  FCPublish: () => {},
  publish: (it, { transaction }) => says(it, 'NetStream.Publish.Start', 'publish start', {}, transaction),
  play: (it, { transaction }) => {
    it.control(4, MEDIA_STREAM)
    it.control(0, MEDIA_STREAM)
    says(it, 'NetStream.Play.Reset', 'play reset', {}, transaction)
    says(it, 'NetStream.Play.Start', 'play start', {}, transaction)
    says(it, 'NetStream.Data.Start', 'data start', {}, transaction)
    says(it, 'NetStream.Play.PublishNotify', 'publish notify', {}, transaction)
    it.startMedia()
  },
}

const WOWZA: Manner = {
  connect: welcome(
    { chunkSize: 512 },
    success(
      { fmsVer: 'FMS/3,5,7,7009', capabilities: 31, mode: 1 },
      { clientid: 1234567890, objectEncoding: 0, data: { version: '3,5,7,7009' } },
    ),
    it => it.control(0, 0),
    it => it.command(0, 'onBWDone', 0, null, 8192),
  ),
  releaseStream: () => {},
  FCPublish: (it, { rest }) => {
    const description = `FCPublish to stream ${rest[0]}.`
    it.command(0, 'onFCPublish', 0, null, status('status', 'NetStream.Publish.Start', description))
  },
  publish: (it, { rest }) => {
    it.control(0, MEDIA_STREAM)
    says(it, 'NetStream.Publish.Start', `Publishing ${rest[0]}.`, { clientid: 1234567890 })
    it.control(6, 12345)
  },
  play: (it, { rest }) => {
    it.control(0, MEDIA_STREAM)
    const more = { clientid: 1234567890, details: rest[0]! }
    says(it, 'NetStream.Play.Reset', `Playing and resetting ${rest[0]}.`, more)
    says(it, 'NetStream.Play.Start', `Started playing ${rest[0]}.`, more)
    sampleAccess(it)
    it.control(6, 12345)
    it.startMedia()
  },
}

/** Adobe's own server, of which the platforms' answers are copies; Akamai's and Limelight's entries answer so. */
const FLASH: Manner = {
  connect: welcome(
    { window: 1_250_000 },
    success(
      { fmsVer: 'FMS/5,0,17,7055', capabilities: 127, mode: 1 },
      { objectEncoding: 0, data: { version: '5,0,17,7055' } },
    ),
  ),
  FCPublish: it => {
    it.command(0, 'onFCPublish', 0, null, { code: 'NetStream.Publish.Start', description: 'x' })
  },
  play: it => {
    it.control(4, MEDIA_STREAM)
    it.control(0, MEDIA_STREAM)
    says(it, 'NetStream.Play.Reset', 'Playing and resetting x.', { details: 'x', clientid: 'GAbzE2cM' })
    says(it, 'NetStream.Play.Start', 'Started playing x.', { isFastPlay: false, clientid: 'GAbzE2cM' })
    sampleAccess(it)
    it.control(32, MEDIA_STREAM)
    it.startMedia()
  },
}

const TWITCH: Manner = {
  connect: welcome(
    {},
    success(
      { fmsVer: 'FMS/3,5,7,7009', capabilities: 31, mode: 1 },
      { objectEncoding: 0, data: { string: '3,5,7,7009' } },
      'Connection accepted.',
    ),
  ),
}

const YOUTUBE: Manner = {
  connect: welcome({}, success({ fmsVer: 'FMS/3,0,1,123', capabilities: 31 }, { objectEncoding: 0 })),
  publish: it => {
    says(it, 'NetStream.Publish.Start', 'Publishing')
    // Each acknowledgement says how many bytes have come since the last one.
    const timer = setInterval(() => (it.open ? it.send(2, 3, 0, uint32(131_325)) : clearInterval(timer)), 20)
  },
}

const FACEBOOK: Manner = {
  connect: welcome({}, success({ fmsVer: 'FMS/3,5,3,888', capabilities: 127, mode: 1 }, { objectEncoding: 0 })),
  releaseStream: acknowledges,
  FCPublish: acknowledges,
  publish: SRS['publish']!,
}

const hangsUp: Manner[string] = it => it.end('fin')

/** Only publishers come to it. */
const ingest = (name: string, manner: Manner, more: Answer = {}, heard?: (it: Connection) => string | null): Row => ({
  name,
  publish: () =>
    published(
      { kind: 'accept-publish', ...more, manner },
      heard ? { heard: ({ connections: [first] }) => heard(first!) } : {},
    ),
})
const refusesKey = (name: string, manner: Manner, quoted = false): Row => {
  const { publish } = refusing(name, manner, { quoted })
  return { name, publish: publish! }
}

const saysNo = (code: string, description: string, hangs = true): Manner[string] => {
  return it => {
    it.send(5, COMMAND, MEDIA_STREAM, encodeAmf('onStatus', 0, null, status('error', code, description)))
    if (hangs) it.end('fin')
  }
}

const withLogin = (): Manner => {
  const asks = adobeLogin({ user: 'ann', password: 'secret' })['connect']!
  return { ...WOWZA, connect: (it, call) => (asks(it, call) === 'as usual' ? WOWZA['connect']!(it, call) : undefined) }
}
const WITH_USER = { url: ({ port }: { port: number }) => `rtmp://ann:secret@127.0.0.1:${port}/live/cam` }

export const likenesses: readonly Row[] = [
  accepting('SRS', { manner: SRS }),
  either(
    refusesKey('SRS, a hook refuses the key: hangs up behind Publish.Start', {
      ...SRS,
      publish: (it, call) => {
        SRS['publish']!(it, call)
        it.end('fin')
      },
    }),
  ),
  accepting('MediaMTX', { manner: MEDIAMTX }),
  refusing(
    'MediaMTX before 1.20.1, a wrong login: hangs up',
    { ...MEDIAMTX, play: hangsUp, publish: hangsUp },
    { quoted: false },
  ),
  refusesKey('MediaMTX, a wrong login: Publish.Unauthorized', {
    ...MEDIAMTX,
    publish: saysNo('NetStream.Publish.Unauthorized', 'authentication failed'),
  }),
  accepting('Wowza', { manner: WOWZA }),
  {
    name: 'Wowza with a login',
    play: async () => played(await served({ manner: withLogin() }), WITH_USER),
    publish: () => published({ kind: 'accept-publish', manner: withLogin() }, WITH_USER),
  },
  refusesKey('Wowza, the name is in use', {
    ...WOWZA,
    publish: saysNo('NetStream.Publish.BadName', 'Stream already publishing: cam', false),
  }),
  accepting('Flash Media Server, Akamai', { manner: FLASH }),
  accepting(
    'ZLMediaKit: statuses on message stream 0',
    { manner: SRS },
    {
      play: { manner: {}, statusStream: 0, chunkSize: 60_000 },
      publish: { manner: {}, statusStream: 0, chunkSize: 60_000 },
    },
  ),
  refusesKey('OvenMediaEngine, a wrong key: Publish.Rejected', {
    publish: saysNo('NetStream.Publish.Rejected', 'Stream is not found'),
  }),
  ingest('AWS MediaLive: wants to hear our window once', { connect: WOWZA['connect']! }, {}, ({ windows }) =>
    windows.length > 1 ? `says its window ${windows.length} times` : null,
  ),
  refusesKey('AWS MediaLive, a wrong name: hangs up', { connect: WOWZA['connect']!, publish: hangsUp }),
  refusesKey('AWS IVS, a wrong key: Publish.BadName', {
    ...TWITCH,
    publish: saysNo('NetStream.Publish.BadName', 'Invalid stream key'),
  }),
  ingest('YouTube: acknowledgements count from the last one', YOUTUBE),
  refusesKey('YouTube, a wrong key: hangs up', { ...YOUTUBE, publish: hangsUp }),
  ingest('Twitch', TWITCH),
  refusesKey('Twitch, a wrong key: hangs up', { ...TWITCH, publish: hangsUp }),
  ingest('Facebook', FACEBOOK),
  refusesKey('Facebook, a wrong key: Publish.Failed', {
    ...FACEBOOK,
    publish: saysNo('NetStream.Publish.Failed', 'Initialization failed'),
  }),
]
