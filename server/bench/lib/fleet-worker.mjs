// A worker of a fleet whose channels have no media, without an API: node fleet-worker.mjs FOLDER; FLEET_URL is the
// store's address. The folder has its rxgst.yaml.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileDoor } from '../../../dist/server/src/supervisor/file-door.js'
import { Fleet } from '../../../dist/server/src/supervisor/fleet/fleet.js'
import { Supervisor } from '../../../dist/server/src/supervisor/supervisor.js'

const [, , folder] = process.argv
const own = fileDoor({ file: join(folder, 'rxgst.yaml'), env: process.env, credentialsDirectory: null })
const { config } = await own.read()
const state = join(folder, 'state')
mkdirSync(state, { recursive: true })
const fleet = new Fleet({
  ...{ config: config.server.fleet, url: process.env.FLEET_URL, version: '0.1.0', state },
  cores: config.server.fleet.cores,
})
await fleet.prepare(false)
const write = (fields, message) => console.error(message, JSON.stringify(fields))
// The supervisor begins its processes with the program that it is itself.
process.execPath = fileURLToPath(new URL('./quiet_channel.py', import.meta.url))
await Supervisor.start({
  ...{ version: '0.1.0', fleet, state, door: fleet.door(own, folder) },
  log: { debug: () => {}, info: write, warn: write, error: write },
  notifier: { send: ({ message }) => write({}, message), test: async () => ({ sent: 0, failed: [] }) },
  ...{ channelEntry: 'channel', ingestUrl: () => null, onConfig: () => {} },
})
