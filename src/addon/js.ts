/** Types of native/js: the addon itself in its process. */
/** What the room exports. */
export interface JsExports {
  /**
   * Keeps another addon in memory when the worker that loaded it ends; this one stays by itself.
   * @param name of its file, without `.node`
   */
  keepLoaded(name: string): void
}
