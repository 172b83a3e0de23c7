// A handle of an element for JavaScript: it names an element of a pipeline, and holds no address.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <map>
#include <memory>
#include <string>

#include "gst/refs.h"

namespace rxgst {

/** The elements of one pipeline, by name; empty after the pipeline is closed. JS thread. */
using Elements = std::map<std::string, ObjectRef<GstElement>>;

/**
 * A handle for JS. It keeps neither the element nor its pipeline alive, and names nothing after the pipeline is closed.
 */
Napi::Object element_handle(Napi::Env env, std::shared_ptr<Elements> elements, std::string name);

/** A new reference on the named element; null if its pipeline is closed. Throws if the value is no handle. */
ObjectRef<GstElement> find_element(const Napi::Value& handle);

/**
 * A new reference on the named element, for a caller that keeps it. Throws if the pipeline is closed. The facades pass
 * the right kind of element: a caller that needs a GstAppSink asks for one.
 */
template <class T = GstElement>
ObjectRef<T> element_argument(const Napi::Value& handle) {
  ObjectRef<GstElement> element = find_element(handle);
  if (!element) throw Napi::Error::New(handle.Env(), "the element's pipeline is closed");
  return ObjectRef<T>(reinterpret_cast<T*>(element.release()));
}

}  // namespace rxgst
