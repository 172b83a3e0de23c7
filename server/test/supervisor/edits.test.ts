// Edits by the API at the doors that a server has: of a file, and of a fleet's store.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from 'rxgst/checks'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import type { Problem } from '../../src/core/problem.js'
import { LocalState } from '../../src/fleet/local-state.js'
import type { ConfigDoor, ConfigEdit } from '../../src/supervisor/config-door.js'
import { fileDoor } from '../../src/supervisor/file-door.js'
import { Desired } from '../../src/supervisor/fleet/desired.js'
import { fleetDoor } from '../../src/supervisor/fleet/fleet-door.js'
import { Queue } from '../../src/supervisor/queue.js'
import { Reconciler } from '../../src/supervisor/reconciler.js'

const test = suite('supervisor: edits', { timeout: 60_000 })

const TARGET = { url: 'rtmp://127.0.0.1/live/out' }
const CHANNEL = { inputs: [{ url: 'rtmp://127.0.0.1/live/in' }], targets: { out: TARGET } }

function makeFileDoor(folder = tempDir()): ConfigDoor {
  const file = join(folder, 'rxgst.yaml')
  writeFileSync(file, JSON.stringify({ channels: { studio: CHANNEL } }))
  return fileDoor({ file, env: {}, credentialsDirectory: null })
}

function makeFleetDoor(): ConfigDoor {
  const folder = tempDir()
  const state = new LocalState(systemClock)
  const worker = 'a'
  const desired = new Desired({ state, worker, folder, onHealth: error => assert.is(error, null) })
  const told = { onConflicts: () => {}, onInvalid: () => {} }
  return fleetDoor({ inner: makeFileDoor(folder), desired, state, worker, base: folder, ...told })
}

const reconcilerOf = async (door: ConfigDoor): Promise<Reconciler> => {
  const { reconciler } = await Reconciler.load(door, new Queue(), {
    onAir: () => true,
    inputSecretChanged: () => false,
    prepare: async (_, config) => ({
      ...{ config, given: config, secrets: [], fault: null, problems: [] },
      network: { privateAddresses: true, except: [] },
    }),
    apply: async () => {},
    event: () => {},
    fileProblems: () => {},
  })
  return reconciler
}

for (const [name, makeDoor] of [
  ['a file', makeFileDoor],
  ['a fleet', makeFleetDoor],
] as const) {
  test(`at the door of ${name}, only an object is put: null removes nothing`, async () => {
    const door = makeDoor()
    const reconciler = await reconcilerOf(door)
    const edits = [null, [], 1, 'text', true].flatMap((value): ConfigEdit[] => [
      { kind: 'put-channel', channel: 'studio', value },
      { kind: 'put-channel', channel: 'another', value },
      { kind: 'put-target', channel: 'studio', target: 'out', value },
      { kind: 'patch-channel', channel: 'studio', patch: value },
    ])
    for (const edit of edits) {
      for (const dryRun of [true, false]) {
        const refused = await reconciler.edit(edit, { user: 'olga', allowRestart: true, dryRun }).then(
          () => null,
          (error: Problem) => error,
        )
        const what = JSON.stringify(edit)
        assert.is(refused?.status, 422, what)
        assert.is(refused!.code, 'ERR_CONFIG_INVALID', what)
      }
    }
    const { studio } = (await door.read()).config!.channels
    assert.equal(Object.keys(studio!.targets), ['out'])
    assert.ok(reconciler.config.channels['studio'])
    // What removes says so.
    await reconciler.edit({ kind: 'delete-target', channel: 'studio', target: 'out' }, { user: 'olga' })
    await reconciler.edit({ kind: 'delete-channel', channel: 'studio' }, { user: 'olga' })
    assert.equal((await door.read()).config!.channels, {})
  })
}

test('what the API shows of a configuration is made once', async () => {
  const door = makeFileDoor()
  const { studio } = (await door.read()).config!.channels
  assert.is(door.redact(studio!), door.redact(studio!))
  const { studio: again } = (await door.read()).config!.channels
  assert.is(door.etagOf(studio!), door.etagOf(again!))
  assert.is.not(door.etagOf({ ...studio!, title: 'Another' }), door.etagOf(studio!))
})

test('a refusal names the field where the API sent it', async () => {
  const reconciler = await reconcilerOf(makeFileDoor())
  const refused = await reconciler
    .edit({ kind: 'put-target', channel: 'studio', target: 'out', value: null }, { user: 'olga' })
    .catch((error: Problem) => error)
  assert.is((refused as Problem).message, 'channels.studio.targets.out: expected an object with fields')
})

test.run()
