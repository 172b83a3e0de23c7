import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { type FakeApi, fakeApi, logIn } from './support.js'

// The file of users changes while the server runs.
const test = suite('users file', { timeout: 120_000 })

let fake: FakeApi
test.before.each(async () => {
  fake = await fakeApi()
})
test.after.each(async () => {
  await fake.api.close()
  assert.equal(fake.faults, [])
})

const CHANNELS = '/api/v1/channels'
const isTold = () => fake.port.eventsAfter(0).events.some(({ type }) => type === 'users-invalid')

test('who is taken out of the file, or given another role, is out at once', async () => {
  const page = await logIn(fake)
  assert.is((await fake.request('GET', CHANNELS, { headers: page })).status, 200)
  writeFileSync(join(fake.folder, 'users.yaml'), 'users: {}\n')
  await until(async () => (await fake.request('GET', CHANNELS, { headers: page })).status === 401)
  assert.is((await fake.request('GET', CHANNELS, { headers: fake.as('admin') })).status, 401)
})

test('a users file that is not valid logs nobody out, and is told', async () => {
  writeFileSync(join(fake.folder, 'users.yaml'), 'users: { eve: { role: admin, password: plain-secret } }\n')
  await until(async () => {
    assert.is((await fake.request('GET', CHANNELS, { headers: fake.as('admin') })).status, 200)
    return isTold()
  })
  assert.not.match(JSON.stringify(fake.port.eventsAfter(0)), 'plain-secret')
})

test('a users file that cannot be looked at refuses no request, and is told', async () => {
  const folder = join(fake.folder, 'access')
  mkdirSync(folder)
  renameSync(join(fake.folder, 'users.yaml'), join(folder, 'users.yaml'))
  symlinkSync(join(folder, 'users.yaml'), join(fake.folder, 'users.yaml'))
  renameSync(folder, `${folder}-old`)
  // A path through what is no folder is neither there nor missing: the system refuses the look itself.
  writeFileSync(folder, '')
  await until(async () => {
    assert.is((await fake.request('GET', CHANNELS, { headers: fake.as('admin') })).status, 200)
    return isTold()
  })
  assert.is((await fake.request('GET', CHANNELS, { headers: fake.as('admin') })).status, 200)
})

test('who asks is told when that ends', async () => {
  const soon = new Date(Date.now() + 3_600_000)
  const path = join(fake.folder, 'users.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('2020-01-01T00:00:00Z', soon.toISOString()))
  const ask = async (headers: Record<string, string>) =>
    (await fake.request('GET', '/api/v1/session', { headers })).json?.expiresAt as number | null | undefined
  await until(async () => (await ask(fake.as('expired'))) === soon.getTime())
  assert.is(await ask(fake.as('admin')), null)
  const before = Date.now()
  const page = await logIn(fake)
  const end = (await ask(page))!
  const week = 7 * 24 * 3_600_000
  assert.ok(end >= before + week && end <= Date.now() + week, `${end}`)
})

test('three hours of wrong links and passwords leave room for other events, and all are counted', async () => {
  let now = 0
  await using quiet = await fakeApi({ users: false, now: () => now })
  const tries = 1080
  for (let i = 0; i < tries; i++) {
    now += 10_000
    await quiet.request('GET', '/login?token=wrong')
  }
  const told = quiet.port.eventsAfter(0).events.filter(({ type }) => type === 'login-failed')
  assert.ok(told.length > 100 && told.length < 300, `${told.length} events`)
  const counted = told.reduce((sum, { data }) => sum + Number(data['failures']), 0)
  assert.ok(counted > tries - 10 && counted <= tries, `${counted} of ${tries}`)
})

test.run()
