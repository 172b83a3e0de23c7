/** Types of native/gst: elements, devices, what GStreamer holds. */
declare const handle: unique symbol

/**
 * An element of a pipeline, by its name in there; only the addon looks into it. It keeps nothing alive: when the
 * pipeline is closed it names nothing, and who uses it gets an error.
 */
export interface ElementHandle {
  readonly [handle]: never
}

/** What the room exports. */
export interface GstExports {
  /** GStreamer's version; it need not have begun. */
  gstreamer(): { readonly major: number; readonly minor: number; readonly text: string }
  /**
   * Has GStreamer begin in a worker: the first time it takes 20 ms, and seconds where its plugins have changed. Where
   * nobody has called it, the first call that needs GStreamer waits for it. GStreamer's reason where it does not begin.
   */
  startGStreamer(): Promise<string | null>
  /** The elements that this GStreamer has, some 1300: for "did you mean". */
  elementNames(): string[]
  /** Loads the plugins of these elements in a worker, since dlopen of FFmpeg takes longer than a picture. */
  loadFactories(names: readonly string[], files?: readonly string[]): Promise<string[]>
  /** The file of an element's plugin; null: it is not there. Loads it: call loadFactories() first. */
  elementType(factory: string): { readonly plugin: string | null } | null
  /** Every object of GStreamer's that is alive; null unless the process runs with GST_TRACERS=leaks. */
  liveObjects(): string[] | null
  /**
   * What the dynamic linker says of a library, which may be of another that it needs; null: it loads. In a trial alone.
   */
  libraryError(soname: string): string | null
  /** What NVIDIA's driver says when it is begun; null: nothing, or it is not there. In a trial alone. */
  cudaError(): string | null
  /** What keeps libva from beginning on a render node; null: nothing, or there is no libva. In a trial alone. */
  vaError(path: string): string | null
  /** A card has failed: pipelines that come get a context of their own, as those that have one keep it. */
  forgetContexts(): void
}
