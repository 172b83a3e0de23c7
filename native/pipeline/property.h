// Properties of elements and their children: finds, reads and writes them.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <functional>
#include <string>
#include <vector>

#include "gst/refs.h"
#include "pipeline/build_error.h"
#include "pipeline/given.h"
#include "pipeline/js_value.h"

namespace rxgst {

/** One property of one object (an element, or its pad: 'sink_0::xpos'), with a value that fits it. */
struct Setting {
  ObjectRef<GstObject> object;
  std::string name;
  Value value;
};

/** The property of an element's class by its name in kebab-case or camelCase; null: there is none. */
GParamSpec* find_property(GObjectClass* type, const std::string& name);
std::vector<std::string> property_names(GObjectClass* type);

/**
 * Prepares one property of an element, or of a child ('sink_0::xpos'), or returns the error. `started`: refuses
 * properties that an element accepts only before its start.
 */
std::optional<BuildError> prepare_setting(GstElement* element, const std::string& element_name,
                                          const std::string& property, const Given& given, bool started,
                                          Setting* setting);

/** The object and the description of a property that is read. */
struct Reading {
  ObjectRef<GstObject> object;
  GParamSpec* spec = nullptr;
};
std::optional<BuildError> prepare_reading(GstElement* element, const std::string& element_name,
                                          const std::string& property, Reading* reading);

/** A property's value for JS: as js_value_of, but text for null and for structures. Any thread. */
JsValue read_property(const Reading& reading);

Napi::Value takes(const Napi::CallbackInfo& info);

/**
 * Whether the element must not be told anything while it works: libaom must not get a new configuration while it
 * encodes, and av1enc does not keep the two apart.
 */
bool is_set_between_buffers(GstElement* element);

/**
 * Sets the properties of such an element. JS threads. Returns what a worker must call: it sets them if the element has
 * had no buffer, and else returns false and leaves them to the streaming thread, which sets them before the next
 * buffer. null: they are left to it already.
 */
std::function<bool()> set_between_buffers(GstElement* element, std::vector<Setting>* settings);

}  // namespace rxgst
