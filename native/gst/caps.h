// What caps say, and the elements that they come from.
#pragma once
#include <gst/gst.h>

#include <string>
#include <string_view>

#include "gst/refs.h"

namespace rxgst {

/** A new reference; none of null. */
inline CapsRef ref_caps(GstCaps* caps) { return CapsRef(caps ? gst_caps_ref(caps) : nullptr); }

/** As gst-launch writes them; empty of null. */
inline std::string caps_text(const GstCaps* caps) { return caps ? CharPtr(gst_caps_to_string(caps)).get() : ""; }

/** The media type that they begin with; empty: there are none. */
inline std::string_view media_of(const GstCaps* caps) {
  if (!caps || gst_caps_get_size(caps) == 0) return "";
  return gst_structure_get_name(gst_caps_get_structure(caps, 0));
}

/** The decoder configuration that they carry; null: none. */
inline GstBuffer* codec_data(const GstCaps* caps) {
  if (media_of(caps).empty()) return nullptr;
  const GValue* value = gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data");
  return value && GST_VALUE_HOLDS_BUFFER(value) ? gst_value_get_buffer(value) : nullptr;
}

/** Empty: no factory has made it. */
inline std::string_view factory_name(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  return factory ? GST_OBJECT_NAME(factory) : "";
}

/** Such as 'Codec/Muxer'; empty: no factory has made it. */
inline std::string_view klass_of(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  const gchar* klass = factory ? gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS) : nullptr;
  return klass ? klass : "";
}

}  // namespace rxgst
