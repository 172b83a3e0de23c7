import { debianPackage as knownPackage } from '../pipelines/elements/knowledge'

/** Which Debian 12 package an element comes in, for a message. */
export function debianPackage(factory: string): string {
  return knownPackage(factory) ?? 'that holds it (apt-file search, or packages.debian.org)'
}
