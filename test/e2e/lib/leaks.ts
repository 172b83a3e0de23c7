import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as assert from 'uvu/assert'
import { RTMPCapture, type RTMPCaptureOptions } from '../../../src/index'
import { makeFile, publishFile, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { suite, type Suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { openFiles, usage } from '../../support/usage'
import { codeOf } from './served'

const WARM = 5
export const CYCLES = 25
const MB = 1e6

setFlagsFromString('--expose-gc')
/** Collects garbage: memory that waits for the collector is no leak. */
const collect = runInNewContext('gc') as () => void

/** One life of a capture each, from its constructor to its end; 'live' is published on nginx. */
export const LIVES: Record<string, (nginx: Nginx, options: RTMPCaptureOptions) => Promise<void>> = {
  'that live': async (nginx, options) => {
    await using capture = new RTMPCapture(nginx.url('live'), options)
    await capture.start()
    const iterator = capture.aiterFramesWithAudio()
    for (let i = 0; i < 3; i++) (await iterator.next()).value.frame.close()
    ;(await capture.getFrame()).close()
    await capture.getAudio(0.05)
  },
  'that are refused': async (_, options) => {
    await using capture = new RTMPCapture(`rtmp://127.0.0.1:${await freePort()}/live/x`, {
      ...options,
      reconnect: false,
    })
    assert.is(await codeOf(capture.start()), 'ERR_CONNECTION_REFUSED')
  },
  'that time out': async (nginx, options) => {
    await using capture = new RTMPCapture(nginx.url('nobody'), { ...options, reconnect: false, connectTimeout: 150 })
    assert.is(await codeOf(capture.start()), 'ERR_CONNECT_TIMEOUT')
  },
}

/** After a warm-up, many lives must leave threads and open files as they were, and memory nearly so. */
export async function leavesNothing(once: () => Promise<void>): Promise<void> {
  for (let i = 0; i < WARM; i++) await once()
  // Twice: objects that the first collection finds release others, which the second one finds.
  const settle = async () => {
    collect()
    await sleep(500)
    collect()
    await sleep(500)
  }
  await settle()
  const warm = usage()
  for (let i = 0; i < CYCLES; i++) await once()
  await settle()
  let now = usage()
  // GLib and libuv end idle threads when they like.
  const what = () =>
    `threads ${warm.threads} → ${now.threads}, files ${warm.fds} → ${now.fds}\n${openFiles().join('\n')}`
  const back = () => ((now = usage()), now.threads <= warm.threads && now.fds <= warm.fds)
  await until(back, { what, timeout: 30_000, interval: 250 })
  const grown = (now.rss - warm.rss) / MB
  assert.ok(grown < 40, `${grown} MB more`)
}

/** The tests of all lives over one transport. */
export function suiteOfLeaks(name: string, transport: RTMPCaptureOptions['transport']): Suite {
  const test = suite(name, { timeout: 90_000 })

  let nginx: Nginx
  let publisher: Publisher

  test.before(async () => {
    nginx = await startNginx()
    // A keyframe every fifth of a second, so that each capture is live soon.
    const file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, gop: 5, duration: 4 })
    publisher = await publishFile(nginx.url('live'), file, { loop: true })
    await nginx.published('live')
  })
  test.after(async () => {
    await publisher.stop()
    await nginx.stop()
  })

  for (const [name, once] of Object.entries(LIVES)) {
    test(`${CYCLES} captures ${name} leave no thread and no file behind`, () =>
      leavesNothing(() => once(nginx, { transport })))
  }

  return test
}
