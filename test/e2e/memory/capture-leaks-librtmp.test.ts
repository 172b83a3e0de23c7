// suite: deep
import { makeFile, publishFile, type Publisher } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { CYCLES, leavesNothing, LIVES } from '../lib/leaks'

const test = suite('capture: leaks over librtmp', { timeout: 90_000 })

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
    leavesNothing(() => once(nginx, { transport: 'librtmp' })))
}

test.run()
