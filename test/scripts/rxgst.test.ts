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
function project(addon: 'absent' | 'failed' | 'built', nodeGtk: 'absent' | 'failed' = 'absent'): string {
  const modules = join(tempFile('project'), 'node_modules')
  const rxgst = join(modules, 'rxgst')
  mkdirSync(rxgst, { recursive: true })
  cpSync(join(ROOT, 'dist/src'), join(rxgst, 'dist/src'), {
    recursive: true,
    filter: source => !/\.(d\.ts|map)$/.test(source),
  })
  cpSync(join(ROOT, 'package.json'), join(rxgst, 'package.json'))
  for (const name of ['rxjs', 'prom-client', 'node-gyp-build'])
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  if (addon === 'failed') mkdirSync(join(rxgst, 'build'))
  if (addon === 'built') symlinkSync(join(ROOT, 'build'), join(rxgst, 'build'))
  if (nodeGtk === 'failed') {
    cpSync(dirname(require.resolve('node-gtk/package.json')), join(modules, 'node-gtk'), {
      recursive: true,
      filter: source => !/\.node$|node-gtk\/(build|lib\/binding|node_modules)/.test(source),
    })
  }
  return dirname(modules)
}

const CAPTURE = `new (require('rxgst').RTMPCapture)('rtmp://h/a/k')`
const GI = `require('rxgst/gi').gi()`

function told(cwd: string, action = CAPTURE): string {
  const code = `try { ${action}; console.log('made') } catch (error) { console.log(error.code + ' ' + error.message) }`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], { cwd, encoding: 'utf8' })
  return stdout + stderr
}

test('install scripts that npm did not run are told as such, with the command that helps', () => {
  assert.match(
    told(project('absent')),
    /^ERR_ADDON_NOT_BUILT .*npm did not run the install scripts .*run "npm rebuild rxgst --ignore-scripts=false"/,
  )
  assert.match(told(project('failed')), /^ERR_ADDON_NOT_BUILT .*it did not compile; run "npm rebuild rxgst"/)
})

test('without node-gtk all is there but rxgst/gi, which says what it lacks', () => {
  const without = project('built')
  assert.is(told(without), 'made\n')
  const { devDependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    'devDependencies' | 'peerDependencies',
    Record<string, string>
  >
  const tested = devDependencies['node-gtk']!
  assert.is(peerDependencies['node-gtk'], `^${tested}`)
  assert.match(
    told(without, GI),
    'ERR_ADDON_NOT_BUILT rxgst/gi needs node-gtk, which is not installed: ' +
      `run "npm install node-gtk@${tested}"; it needs the Debian packages`,
  )
  assert.match(
    told(project('built', 'failed'), GI),
    /^ERR_ADDON_NOT_BUILT node-gtk is not built: npm did not run .*run "npm rebuild node-gtk --ignore-scripts=false"/,
  )
})

test.run()
