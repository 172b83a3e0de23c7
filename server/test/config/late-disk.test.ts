// Disks that do not answer, and files that somebody has begun to write.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { type ConfigFiles, codeOf, inTime, systemFiles } from '../../src/config/files.js'
import { readConfig } from '../../src/config/read.js'
import { fileDoor } from '../../src/supervisor/file-door.js'
import { Folder, lines } from './folder.js'

const test = suite('late disks', { timeout: 120_000 })
/** All but the late disk answers in time on a busy machine. */
const PATIENCE_MS = 3000

/** Below /late nothing answers until `answer()`. */
function lateDisk() {
  let asked = 0
  const waiting: (() => void)[] = []
  const files: ConfigFiles = {
    ...systemFiles,
    realPath: async path => {
      if (!path.startsWith('/late')) return systemFiles.realPath(path)
      asked += 1
      await new Promise<void>(resolve => waiting.push(resolve))
      return path
    },
  }
  return { files, asked: () => asked, answer: () => waiting.splice(0).forEach(done => done()) }
}

const code = (promise: Promise<unknown>) => promise.then(() => 'answered', codeOf)

test('a disk that does not answer is given up in time, and asked again when it has answered', async () => {
  const disk = lateDisk()
  const files = inTime(disk.files, PATIENCE_MS)
  assert.is(await code(files.realPath('/late/archive')), 'ETIMEDOUT')
  // Each that waits holds a thread up.
  assert.is(await code(files.realPath('/late/archive/studio')), 'ETIMEDOUT')
  assert.is(disk.asked(), 1)
  assert.is(await code(files.realPath('/tmp')), 'answered')
  disk.answer()
  let last = ''
  await until(
    async () => {
      const again = code(files.realPath('/late/archive'))
      setTimeout(disk.answer, 1)
      return (last = await again) === 'answered'
    },
    { timeout: 30_000, what: () => last },
  )
})

test('a recording on such a disk costs its own channel alone', async () => {
  const disk = lateDisk()
  const text = `server: { folders: [/late/archive, .] }
channels:
  studio: { inputs: [{ url: rtmp://127.0.0.1/live/a }], targets: { archive: { record: /late/archive/studio } } }
  chapel: { inputs: [{ url: rtmp://127.0.0.1/live/b }] }
`
  const folder = new Folder({ 'rxgst.yaml': text })
  const read = await readConfig({ file: join(folder.path, 'rxgst.yaml'), files: inTime(disk.files, PATIENCE_MS) })
  assert.equal(lines(read.problems), [])
  assert.equal(Object.keys(read.config!.channels), ['studio', 'chapel'])
  assert.match(
    lines(read.warnings).join(),
    'channels.studio.targets.archive.record: the path cannot be followed: the disk',
  )
  disk.answer()
})

test('a file that is empty where it was not is no configuration: who writes it has begun, or has no room', async () => {
  const text = 'channels: { studio: { inputs: [{ url: rtmp://127.0.0.1/live/a }] } }\n'
  const folder = new Folder({ 'rxgst.yaml': text })
  const file = join(folder.path, 'rxgst.yaml')
  const door = fileDoor({ file, env: {}, credentialsDirectory: null })
  assert.ok((await door.read()).config)
  for (const empty of ['', '\n  \n']) {
    writeFileSync(file, empty)
    const { config, problems } = await door.read()
    assert.is(config, null)
    assert.match(problems[0]!.message, /the file is empty/)
  }
  writeFileSync(file, 'channels: {}\n')
  assert.equal((await door.read()).config!.channels, {})
  // One that was so from the beginning is a server without channels.
  writeFileSync(file, '')
  assert.ok((await fileDoor({ file, env: {}, credentialsDirectory: null }).read()).config)
  // So is what an admin puts there.
  writeFileSync(file, text)
  assert.ok((await door.read()).config)
  await (await door.draftText('')).commit()
  assert.equal((await door.read()).config!.channels, {})
})

test.run()
