// Builds a GstPipeline in state NULL from a graph's description: makes elements, sets properties, makes links.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <memory>
#include <string>

#include "gst/element.h"
#include "gst/refs.h"
#include "pipeline/build_error.h"
#include "pipeline/pad_counters.h"

namespace rxgst {

/**
 * The result of a build. The pipeline owns the elements; these references end on a worker, as the pipeline's own does.
 */
struct Built {
  ObjectRef<GstElement> pipeline;
  /** Shared with the handles of JS. */
  std::shared_ptr<Elements> elements = std::make_shared<Elements>();
  /** Counts what passes every pad; null unless the description asks for it. */
  std::shared_ptr<PadCounters> pads;
};

/**
 * build({ name, elements: [{ name, factory, props: [[name, value] …] }], links: [[from, pad, to, pad] …], counted,
 * live: { async, limits } | null }, timeline | null). JS thread; loads plugins that are not yet loaded.
 */
std::optional<BuildError> build(const Napi::Object& description, const Napi::Value& timeline, Built* built);

}  // namespace rxgst
