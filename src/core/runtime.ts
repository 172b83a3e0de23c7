import { RxGstError } from './errors'

type Versions = Readonly<Record<string, string | undefined>>

/**
 * Refuses other runtimes, which also call themselves Node.js. They run the JavaScript of this package and then crash in
 * its native half, because node-gtk needs V8 in the form that Node.js has.
 */
export function checkRuntime(versions: Versions = process.versions, global: object = globalThis): void {
  const deno = versions['deno'] !== undefined || 'Deno' in global
  const name = versions['bun'] !== undefined ? 'Bun' : deno ? 'Deno' : null
  if (name === null) return
  throw new RxGstError('ERR_RUNTIME', `rxgst runs on Node.js; this is ${name}, which is not supported`)
}

/** Remedy if npm installed the package without its scripts and node-gtk's scripts. */
export const SCRIPTS_NOT_RUN =
  'npm did not run the install scripts (--ignore-scripts, or it waits for their approval): ' +
  'run "npm rebuild rxgst node-gtk --ignore-scripts=false"; ' +
  'where npm says that they are not approved, "npm install-scripts approve rxgst node-gtk" before it'
