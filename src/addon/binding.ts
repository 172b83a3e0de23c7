/**
 * The binding: the only loader of the addon's .node file. The exports of each room of native/ have their types in a
 * file of that room's name; C++ registers them in native/<room>/exports.h. All of it is called on the JS thread, and
 * works for GStreamer's streaming threads. The facades validate arguments before; C++ trusts them.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers'
import { RxGstError } from '../core/errors'
import { scriptsNotRun } from '../core/runtime'
import type { CaptureExports } from './capture'
import { RUNTIME_PACKAGES } from './debian'
import type { GiExports } from './gi'
import type { GstExports } from './gst'
import type { JsExports } from './js'
import type { MeterExports } from './meter'
import type { OutputExports } from './output'
import type { PipelineExports } from './pipeline'
import type { PixelsExports } from './pixels'
import type { RecordExports } from './record'
import type { RelayKindsExports } from './relay'
import type { RtmpExports } from './rtmp'
import type { StillsExports } from './stills'
import type { TapExports } from './tap'

export interface Native
  extends JsExports,
    GstExports,
    GiExports,
    PixelsExports,
    RtmpExports,
    CaptureExports,
    TapExports,
    StillsExports,
    PipelineExports,
    OutputExports,
    RecordExports,
    RelayKindsExports,
    MeterExports {}

let loaded: Native | null = null

/** The addon, loaded by the first call. ERR_ADDON_NOT_BUILT tells what to do. */
export function native(): Native {
  if (loaded) return loaded
  const file = addonFile()
  try {
    loaded = require(file) as Native
    loaded.nextTurnBy(setImmediate)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    const needs = `it needs the Debian packages ${RUNTIME_PACKAGES.join(' ')}`
    const compile = 'where they are installed, run "npm rebuild rxgst --ignore-scripts=false", which compiles it again'
    throw new RxGstError('ERR_ADDON_NOT_BUILT', `the native addon does not load (${why}): ${needs}; ${compile}`, {
      cause,
    })
  }
  return loaded
}

/** The addon's file: the one compiled here, in build/, else the package's own, in prebuilds/. */
function addonFile(): string {
  // This file is dist/src/addon/binding.js, in a checkout as in a package.
  const root = path.resolve(__dirname, '../../..')
  try {
    return (require('node-gyp-build') as { path(root: string): string }).path(root)
  } catch (cause) {
    const tried = existsSync(path.join(root, 'build'))
    const installed = tried ? 'it did not compile; run "npm rebuild rxgst" and see why' : scriptsNotRun('rxgst')
    const checkout = 'run "npm start" or "npm test" in a checkout: they build it'
    const todo = root.includes('node_modules') ? installed : checkout
    throw new RxGstError('ERR_ADDON_NOT_BUILT', `the native addon is missing (${root}): ${todo}`, { cause })
  }
}
