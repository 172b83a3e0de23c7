/** Types of native/gi: the door to introspection. */

/** What the room exports. */
export interface GiExports {
  /** Makes the element `rxgstdoor` known, by which node-gtk gives the addon a bus; see src/gi. */
  openDoor(): boolean
}
