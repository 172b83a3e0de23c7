import { RxGstError } from './errors'

type Versions = Readonly<Record<string, string | undefined>>

/**
 * Other runtimes run the JavaScript of this package and then fall over its native half (the addon is made for Node.js's
 * threads and its event loop): told before, and not by a crash. They call themselves Node.js, too.
 */
export function checkRuntime(versions: Versions = process.versions, global: object = globalThis): void {
  const deno = versions['deno'] !== undefined || 'Deno' in global
  const name = versions['bun'] !== undefined ? 'Bun' : deno ? 'Deno' : null
  if (name === null) return
  throw new RxGstError('ERR_RUNTIME', `rxgst runs on Node.js; this is ${name}, which is not supported`)
}

/** What to do where npm put a package there and ran none of its scripts. */
export function scriptsNotRun(name: string): string {
  return (
    'npm did not run the install scripts (--ignore-scripts, or it waits for their approval): ' +
    `run "npm rebuild ${name} --ignore-scripts=false"; ` +
    `where npm says that they are not approved, "npm install-scripts approve ${name}" before it`
  )
}
