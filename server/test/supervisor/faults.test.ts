// suite: deep
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { watchFaults } from '../../src/commands/serve-faults.js'

const test = suite('faults of the server', { timeout: 120_000 })
const PROGRAM = fileURLToPath(new URL('./support/run-serve.js', import.meta.url))

test('a rejection that nobody awaits is told and ends nothing; an exception ends the server', () => {
  const process = new EventEmitter()
  const told: string[] = []
  const exits: number[] = []
  const error = (_: object, text: string) => void told.push(text)
  const ignore = () => {}
  const log = { debug: ignore, info: ignore, warn: ignore, error }
  watchFaults({ process, log, exit: code => exits.push(code) })
  process.emit('unhandledRejection', new Error('EROFS'))
  assert.is(told.length, 1)
  assert.equal(exits, [])
  process.emit('uncaughtException', new Error('half done'))
  assert.is(told.length, 2)
  assert.equal(exits, [1])
})

test('the server goes on when whoever read its log has gone', async () => {
  const folder = tempDir()
  const file = join(folder, 'rxgst.yaml')
  writeFileSync(file, `server: { listen: 'unix:${join(folder, 's')}', state: state }\nchannels: {}\n`)
  const server = spawn(process.execPath, [PROGRAM, 'serve', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(server, 'exit')
  let log = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  await until(() => log.includes('serving at'), { timeout: 60_000, what: () => log })
  server.stdout.destroy()
  server.stderr.destroy()
  // Its events are lines of the log; the file has the event behind it.
  writeFileSync(file, 'channels: 5\n')
  server.kill('SIGHUP')
  const told = () => readdirSync(join(folder, 'state')).some(name => isTold(join(folder, 'state', name)))
  await until(told, { timeout: 30_000, what: 'the event in the state folder' })
  server.kill('SIGTERM')
  assert.equal(await exited, [0, null])
})

/** Files of the state folder come and go. */
function isTold(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false
  try {
    return readFileSync(path, 'utf8').includes('config-invalid')
  } catch {
    return false
  }
}

test.run()
