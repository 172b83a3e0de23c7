// Properties of elements and their children: found, written, read.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <string>
#include <vector>

#include "gst/refs.h"
#include "pipeline/build_error.h"
#include "pipeline/given.h"
#include "pipeline/js_value.h"

namespace rxgst {

/** One property of one object (an element, or a pad of it: 'sink_0::xpos'), with a value that fits it. */
struct Setting {
  ObjectRef<GstObject> object;
  std::string name;
  Value value;
};

/** The property of an element's class by its name in kebab-case or camelCase, or null. */
GParamSpec* find_property(GObjectClass* type, const std::string& name);
std::vector<std::string> property_names(GObjectClass* type);

/**
 * Prepares one property of an element, or of a child ('sink_0::xpos'), or says what is wrong. `started`: what an
 * element takes only while it is at rest is refused.
 */
std::optional<BuildError> prepare_setting(GstElement* element, const std::string& element_name,
                                          const std::string& property, const Given& given, bool started,
                                          Setting* setting);

/** Where a property is read: the object, and what says how. */
struct Reading {
  ObjectRef<GstObject> object;
  GParamSpec* spec = nullptr;
};
std::optional<BuildError> prepare_reading(GstElement* element, const std::string& element_name,
                                          const std::string& property, Reading* reading);

/** A property's value for JS: as js_value_of, but text where it is nothing or a whole structure. Any thread. */
JsValue read_property(const Reading& reading);

}  // namespace rxgst
