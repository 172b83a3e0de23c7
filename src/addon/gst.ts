/** Types of native/gst: GStreamer itself, its elements and devices. */
declare const handle: unique symbol

/**
 * A handle of an element: its name in its pipeline, for the addon alone. It keeps nothing alive: after the pipeline is
 * closed, each use of it is an error.
 */
export interface ElementHandle {
  readonly [handle]: never
}

/** What the room exports. */
export interface GstExports {
  /** GStreamer's version; works before GStreamer is started. */
  gstreamer(): { readonly major: number; readonly minor: number; readonly text: string }
  /**
   * Starts GStreamer on a worker, which takes 20 ms the first time, and seconds if plugins have changed. Without this
   * call, the first call that needs GStreamer waits for its start. Resolves with GStreamer's reason if it does not
   * start.
   */
  startGStreamer(): Promise<string | null>
  /** Names of all elements of this GStreamer, about 1300: for "did you mean". */
  elementNames(): string[]
  /** Loads the plugins of these elements on a worker, since dlopen of FFmpeg takes longer than a picture. */
  loadFactories(names: readonly string[], files?: readonly string[]): Promise<string[]>
  /** The file of an element's plugin; null: there is no such element. Call loadFactories() first, as this loads it. */
  elementType(factory: string): { readonly plugin: string | null } | null
  /** All live objects of GStreamer; null unless the process runs with GST_TRACERS=leaks. */
  liveObjects(): string[] | null
  /**
   * The dynamic linker's error for a library, which may name another one that it needs; null: it loads. Only in a
   * trial.
   */
  libraryError(soname: string): string | null
  /** The error of NVIDIA's driver when it is initialised; null: none, or no driver. Only in a trial. */
  cudaError(): string | null
  /** The error of libva on a render node; null: none, or no libva. Only in a trial. */
  vaError(path: string): string | null
  /** Call after a card has failed: later pipelines get a new context of the card; earlier ones keep theirs. */
  forgetContexts(): void
}
