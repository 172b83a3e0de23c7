// suite: deep
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { isPassword } from '../../src/api/access/password.js'
import { hashToken, readUsers } from '../../src/api/access/users-file.js'
import { fakeApi } from '../api/support.js'

const test = suite('passwd and ctl', { timeout: 120_000 })

const PROGRAM = fileURLToPath(new URL('./program.js', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function run(args: readonly string[], stdin = ''): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'pipe' })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text))
  child.stdin.on('error', () => undefined).end(stdin)
  return new Promise(resolve => child.on('close', code => resolve({ code, out, err })))
}

test('passwd makes a user whose password opens, and keeps the rest of the file', async () => {
  const file = join(tempDir(), 'users.yaml')
  const made = await run(['passwd', 'anna', '-f', file, '--role', 'admin'], 'a long password\n')
  assert.is(made.code, 0, made.err)
  assert.is(statSync(file).mode & 0o777, 0o600)
  const { anna } = readUsers(file)!.users
  assert.is(anna!.role, 'admin')
  assert.ok(await isPassword('a long password', anna!.password, null))
  assert.not.ok(await isPassword('a long passwort', anna!.password, null))
  assert.not.match(readFileSync(file, 'utf8'), 'a long password')

  writeFileSync(file, readFileSync(file, 'utf8').replace('tokens:', '# night shift\ntokens:'))
  const other = await run(['passwd', 'otto', '-f', file, '-c', 'studio', '-c', 'chapel', '--json'], 'another password')
  assert.equal(JSON.parse(other.out), { name: 'otto', role: 'viewer' })
  assert.equal(readUsers(file)!.users['otto']!.channels, ['studio', 'chapel'])
  assert.match(readFileSync(file, 'utf8'), '# night shift')
  // A new password leaves role and channels.
  await run(['passwd', 'otto', '-f', file], 'a third password')
  assert.equal(readUsers(file)!.users['otto']!.channels, ['studio', 'chapel'])

  assert.is((await run(['passwd', 'anna', '-f', file, '--delete'])).code, 0)
  assert.equal(Object.keys(readUsers(file)!.users), ['otto'])
  const again = await run(['passwd', 'anna', '-f', file, '--delete', '--json'])
  assert.is(again.code, 1)
  assert.is(JSON.parse(again.err).code, 'ERR_USER_UNKNOWN')
})

test('what others write while a password is typed stays, and a lock is waited for', async () => {
  const file = join(tempDir(), 'users.yaml')
  const child = spawn(process.execPath, [PROGRAM, 'passwd', 'anna', '-f', file], { stdio: 'pipe' })
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  // It has read its file by then, and waits for a password.
  child.stdin.write('a long')
  const lock = `${file}.lock`
  assert.is((await run(['passwd', 'otto', '-f', file], 'another password\n')).code, 0)
  writeFileSync(lock, '')
  child.stdin.end(' password\n')
  assert.is(await Promise.race([ended, sleep(3000, 'waits')]), 'waits')
  assert.not.ok(Object.hasOwn(readUsers(file)!.users, 'anna'))
  rmSync(lock)
  assert.is(await ended, 0)
  assert.equal(Object.keys(readUsers(file)!.users), ['otto', 'anna'])
  assert.not.ok(existsSync(lock))
})

test('passwd makes a token, shows it once, and keeps its hash alone', async () => {
  const file = join(tempDir(), 'users.yaml')
  const { code, out } = await run(['passwd', 'scraper', '--token', '-f', file, '--role', 'metrics', '--expires', '90d'])
  assert.is(code, 0)
  const token = out.trim()
  assert.match(token, /^rxgst_[\w-]{43}$/)
  const { scraper } = readUsers(file)!.tokens
  assert.is(scraper!.sha256, hashToken(token))
  const days = (Date.parse(scraper!.expires!) - Date.now()) / 86_400_000
  assert.ok(days > 89 && days < 91)
  assert.not.match(readFileSync(file, 'utf8'), token)
  const list = await run(['passwd', '--list', '-f', file])
  assert.match(list.out, /token {2}scraper {2}metrics/)
  assert.not.match(list.out, scraper!.sha256)
})

test('passwd refuses what is no password, no name, no role, and a file that is broken', async () => {
  const file = join(tempDir(), 'users.yaml')
  assert.is((await run(['passwd', 'anna', '-f', file], 'short')).code, 2)
  assert.is((await run(['passwd', '../x', '-f', file], 'a long password')).code, 2)
  assert.is((await run(['passwd', 'anna', '-f', file, '--role', 'metrics'], 'a long password')).code, 2)
  assert.is((await run(['passwd', 'anna', '-f', file, '--role', 'king'], 'a long password')).code, 2)
  assert.is((await run(['passwd', '-f', file])).code, 2)
  assert.is((await run(['passwd', 'x', '-t', '-f', file, '--expires', '2001-01-01'])).code, 2)
  assert.is(readUsers(file), null)
  writeFileSync(file, 'users: { anna: { role: admin, password: my-plain-password } }\n')
  const broken = await run(['passwd', 'otto', '-f', file], 'a long password')
  assert.is(broken.code, 1)
  assert.not.match(broken.err, 'my-plain-password')
})

test('ctl does by the socket what the API can do', async () => {
  const socket = join(tempDir(), 'rxgst.sock')
  await using fake = await fakeApi({ listen: [`unix:${socket}`, '127.0.0.1:0'] })
  assert.is(statSync(socket).mode & 0o777, 0o660)
  const ctl = (...args: string[]) => run(['ctl', '--socket', socket, ...args])
  const alert = fake.port.raise('studio', 'silence', 'critical', 'silent\u001b[2J')

  const list = await ctl('list')
  assert.is(list.code, 0, list.err)
  assert.match(list.out, /^CHANNEL +STATE/)
  assert.match(list.out, /^studio +live +camera +3\/3/m)
  assert.not.match(list.out, '\u001b')
  assert.match((await ctl('status', 'studio')).out, /target {2}youtube: live/)
  assert.is((await ctl('stop', 'studio')).code, 0)
  assert.is(fake.port.channel('studio').status.phase, 'stopped')
  await ctl('start', 'studio')
  await ctl('switch', 'studio', 'standby')
  await ctl('target', 'studio', 'twitch', 'stop')
  const { status } = JSON.parse((await ctl('--json', 'status', 'studio')).out)
  assert.is(status.inputs[1].onAir, true)
  assert.is(status.targets[1].phase, 'stopped')
  assert.match((await ctl('alerts')).out, 'critical')
  assert.match((await ctl('acknowledge', alert.id)).out, 'seen by socket')
  assert.match((await ctl('reload', '--dry-run')).out, 'nothing changes')
  assert.match((await ctl('events', '--after', '1')).out, /channel-phase {2}studio is stopped \(socket\)/)
})

test('ctl follows events until it is told to end', async () => {
  const socket = join(tempDir(), 'rxgst.sock')
  await using fake = await fakeApi({ listen: [`unix:${socket}`, '127.0.0.1:0'] })
  const child = spawn(process.execPath, [PROGRAM, 'ctl', '--json', '--socket', socket, 'events', '--follow'])
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text))
  const ended = new Promise(resolve => child.on('close', resolve))
  await until(() => fake.port.events$.observed)
  fake.port.note({ type: 'switch', channel: 'studio', user: null, message: 'm', data: {} })
  await until(() => out.endsWith('\n'))
  assert.is(JSON.parse(out).type, 'switch')
  child.kill('SIGINT')
  assert.is(await ended, 0)
})

test('ctl tells what the server refuses, and that none is there', async () => {
  const socket = join(tempDir(), 'rxgst.sock')
  const none = await run(['ctl', '--socket', socket, 'list'])
  assert.is(none.code, 3)
  assert.match(none.err, 'ERR_UNREACHABLE')
  await using fake = await fakeApi({ listen: [`unix:${socket}`, '127.0.0.1:0'] })
  assert.ok(fake)
  const unknown = await run(['ctl', '--socket', socket, '--json', 'stop', 'nothing'])
  assert.is(unknown.code, 1)
  assert.is(JSON.parse(unknown.err).code, 'ERR_CHANNEL_UNKNOWN')
  assert.is((await run(['ctl', '--socket', socket, 'stop'])).code, 2)
  assert.is((await run(['ctl', '--socket', socket, 'target', 'studio', 'twitch', 'explode'])).code, 2)
})

test.run()
