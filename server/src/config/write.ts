/** Files that are whole or not there, whenever the power goes. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Problem } from '../core/problem.js'
import { codeOf, reasonOf } from './files.js'

/** Keys may stand in it. */
const MODE = 0o600
const FOLDER_MODE = 0o750

/** A link stays, and what it leads to is written. Throws Problem ERR_CONFIG_READ_ONLY, ERR_CONFIG_WRITE. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  try {
    // Not recursive: on some file systems that never ends.
    await mkdir(dirname(file), { mode: FOLDER_MODE }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
    const target = await realpath(file).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return file
      throw error
    })
    const mode = await stat(target).then(
      facts => facts.mode & 0o777,
      () => MODE,
    )
    await replace(target, text, mode)
  } catch (error) {
    throw problemOf(error, dirname(file))
  }
}

async function replace(target: string, text: string, mode: number): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`)
  const handle = await open(temporary, 'wx', mode)
  try {
    await handle.writeFile(text)
    await handle.sync()
    await handle.close()
    await rename(temporary, target)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await unlink(temporary).catch(() => undefined)
    throw error
  }
  // The name too is on the disk then. Some file systems cannot.
  const folder = await open(dirname(target), 'r')
  await folder.sync().catch(() => undefined)
  await folder.close()
}

function problemOf(error: unknown, folder: string): Problem {
  if (['EROFS', 'EACCES', 'EPERM'].includes(codeOf(error)))
    return new Problem(403, 'ERR_CONFIG_READ_ONLY', `${folder} cannot be written: ${reasonOf(error)}`, {
      fault: 'machine',
      remedy: 'Let the user of the server write there, or change the file by hand; the server notices.',
    })
  return new Problem(500, 'ERR_CONFIG_WRITE', `${folder} cannot be written: ${reasonOf(error)}`, {
    fault: 'machine',
    retryable: true,
    remedy: 'Look at the disk and the permissions of this folder.',
  })
}
