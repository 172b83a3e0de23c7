// Whether this machine can compile the addon: asked before node-gyp is, whose answer is forty lines long.

import { spawnSync } from 'node:child_process'
import { aptCommand, LIBRARY_PACKAGES, missingPackages } from './packages.mjs'

const LIBRARIES = ['gstreamer-1.0', 'gstreamer-app-1.0', 'gstreamer-video-1.0', 'gstreamer-audio-1.0', 'libebur128']

/** What is missing, in words; empty when everything is there. */
export function missingTools() {
  const missing = ['make', 'python3', 'pkg-config'].filter(tool => !runs(tool, ['--version']))
  if (!missing.includes('pkg-config')) missing.push(...LIBRARIES.filter(name => !runs('pkg-config', [name])))

  const compiler = process.env.CXX || 'c++'
  if (!runs(compiler, ['--version'])) return [...missing, 'a C++ compiler']
  // libyuv has no pkg-config file in Debian: let the compiler look for its header and its library.
  const program = '#include <libyuv.h>\nint main() {}\n'
  if (!runs(compiler, ['-x', 'c++', '-', '-o', '/dev/null', '-lyuv'], program)) missing.push('libyuv')
  return missing
}

/** The one message for a machine that lacks some of it. */
export function missingToolsMessage(missing) {
  const packages = missingPackages(LIBRARY_PACKAGES)
  return `
rxgst compiles against GStreamer, libyuv and libebur128 when it is installed. Not found here: ${missing.join(', ')}.
On Debian 12 or later and Ubuntu 22.04 or later this command brings all it needs, to compile and to run:

  ${aptCommand(packages?.length ? packages : LIBRARY_PACKAGES)}

On another system install its packages of GStreamer 1.22 or later (with the base, good, bad, ugly and libav plugins),
libyuv and libebur128, all with headers. Then install rxgst again.
`
}

function runs(command, args, input = '') {
  return spawnSync(command, args, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0
}
