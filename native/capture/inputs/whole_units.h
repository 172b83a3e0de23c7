// HEVC of transport streams, whose packets are whole access units without saying so.
#pragma once
#include <gst/gst.h>

#include <string_view>

#include "gst/caps.h"

namespace rxgst {

/**
 * The same event, or one whose caps say that each buffer is an access unit. Where they do not, h265parse (1.22) looks
 * for the end of each unit in the next buffer, and where a stream is joined in its middle, gives every unit the
 * timestamps of the one before. Takes the event over, and gives one back.
 */
inline GstEvent* with_whole_units(GstEvent* event) {
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  if (!is_hevc(caps)) return event;
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  const gchar* form = gst_structure_get_string(structure, "stream-format");
  const gchar* alignment = gst_structure_get_string(structure, "alignment");
  const bool plain = form && std::string_view(form) == "byte-stream";
  if (!plain || (alignment && std::string_view(alignment) != "nal")) return event;
  const CapsRef told(gst_caps_copy(caps));
  gst_caps_set_simple(told.get(), "alignment", G_TYPE_STRING, "au", nullptr);
  GstEvent* other = gst_event_new_caps(told.get());
  gst_event_unref(event);
  return other;
}

}  // namespace rxgst
