/** Where slates, files and recordings of a channel lie, and whether they may. */
import { dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { codeOf, isInside, realPathOf, reasonOf, type ConfigFiles } from './files.js'
import type { ServerConfig } from '../core/schema.js'

const PICTURES = ['.png', '.jpg', '.jpeg']
const VIDEOS = ['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.flv', '.ts']

/** By the ending; null: neither. */
export function slateKind(path: string): 'picture' | 'video' | null {
  const ending = extname(path).toLowerCase()
  if (PICTURES.includes(ending)) return 'picture'
  return VIDEOS.includes(ending) ? 'video' : null
}

/** Of a recording's place: what stands before the first name with a field of strftime. */
export function recordingFolder(place: string): string {
  const names = place.split('/')
  const field = names.findIndex(name => /%[YmdHMSj%]/.test(name))
  return field < 0 ? place : names.slice(0, field).join('/') || (isAbsolute(place) ? '/' : '.')
}

/** Folders of slates, files and recordings, absolute. `base`: the folder of the configuration. */
export function allowedFolders(server: Pick<ServerConfig, 'folders' | 'state'>, base: string): string[] {
  return (server.folders ?? ['.', server.state]).map(folder => resolve(base, folder))
}

export function secretFolders(
  server: Pick<ServerConfig, 'secretFolders'>,
  base: string,
  credentialsDirectory: string | null,
): string[] {
  const folders = server.secretFolders ?? ['.', '/run/secrets', '/var/run/secrets', '/etc/rxgst']
  return [
    ...folders.map(folder => resolve(base, folder)),
    ...(credentialsDirectory === null ? [] : [credentialsDirectory]),
  ]
}

export type Located =
  | { readonly path: string; readonly fault: null }
  /** `late`: its disk does not answer, and may do so later. */
  | { readonly path: null; readonly fault: string; readonly late: boolean }

/** The path without symbolic links, or why it is refused. `folders` are absolute. */
export async function locate(
  path: string,
  base: string,
  folders: readonly string[],
  setting: string,
  files: ConfigFiles,
): Promise<Located> {
  // What a shell would expand is meant by nobody here; a NUL ends a path early.
  if (/[\p{Cc}]/u.test(path)) return { path: null, fault: 'a path without control characters is expected', late: false }
  const outside = { path: null, fault: `it lies outside of ${setting}`, late: false }
  const full = resolve(base, path)
  try {
    const real = await realPathOf(full, files)
    for (const folder of folders) {
      const realFolder = await realPathOf(folder, files).catch(() => null)
      if (realFolder !== null && isInside(realFolder, real)) return { path: real, fault: null }
    }
    return outside
  } catch (error) {
    const late = codeOf(error) === 'ETIMEDOUT'
    return { path: null, fault: `the path cannot be followed: ${reasonOf(error)}`, late }
  }
}

/** Folder of the API's own file, beside the configuration. */
export function overlayFile(file: string): string {
  return join(dirname(resolve(file)), 'rxgst.d', 'api.yaml')
}
