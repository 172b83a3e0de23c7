// suite: deep
import * as assert from 'uvu/assert'
import { inspect } from 'node:util'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { startNginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { inTurn, startRtmpServer, type Behaviour } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { TRANSPORTS } from '../lib/transports'

// A stream key or a password is in no text that leaves the package.
const test = suite('output: secrets', { timeout: 60_000 })

const [width, height] = [320, 180]
const KEY = 'plantedkey-7f3a'
const TOKEN = 'planted/token+9c'
const PASSWORD = 'planted p@ss"5'.replace(' ', '!')
const PLANTED = [
  KEY,
  TOKEN,
  PASSWORD,
  encodeURIComponent(TOKEN),
  encodeURIComponent(PASSWORD),
  'plantedkey',
  'token+9c',
]

function withSecrets(base: string): string {
  return base
    .replace('rtmp://', `rtmp://user:${encodeURIComponent(PASSWORD)}@`)
    .replace(/[^/]*$/, `${KEY}?auth=${TOKEN}`)
}

/** Collects every text that an output gives: logs of every level, errors in full, states, its own inspection. */
async function told(
  url: string,
  options: Partial<RTMPOutputOptions>,
  meanwhile: (output: RTMPOutput) => Promise<void> = async () => {},
): Promise<string> {
  const texts: string[] = []
  const say = (...parts: unknown[]): void =>
    void texts.push(parts.map(part => (typeof part === 'string' ? part : inspect(part, { depth: 9 }))).join(' '))
  const logger = { debug: say, info: say, warn: say, error: say }
  const full = {
    width,
    height,
    connectTimeout: 2000,
    reconnect: false,
    stallTimeout: 1000,
    logger,
    ...options,
  } as const
  const add = (error: unknown): void => {
    const { message, stack, cause } = error as Error
    texts.push(
      message,
      stack ?? '',
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: 9, showHidden: true }),
      inspect(cause, { depth: 9 }),
    )
  }
  let output: RTMPOutput
  try {
    output = new RTMPOutput(url, full)
  } catch (error) {
    add(error)
    return texts.join('\n')
  }
  try {
    output.state$.subscribe(state => texts.push(JSON.stringify(state)))
    await output.start().then(() => meanwhile(output), add)
    await output.writeFrame(new Uint8Array(width * height * 3)).catch(add)
    texts.push(
      inspect(output, { depth: 9, showHidden: true }),
      JSON.stringify(output.state),
      JSON.stringify(output.targets.map(({ state }) => state)),
    )
    texts.push(
      inspect(output.targets, { depth: 9, showHidden: true }),
      JSON.stringify(output),
      JSON.stringify(output.targets),
    )
    try {
      output.addTarget(url)
    } catch (error) {
      add(error)
    }
    await output.removeTarget(url.replace('live', 'dead')).catch(add)
  } finally {
    await output.stop()
  }
  assert.ok(texts.length > 3)
  return texts.join('\n')
}

function assertClean(text: string): void {
  for (const secret of PLANTED) {
    const at = text.indexOf(secret)
    assert.is(at, -1, at < 0 ? '' : text.slice(Math.max(0, at - 200), at + 60))
  }
}

const PEERS: Behaviour[] = [
  { kind: 'accept-silent' },
  { kind: 'garbage' },
  { kind: 'reject-connect', description: `no application for ${KEY} and ${TOKEN}, ${PASSWORD}` },
  { kind: 'reject-publish', code: 'NetStream.Publish.BadName' },
  { kind: 'reject-publish', code: 'NetStream.Publish.Denied' },
  { kind: 'accept-publish', after: 2000, then: 'rst' },
]
for (const transport of TRANSPORTS) {
  for (const behaviour of PEERS) {
    test(`${transport}: ${Object.values(behaviour).slice(0, 2).join(' ').slice(0, 60)}`, async () => {
      await using server = await startRtmpServer(behaviour)
      assertClean(await told(withSecrets(server.url()), { transport }, () => sleep(1500)))
    })
  }
  test(`${transport}: refused, and no such host`, async () => {
    assertClean(await told(withSecrets(`rtmp://127.0.0.1:${await freePort()}/live/x`), { transport }))
    assertClean(await told(withSecrets('rtmp://no-such-host.invalid/live/x'), { transport }))
  })
  test(`${transport}: nginx that denies, and one that takes it`, async () => {
    await using nginx = await startNginx()
    assertClean(await told(withSecrets(nginx.url('x', 'deny_publish')), { transport }))
    assertClean(
      await told(withSecrets(nginx.url('x')), { transport }, async output => {
        await output.writeFrame(new Uint8Array(width * height * 3))
        await sleep(500)
        nginx.kill('SIGKILL')
        await sleep(1000)
      }),
    )
  })
}

test('reconnecting, from one fault to the next', async () => {
  const turns: Behaviour[] = [
    { kind: 'accept-publish', after: 8000, then: 'rst' },
    { kind: 'reject-publish', code: 'NetStream.Publish.BadName' },
    { kind: 'reject-publish', code: 'NetStream.Publish.BadName' },
    { kind: 'half-handshake' },
    { kind: 'garbage', after: 'handshake' },
    { kind: 'accept-publish', after: 8000, then: 'fin' },
    { kind: 'accept-publish' },
  ]
  await using server = await startRtmpServer(inTurn(...turns))
  const options = { transport: 'rtmp2', reconnect: { initialDelay: 50, maxDelay: 100 }, connectTimeout: 5000 } as const
  const states = new Set<string>()
  const text = await told(withSecrets(server.url()), options, async output => {
    output.state$.subscribe(({ phase, reason }) => void states.add(`${phase} ${reason}`))
    await server.connection(turns.length - 1, ({ tags }) => tags.length > 20, { timeout: 30_000 })
    await until(() => output.state.phase === 'live')
    await server.stop()
    await until(() => output.state.phase !== 'live')
    await sleep(300)
  })
  assert.ok([...states].filter(state => state.startsWith('reconnecting ERR_')).length >= 3, [...states].join(', '))
  assertClean(text)
})

test('URLs and options that are refused', async () => {
  const bad = [
    `http://h/live/${KEY}`,
    `rtmp://user:${PASSWORD}@/live/${KEY}`,
    `rtmp://h:99999/live/${KEY}`,
    `rtmp://h/live/${KEY} ${TOKEN}`,
    `rtmp://h/${KEY}\n`,
  ]
  for (const url of bad) assertClean(await told(url, {}))
  const url = withSecrets('rtmp://127.0.0.1/live/x')
  for (const options of [{ slate: url }, { vcodec: url }, { fps: url }, { [url]: 1 }])
    assertClean(await told(url, options as object))
})

test('a missing plugin', async () => {
  assertClean(await told(withSecrets('rtmp://127.0.0.1:1/live/x'), { vcodec: 'h264_nvenc' }))
})

test.run()
