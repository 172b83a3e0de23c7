// The command, and what a project is told whose package manager ran no install script.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { tempFile } from '../support/temp'

const test = suite('the command, and a project without install scripts')

const ROOT = resolve(__dirname, '../../..')
const command = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'scripts/rxgst.mjs'), ...args], { encoding: 'utf8' })

test('rxgst --version is that of the package; what it does not know it says', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  for (const flag of ['--version', '-v'])
    assert.equal([command(flag).stdout, command(flag).status], [`${version}\n`, 0])
  assert.is(command('--help').status, 0)
  assert.is(command('doktor').status, 2)
  assert.match(command('doktor').stderr, 'usage: rxgst doctor')
})

/** A project with the package as npm puts it there. */
function project(scripts: { tried: boolean }): string {
  const modules = join(tempFile('project'), 'node_modules')
  const rxgst = join(modules, 'rxgst')
  mkdirSync(rxgst, { recursive: true })
  cpSync(join(ROOT, 'dist/src'), join(rxgst, 'dist/src'), {
    recursive: true,
    filter: source => !/\.(d\.ts|map)$/.test(source),
  })
  cpSync(join(ROOT, 'package.json'), join(rxgst, 'package.json'))
  for (const name of ['rxjs', 'prom-client']) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  if (scripts.tried) mkdirSync(join(rxgst, 'build'))
  return dirname(modules)
}

function told(cwd: string): string {
  const code = `try { new (require('rxgst').RTMPCapture)('rtmp://h/a/k'); console.log('made') } catch (error) { console.log(error.code + ' ' + error.message) }`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], { cwd, encoding: 'utf8' })
  return stdout + stderr
}

test('install scripts that npm did not run are told as such, with the command that helps', () => {
  assert.match(
    told(project({ tried: false })),
    /^ERR_ADDON_NOT_BUILT .*npm did not run the install scripts .*run "npm rebuild rxgst --ignore-scripts=false"/,
  )
  assert.match(told(project({ tried: true })), /^ERR_ADDON_NOT_BUILT .*it did not compile; run "npm rebuild rxgst"/)
})

test.run()
