// Any number of threads of a process use the package: at the same time, one after the other, and terminated at any
// moment.
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { start } from '../../support/child'
import { makeFile, publishFile } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import type { ThreadsTask } from './threads-program'

const test = suite('threads', { timeout: 150_000 })

test('three threads capture, send and run a graph; workers are terminated, and others begin', async () => {
  await using nginx = await startNginx()
  const media = { size: '320x180', fps: 25, bitrate: '300k', duration: 5, audio: { frequency: 1000 } }
  const file = await makeFile(tempFile('in.flv'), media)
  await using _publisher = await publishFile(nginx.url('in'), file, { loop: true })
  await nginx.published('in')
  const task: ThreadsTask = { url: nginx.url('in'), output: nginx.url('out-') }
  await using child = start(process.execPath, [resolve(__dirname, 'threads-program.js'), JSON.stringify(task)])
  const said = (line: string): Promise<boolean> =>
    until(() => child.output().includes(`${line}\n`) || !child.running, { timeout: 60_000, what: () => child.output() })
  const onAir = async (): Promise<string[]> =>
    (await nginx.stat()).filter(({ name, publishing }) => publishing && name !== 'in').map(({ name }) => name)

  await said('three threads work')
  assert.equal((await onAir()).sort(), ['out-main', 'out-one', 'out-two'], child.output())
  child.kill('SIGUSR2')
  await said('over')
  await until(() => !child.running, { timeout: 15_000, what: () => `the process to end; it said ${child.output()}` })
  assert.equal(await child.exited, { code: 0, signal: null }, child.output())
  assert.is(child.errors(), '')
  await until(async () => (await onAir()).length === 0, {
    timeout: 20_000,
    what: 'the server to have no publisher left',
  })
})

test.run()
