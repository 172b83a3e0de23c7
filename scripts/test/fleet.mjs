// The fleet's fault run: four workers, a PostgreSQL, servers of three kinds, and faults that a seed has chosen.
//
//   npm run test:fleet                        500 faults, which takes long
//   npm run test:fleet -- --events=20         fewer
//   npm run test:fleet -- --seed=7            those of another run again; it prints its seed
//   npm run test:fleet -- --ttl=3000          ms
//
// Exit status 1 where two publish that must not, a channel is down for longer than docs/server/fleet.md says, or one
// does not come back.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1
process.exitCode =
  node(join('scripts', 'build.mjs')) ||
  node(join('dist', 'server', 'test', 'fleet', 'workers', 'run-storm.js'), ...process.argv.slice(2))
