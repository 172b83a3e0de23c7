// GStreamer's registry: plugins, the elements in them, and what these take.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <string>

#include "gst/refs.h"

namespace rxgst {

/** The factory of an element, with its plugin loaded; null: there is none. Any thread; it may take a second. */
ObjectRef<GstElementFactory> load_factory(const std::string& name);
/** Of the elements that it makes. */
TypeClassRef class_of(GstElementFactory* factory);

Napi::Value load_factories(const Napi::CallbackInfo& info);
Napi::Value element_type(const Napi::CallbackInfo& info);

}  // namespace rxgst
