import { spawnSync } from 'node:child_process'
process.exit(spawnSync('node-gyp', ['rebuild'], { stdio: 'inherit', shell: true }).status ?? 1)
