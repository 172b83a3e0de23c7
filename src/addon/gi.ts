/** Types of native/gi: the door to introspection. */

/** What the room exports. */
export interface GiExports {
  /** Registers the element `rxgstdoor`, by which node-gtk gives the addon a bus; see src/gi. */
  openDoor(): boolean
}
