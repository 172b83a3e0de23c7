// Debian packages, installed: as root, or through sudo.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { aptCommand } from './packages.mjs'
import { runTask, SetupError } from './task.mjs'

const script = fileURLToPath(new URL('apt-install.sh', import.meta.url))

/** Throws at once where it cannot: no other step of set-up has begun then. */
export function installPackages(title, packages) {
  const prefix = runs('apt-get', ['--version']) ? rootPrefix() : null
  if (!prefix) throw new SetupError(cannotInstall(packages))
  console.log(`  ${title}, with apt-get: ${packages.join(' ')}`)
  const [command, ...args] = [...prefix, 'sh', script, ...packages]
  return runTask(title, command, args)
}

// What to put before a command to run it as root, or null. A password is asked for only where somebody can type it.
function rootPrefix() {
  if (process.getuid() === 0) return []
  if (runs('sudo', ['-n', 'true'])) return ['sudo', '-n']
  if (!process.stdin.isTTY) return null
  console.log('  Installing Debian packages takes root: sudo asks for your password.')
  return spawnSync('sudo', ['-v'], { stdio: 'inherit' }).status === 0 ? ['sudo', '-n'] : null
}

function runs(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

function cannotInstall(packages) {
  return `
These Debian packages are missing, and cannot be installed from here: that takes apt-get, and root or sudo.

  ${packages.join('\n  ')}

On Debian 12 or later and Ubuntu 22.04 or later this command installs them:

  ${aptCommand(packages)}

Then run the same npm command again. Where the same software comes from elsewhere, set RXGST_SKIP_PACKAGES=1.
`
}
