// Servers that say no, or nothing.
import { createServer } from 'node:net'
import type { Manner } from '../../support/peers/rtmp/behaviour'
import { MEDIA_STREAM, type Connection } from '../../support/peers/rtmp/connection'
import { freePort } from '../../support/peers/ports'
import type { Behaviour } from '../../support/peers/rtmp-server'
import { either, KEY, no, NO, played, playedAt, published, publishedAt, refusing, served, type Row } from './row'

/** Says no at once; some hang up behind it. */
const error = (code: string, hangsUp = false): Manner[string] => {
  return (it, { transaction }) => {
    it.command(0, '_error', transaction, null, no(code))
    if (hangsUp) it.end('fin')
  }
}
const says = (code: string, level: 'status' | 'error' = 'error', description = NO): Manner[string] => {
  return it => it.command(MEDIA_STREAM, 'onStatus', 0, null, no(code, level, description))
}
const hangsUp = (it: Connection): void => it.end('fin')
const both = (step: Manner[string]): Manner => ({ play: step, publish: step })

const IMPATIENT = { options: { connectTimeout: 1500 } }
const silentAt = (name: string, manner: Manner): Row => ({
  name,
  play: async () => played(await served({ manner }), IMPATIENT),
  publish: () => published({ kind: 'accept-publish', manner }, IMPATIENT),
})
const silent = (name: string, behaviour: Behaviour): Row => ({
  name,
  play: () => played(behaviour, IMPATIENT),
  publish: () => published(behaviour, IMPATIENT),
})
const babbling = (name: string, behaviour: Behaviour): Row => ({
  name,
  play: () => played(behaviour),
  publish: () => published(behaviour),
})

/** At an address where no RTMP server is. */
async function nowhere(at: () => Promise<string>): Promise<{ play: string; publish: string }> {
  const codeOf = (promise: Promise<void>): Promise<string> =>
    promise.then(
      () => 'it is there',
      ({ code }: { code: string }) => `\`${code}\``,
    )
  return {
    play: await codeOf(playedAt(await at())),
    publish: await codeOf(publishedAt(await at(), () => false)),
  }
}
const absent = (name: string, at: () => Promise<string>): Row => {
  let both: ReturnType<typeof nowhere> | undefined
  const measure = () => (both ??= nowhere(at))
  return { name, play: async () => (await measure()).play, publish: async () => (await measure()).publish }
}

/** A port that answers the first bytes with others. */
async function other(answer: Buffer): Promise<string> {
  const server = createServer(socket => {
    socket.on('error', () => {}).once('data', () => socket.end(answer))
  })
  server.unref()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `rtmp://127.0.0.1:${(server.address() as { port: number }).port}/live/${KEY}`
}

export const refusals: readonly Row[] = [
  refusing('`_error` to `connect`: Rejected', { connect: error('NetConnection.Connect.Rejected', true) }),
  refusing('`_error` to `connect`: InvalidApp', { connect: error('NetConnection.Connect.InvalidApp') }),
  refusing('`_error` to `connect`: AppShutdown', { connect: error('NetConnection.Connect.AppShutdown') }),
  refusing('`_error` to `connect`: Failed', { connect: error('NetConnection.Connect.Failed') }),
  refusing('a `_result` of `connect` that says Rejected', {
    connect: (it, { transaction }) => it.command(0, '_result', transaction, {}, no('NetConnection.Connect.Rejected')),
  }),
  refusing('`_error` to `connect` that is a text', {
    connect: (it, { transaction }) => it.command(0, '_error', transaction, null, NO),
  }),
  refusing('the status Connect.Closed in place of a `_result`', {
    connect: it => it.command(0, 'onStatus', 0, null, no('NetConnection.Connect.Closed', 'status')),
  }),
  refusing('hangs up at `connect`', { connect: hangsUp }, { quoted: false }),
  refusing('`_error` to `createStream`', { createStream: error('NetConnection.Call.Failed') }),
  refusing('hangs up at `createStream`', { createStream: hangsUp }, { quoted: false }),
  refusing('`_error` to `play` or `publish`', both(error('NetStream.Failed'))),
  refusing(
    '`_error` to `play` or `publish` without its transaction',
    both(it => it.command(0, '_error', 0, null, no('NetStream.Failed'))),
  ),
  refusing('hangs up at `play` or `publish`', both(hangsUp), { quoted: false }),
  refusing(
    'says `close` at `play` or `publish`',
    both(it => it.command(0, 'close', 0, null)),
    { quoted: false },
  ),
  refusing('`onFCPublish` with BadName', {
    FCPublish: it => it.command(0, 'onFCPublish', 0, null, no('NetStream.Publish.BadName')),
  }),
  refusing('`_error` to `releaseStream`, then hangs up at `publish`', {
    releaseStream: error('NetStream.Publish.Denied'),
    publish: hangsUp,
  }),
  refusing('Publish.BadName, in use', { publish: says('NetStream.Publish.BadName') }),
  refusing('Publish.BadName of level `status`', { publish: says('NetStream.Publish.BadName', 'status') }),
  refusing(
    'Publish.BadName, which speaks of the key',
    { publish: says('NetStream.Publish.BadName', 'error', 'Invalid stream key') },
    { quoted: false },
  ),
  refusing('Publish.Denied', { publish: says('NetStream.Publish.Denied') }),
  refusing('Publish.Rejected', { publish: says('NetStream.Publish.Rejected') }),
  refusing('Publish.Unauthorized', { publish: says('NetStream.Publish.Unauthorized') }),
  refusing('Publish.Failed', { publish: says('NetStream.Publish.Failed') }),
  refusing('Play.StreamNotFound', { play: says('NetStream.Play.StreamNotFound') }),
  refusing('Play.StreamNotFound of level `status`', { play: says('NetStream.Play.StreamNotFound', 'status') }),
  refusing('Play.Failed', { play: says('NetStream.Play.Failed') }),
  refusing('NetStream.Failed', both(says('NetStream.Failed'))),
  refusing('Start of level `error`', {
    play: says('NetStream.Play.Start'),
    publish: says('NetStream.Publish.Start'),
  }),
  refusing('Connect.Closed of level `status`', both(says('NetConnection.Connect.Closed', 'status'))),
  refusing('StreamNotFound behind Play.Start', {
    play: it => {
      it.onStatus('status', 'NetStream.Play.Start')
      it.onStatus('error', 'NetStream.Play.StreamNotFound', NO)
    },
  }),
  either(
    refusing(
      'Publish.Start, then hangs up at once',
      {
        publish: it => {
          it.onStatus('status', 'NetStream.Publish.Start')
          it.end('fin')
        },
      },
      { quoted: false },
    ),
  ),
  silent('accepts TCP and says nothing', { kind: 'accept-silent' }),
  silent('half a handshake', { kind: 'half-handshake' }),
  silent('a handshake, then nothing', { kind: 'handshake-silent' }),
  silentAt('no answer to `createStream`', { createStream: () => {} }),
  { name: 'Play.Start, and nobody publishes', play: () => played({ kind: 'play-then-nothing' }, IMPATIENT) },
  babbling('bytes that mean nothing, at once', { kind: 'garbage' }),
  babbling('bytes that mean nothing, behind the handshake', { kind: 'garbage', after: 'handshake' }),
  absent('a web server', () => other(Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'))),
  absent('TLS at a plain address', () => other(Buffer.from([21, 3, 1, 0, 2, 2, 70]))),
  absent('nothing listens', async () => `rtmp://127.0.0.1:${await freePort()}/live/${KEY}`),
  absent('no such host', async () => `rtmp://nowhere.invalid/live/${KEY}`),
]
