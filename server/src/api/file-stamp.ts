/** What tells whether a file is another one by now. */
import { statSync } from 'node:fs'

/**
 * Of the file behind the links: Kubernetes swaps links. A file that cannot be looked at has a stamp too, so its reader
 * says what is wrong. The time of its rights is in it: a file may be readable only later than it is written.
 */
export function stampOf(file: string): string {
  try {
    const { ino, mtimeMs, ctimeMs, size } = statSync(file)
    return `${ino} ${mtimeMs} ${ctimeMs} ${size}`
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
