// GStreamer's registry: loads plugins and finds the factories of elements.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <string>

#include "gst/refs.h"

namespace rxgst {

/** The factory of an element, with its plugin loaded; null if there is none. Any thread; loading may take a second. */
ObjectRef<GstElementFactory> load_factory(const std::string& name);
/** The class of the elements that a factory makes. */
TypeClassRef class_of(GstElementFactory* factory);

Napi::Value load_factories(const Napi::CallbackInfo& info);
Napi::Value element_type(const Napi::CallbackInfo& info);

}  // namespace rxgst
