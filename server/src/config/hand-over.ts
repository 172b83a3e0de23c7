/** What a channel's process gets: secrets and absolute paths in place. */
import { resolve } from 'node:path'
import { Problem, type ConfigProblem } from '../core/problem.js'
import { parseAddress } from './address.js'
import { systemFiles } from './files.js'
import { allowedFolders, locate, recordingFolder } from './paths.js'
import { shownPath, type Path } from './place.js'
import type { ChannelConfig } from '../core/schema.js'
import { resolveSecrets, type SecretSources } from './secrets.js'

/**
 * The folders are looked at again: links may have changed since the configuration was read. Throws Problem ERR_SECRET,
 * ERR_CONFIG_PATH.
 */
export async function channelForProcess(
  id: string,
  channel: ChannelConfig,
  sources: SecretSources,
): Promise<ChannelConfig> {
  const { base, server, files = systemFiles } = sources
  const resolved = await resolveSecrets(channel, sources, ['channels', id])
  const folders = allowedFolders(server, base)
  const problems: ConfigProblem[] = []
  const absolute = async (at: Path, written: string, start = written): Promise<string> => {
    const { fault } = await locate(start, base, folders, 'server.folders', files)
    const path = shownPath(['channels', id, ...at])
    if (fault !== null) problems.push({ file: '', line: null, column: null, path, message: fault })
    return resolve(base, written)
  }
  const inputs = await Promise.all(
    resolved.inputs.map(async (input, index) => {
      if ('file' in input) return { ...input, file: await absolute(['inputs', index, 'file'], input.file) }
      // Only now known, where the address was a reference.
      const path = 'url' in input ? parseAddress(input.url, input.streamKey)?.path : null
      if (path) await absolute(['inputs', index, 'url'], path)
      return input
    }),
  )
  const targets = await Promise.all(
    Object.entries(resolved.targets).map(async ([name, target]) => {
      if (!('record' in target)) return [name, target] as const
      const record = await absolute(['targets', name, 'record'], target.record, recordingFolder(target.record))
      return [name, { ...target, record }] as const
    }),
  )
  const slate = resolved.slate === undefined ? undefined : await absolute(['slate'], resolved.slate)
  if (problems.length > 0)
    throw new Problem(422, 'ERR_CONFIG_PATH', problems.map(({ path, message }) => `${path}: ${message}`).join('; '), {
      remedy: 'Put the file into one of the folders of server.folders, or add its folder there.',
      problems,
    })
  return { ...resolved, inputs, targets: Object.fromEntries(targets), ...(slate !== undefined && { slate }) }
}
