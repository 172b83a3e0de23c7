/** Channels that are no file's: values as people wrote them, from a store. */
import type { ConfigProblem } from '../core/problem.js'
import { type ChannelConfig, channelSchema, type ServerConfig } from '../core/schema.js'
import { systemFiles } from './files.js'
import { problemsOf } from './issues.js'
import { problemAt, type Path } from './place.js'
import { checkRules, withInputNames } from './rules.js'

export interface DocumentContext {
  readonly server: ServerConfig
  /** Folder of the configuration, absolute. */
  readonly base: string
}

/** Either a channel that is complete, or what is wrong with it. */
export type CheckedDocument =
  | { readonly config: ChannelConfig; readonly problems: null }
  | { readonly config: null; readonly problems: readonly ConfigProblem[] }

/** All together, since there are rules over several channels. */
export async function checkDocuments(
  documents: ReadonlyMap<string, unknown>,
  { server, base }: DocumentContext,
): Promise<ReadonlyMap<string, CheckedDocument>> {
  const problems = new Map<string, ConfigProblem[]>()
  const complain = (id: string, found: readonly ConfigProblem[]): void =>
    void problems.set(id, [...(problems.get(id) ?? []), ...found])
  const channels = new Map<string, ChannelConfig>()
  for (const [id, document] of documents) {
    const parsed = channelSchema.safeParse(document)
    if (parsed.success) channels.set(id, parsed.data)
    else {
      const checked = { root: { channels: { [id]: document } }, place: null, file: '', at: ['channels', id] }
      complain(id, problemsOf(parsed.error.issues, channelSchema, checked))
    }
  }
  await checkRules(
    { server, channels: Object.fromEntries(channels) },
    {
      ...{ base, files: systemFiles, server },
      problem: (path: Path, message: string) => {
        // The server's own part comes from a file, whose reader has checked it.
        if (path[0] === 'channels') complain(String(path[1]), [problemAt(null, '', path, message)])
      },
      warn: () => {},
      placeOf: ([, id]) => String(id),
    },
  )
  return new Map(
    [...documents.keys()].map(id => {
      const found = problems.get(id)
      return [
        id,
        found ? { config: null, problems: found } : { config: withInputNames(channels.get(id)!), problems: null },
      ]
    }),
  )
}
