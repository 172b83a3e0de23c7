/** Types of native/js: the addon itself in its process. */
/** What the room exports. */
export interface JsExports {
  /** The addons that are loaded now stay so when the worker that loaded them ends: their threads do not end with it. */
  keepLoaded(): void
}
