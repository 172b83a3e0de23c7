import * as assert from 'uvu/assert'
import { publish, type Publisher } from '../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../support/peers/nginx'
import { suite } from '../support/suite'
import { until } from '../support/until'
import { codeBlocks } from './markdown'
import { makeProject, runBlock } from './workspace'

/** Every program of a document runs to its end; a block of another language than js and ts is to be read. */
export function encodingsRun(document: string): void {
  const test = suite(document, { timeout: 60_000 })
  const dir = makeProject()
  let nginx: Nginx
  const publishers: Publisher[] = []

  test.before(async () => {
    nginx = await startNginx()
    for (const name of ['camera', 'guest']) {
      publishers.push(await publish(nginx.url(name), { size: '640x360', fps: 25 }))
      await nginx.published(name)
    }
  })

  const programs = codeBlocks(document).filter(({ program, language }) => program && /^[jt]s$/.test(language))
  for (const block of programs) {
    test(`the program in line ${block.line} runs`, async () => {
      await using child = await runBlock(dir, block, nginx)
      // One that ends at Ctrl-C gets it once its stream is on air.
      const name = /process\.once\('SIGINT'/.test(block.code)
        ? /new RTMPOutput\('.*\/(\w+)'/.exec(block.code)?.[1]
        : undefined
      if (name !== undefined) {
        const onAir = async () => (await nginx.stat()).some(stream => stream.name === name && stream.publishing)
        await until(async () => !child.running || (await onAir()), { timeout: 30_000, what: () => child.output() })
        child.kill('SIGINT')
      }
      const { code, signal } = await child.exited
      assert.is(code ?? signal, 0, child.output())
      assert.is(child.errors(), '')
      assert.ok(child.output() !== '', 'it tells what it did')
    })
  }

  test.after(async () => {
    for (const publisher of publishers) await publisher.stop()
    await nginx.stop()
  })
  test.run()
}
