import { debianPackage as knownPackage } from '../pipelines/elements/knowledge'

/** The Debian 12 package of an element, as text for a message. */
export function debianPackage(factory: string): string {
  return knownPackage(factory) ?? 'that holds it (apt-file search, or packages.debian.org)'
}
