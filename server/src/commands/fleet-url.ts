/** The address of a fleet's store for the commands: of a file or a variable, so that no list of processes has it. */
import { join } from 'node:path'
import { reasonOf, systemFiles } from '../config/files.js'
import { isReference, referencesIn, replaceReferences, type Reference } from '../config/references.js'
import type { Problem } from '../core/problem.js'
import { wrongOption } from './output.js'

const MOST_BYTES = 4096
const VARIABLE = 'RXGST_FLEET_URL'

export interface GivenUrl {
  readonly url?: string | undefined
  readonly urlFile?: string | undefined
}

/** With its references filled in. Throws Problem, which has no value in it. */
export async function fleetUrl({ url, urlFile }: GivenUrl, env: NodeJS.ProcessEnv): Promise<string> {
  if (url !== undefined && urlFile !== undefined) throw wrongOption('the address is given twice')
  const text = urlFile === undefined ? (url ?? env[VARIABLE]) : await firstLine(urlFile, '--url-file')
  if (!text) throw wrongOption(`the address of the store is missing: give it, or --url-file, or ${VARIABLE}`)
  const { references, problems } = referencesIn(text)
  if (problems.length > 0) throw wrongUrl(problems[0]!)
  const values = new Map<string, string>()
  for (const reference of references) values.set(reference.text, await secretOf(reference, env))
  // A part of an address is percent-encoded there; a whole one is as it is.
  const encoded = isReference(text) ? (value: string) => value : encodeURIComponent
  return replaceReferences(text, reference => encoded(values.get(reference.text)!))
}

async function secretOf({ kind, name, text }: Reference, env: NodeJS.ProcessEnv): Promise<string> {
  if (kind === 'file') return firstLine(name, text)
  if (kind === 'env') {
    const value = env[name]
    if (!value) throw wrongUrl(`${text} is not set`)
    return value
  }
  const folder = env['CREDENTIALS_DIRECTORY']
  if (!folder) throw wrongUrl(`${text} needs $CREDENTIALS_DIRECTORY, which systemd sets`)
  return firstLine(join(folder, name), text)
}

async function firstLine(path: string, what: string): Promise<string> {
  let text: string
  try {
    text = Buffer.from(await systemFiles.read(path, MOST_BYTES)).toString()
  } catch (error) {
    throw wrongUrl(`${what}: ${reasonOf(error)}`)
  }
  const [line = '', ...more] = text.trimEnd().split(/\r?\n/)
  if (line === '' || more.length > 0) throw wrongUrl(`${what}: it is not one line`)
  return line
}

const wrongUrl = (what: string): Problem => wrongOption(`the address of the store cannot be used: ${what}`)
