// What elements of a card ask their program for when they are opened, as gst_cuda_ensure_element_context and
// gst_gl_ensure_element_data of the real libraries do: neighbours first, then the program, then one of their own.
#pragma once
#include <gst/gst.h>

namespace fake {

/** What an element holds while it is open. */
struct Contexts {
  GstObject* cuda = nullptr;
  GstObject* gl_display = nullptr;
  GstObject* gl_other = nullptr;
};

/**
 * NULL to READY. Each context that is made, and each that goes, is a line of the file that RXGST_FAKE_CONTEXTS names.
 */
void open_card(GstElement* element, Contexts* contexts);
/** The real library's way to an OpenGL display, in its own words on stderr. */
void open_display(GstElement* element, Contexts* contexts);
/** Somebody answers, or tells unasked. */
void take_context(GstElement* element, GstContext* context, Contexts* contexts);
void close_card(Contexts* contexts);

}  // namespace fake
