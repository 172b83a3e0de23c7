// A graph's description → a GstPipeline in state NULL: every element made, every property set, every link made.
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

/** What was made. The elements are the pipeline's; these references end on a worker, as its own does. */
struct Built {
  ObjectRef<GstElement> pipeline;
  /** Shared with the handles of JS. */
  std::shared_ptr<Elements> elements = std::make_shared<Elements>();
  /** Counts what goes over every pad, where that was asked for. */
  std::shared_ptr<PadCounters> pads;
};

/**
 * build({ name, elements: [{ name, factory, props: [[name, value] …] }], links: [[from, pad, to, pad] …],
 * counted, live: { async, limits } | null }, timeline | null). JS thread; loads the plugins that are not loaded yet.
 */
std::optional<BuildError> build(const Napi::Object& description, const Napi::Value& timeline, Built* built);

}  // namespace rxgst
