// An element as JavaScript holds it: a handle that names it in its pipeline, and never its address.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <map>
#include <memory>
#include <string>

#include "gst/refs.h"

namespace rxgst {

/** The elements of one pipeline, by name; empty once it is closed. JS thread. */
using Elements = std::map<std::string, ObjectRef<GstElement>>;

/** A handle for JS. It keeps neither the element nor its pipeline, and names nothing when that is closed. */
Napi::Object element_handle(Napi::Env env, std::shared_ptr<Elements> elements, std::string name);

/** A new reference on what the handle names; null: its pipeline is closed. Throws where the value is no handle. */
ObjectRef<GstElement> find_element(const Napi::Value& handle);

/**
 * A new reference on what the handle names, which its user holds from then on. Throws where its pipeline is closed. The
 * facades name the right kind of element; whoever needs a GstAppSink asks for one.
 */
template <class T = GstElement>
ObjectRef<T> element_argument(const Napi::Value& handle) {
  ObjectRef<GstElement> element = find_element(handle);
  if (!element) throw Napi::Error::New(handle.Env(), "the element's pipeline is closed");
  return ObjectRef<T>(reinterpret_cast<T*>(element.release()));
}

}  // namespace rxgst
