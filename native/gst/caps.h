// Helpers for caps, and for the names of element factories.
#pragma once
#include <gst/gst.h>

#include <string>
#include <string_view>

#include "gst/refs.h"

namespace rxgst {

/** A new reference; null if `caps` is null. */
inline CapsRef ref_caps(GstCaps* caps) { return CapsRef(caps ? gst_caps_ref(caps) : nullptr); }

/** The text of caps as gst-launch writes it; empty if they are null. */
inline std::string caps_text(const GstCaps* caps) { return caps ? CharPtr(gst_caps_to_string(caps)).get() : ""; }

/** The media type of the first structure; empty if there is none. */
inline std::string_view media_of(const GstCaps* caps) {
  if (!caps || gst_caps_get_size(caps) == 0) return "";
  return gst_structure_get_name(gst_caps_get_structure(caps, 0));
}

/** Whether the caps are of encoded pictures in HEVC. */
inline bool is_hevc(const GstCaps* caps) { return media_of(caps) == "video/x-h265"; }

/** The decoder configuration in caps; null if they have none. */
inline GstBuffer* codec_data(const GstCaps* caps) {
  if (media_of(caps).empty()) return nullptr;
  const GValue* value = gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data");
  return value && GST_VALUE_HOLDS_BUFFER(value) ? gst_value_get_buffer(value) : nullptr;
}

/** The name of the element's factory; empty if no factory has made the element. */
inline std::string_view factory_name(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  return factory ? GST_OBJECT_NAME(factory) : "";
}

/** The factory's class, such as 'Codec/Muxer'; empty if no factory has made the element. */
inline std::string_view klass_of(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  const gchar* klass = factory ? gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS) : nullptr;
  return klass ? klass : "";
}

}  // namespace rxgst
