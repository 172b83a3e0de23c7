/** What the process is told to be. The supervisor has checked it; this finds what would break the process. */
import { RxGstError } from 'rxgst'
import { MOST_INPUTS, MOST_TARGETS } from '../core/limits.js'
import type { ChannelConfig, InputConfig } from '../core/schema.js'

const FILLS = ['none', 'repeat', 'slate']

function refuse(what: string): never {
  throw new RxGstError('ERR_OPTION', `the configuration of the channel: ${what}`)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** ERR_OPTION. The message has no value in it, since values may be secrets. */
export function checkConfig(value: unknown): ChannelConfig {
  if (!isRecord(value)) refuse('expected an object')
  const { inputs, targets, mode, fill, holdBack, monitor, enabled, slate } = value
  if (!Array.isArray(inputs) || inputs.length === 0 || inputs.length > MOST_INPUTS)
    refuse(`expected 1 to ${MOST_INPUTS} inputs`)
  inputs.forEach(checkInput)
  const names = (inputs as InputConfig[]).map(inputName)
  if (new Set(names).size < names.length) refuse('two inputs have one name')
  if (!isRecord(targets) || Object.keys(targets).length > MOST_TARGETS)
    refuse(`expected an object of at most ${MOST_TARGETS} targets`)
  for (const [name, target] of Object.entries(targets)) checkTarget(name, target)
  if (mode !== 'copy' && !(isRecord(mode) && isRecord(mode.encode))) refuse("expected 'copy' or { encode } as its mode")
  if (!FILLS.includes(fill as string)) refuse(`expected one of ${FILLS.join(', ')} as its fill`)
  if (typeof holdBack !== 'number') refuse('expected a number of milliseconds as holdBack')
  if (!isRecord(monitor)) refuse('expected an object as its monitor')
  if (typeof enabled !== 'boolean') refuse('expected enabled to be true or false')
  if (slate !== undefined && typeof slate !== 'string') refuse('expected the path of a file as its slate')
  return value as ChannelConfig
}

function checkInput(input: unknown, index: number): void {
  const where = `input ${index + 1}`
  if (!isRecord(input)) refuse(`${where}: expected an object`)
  if ('ingest' in input) refuse(`${where}: the embedded server's inputs have a url here`)
  if (typeof input.url !== 'string' && typeof input.file !== 'string') refuse(`${where}: expected a url or a file`)
  if (input.name !== undefined && typeof input.name !== 'string') refuse(`${where}: expected a text as its name`)
}

function checkTarget(name: string, target: unknown): void {
  if (!isRecord(target)) refuse(`target ${name}: expected an object`)
  if (typeof target.url !== 'string' && typeof target.record !== 'string')
    refuse(`target ${name}: expected a url or a recording`)
  if (target.encode !== undefined && !isRecord(target.encode))
    refuse(`target ${name}: expected an object as its encode`)
}

/** Its name, or one by its place. */
export function inputName(input: InputConfig, index: number): string {
  return input.name ?? `input-${index + 1}`
}
