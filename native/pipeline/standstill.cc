// Finds the place where a graph stands still: declared in live_graph.h.
#include <gst/base/gstbasesink.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "gst/bin.h"
#include "gst/caps.h"
#include "gst/pads.h"
#include "gst/refs.h"
#include "pipeline/live_graph.h"

namespace rxgst {
namespace {

std::string name_of(GstPad* pad) {
  ObjectRef<GstElement> element(gst_pad_get_parent_element(pad));
  const CharPtr name(gst_pad_get_name(pad));
  const CharPtr owner(element ? gst_element_get_name(element.get()) : nullptr);
  return std::string(owner ? owner.get() : "?") + "." + name.get();
}

/** A source whose thread does not wait inside of the next element may still bring data. */
bool is_stuck(GstElement* source) {
  const auto outputs = pads_of(source, GST_PAD_SRC);
  return !outputs.empty() && std::all_of(outputs.begin(), outputs.end(), [](const auto& pad) {
    ObjectRef<GstPad> peer(gst_pad_get_peer(pad.get()));
    return peer && is_busy(peer.get());
  });
}

/** Visits the elements that feed a sink pad, nearest first; false: a part of them is not linked so far. */
bool upstream(GstPad* pad, const std::function<void(GstElement*)>& visit, std::set<GstElement*>& seen) {
  ObjectRef<GstPad> peer(gst_pad_get_peer(pad));
  ObjectRef<GstElement> element(peer ? gst_pad_get_parent_element(peer.get()) : nullptr);
  if (!element) return false;
  if (!seen.insert(element.get()).second) return true;
  visit(element.get());
  bool whole = true;
  for (const auto& input : pads_of(element.get(), GST_PAD_SINK)) whole = upstream(input.get(), visit, seen) && whole;
  return whole;
}

bool is_source(GstElement* element) {
  return pads_of(element, GST_PAD_SINK).empty() && !pads_of(element, GST_PAD_SRC).empty();
}

/** Whether every thread that could bring data to this pad waits. */
bool is_cut_off(GstPad* pad, const ElementRefs& all) {
  bool free = false;
  std::set<GstElement*> seen;
  const auto is_free = [](GstElement* each) { return is_source(each) && !is_stuck(each); };
  const bool whole = upstream(pad, [&](GstElement* each) { free = free || is_free(each); }, seen);
  if (!whole) {
    free = std::any_of(all.begin(), all.end(), [&](const auto& each) { return is_free(each.get()); });
  }
  return !free;
}

/** A sink that holds its first buffer until the other sinks have theirs. */
bool holds_first(GstElement* element) {
  return GST_OBJECT_FLAG_IS_SET(element, GST_ELEMENT_FLAG_SINK) && GST_STATE(element) < GST_STATE_PLAYING;
}

std::string queue_before(GstPad* pad) {
  std::string found;
  std::set<GstElement*> seen;
  upstream(
      pad,
      [&](GstElement* each) {
        if (found.empty() && factory_name(each).find("queue") != std::string_view::npos) {
          found = CharPtr(gst_element_get_name(each)).get();
        }
      },
      seen);
  return found;
}

}  // namespace

bool is_held(GstElement* source) { return is_stuck(source); }

bool find_standstill(GstElement* pipeline, Standstill* found) {
  const ElementRefs all = children_of(pipeline);
  for (const auto& element : all) {
    const auto inputs = pads_of(element.get(), GST_PAD_SINK);
    const auto held = std::find_if(inputs.begin(), inputs.end(), [](const auto& pad) { return is_busy(pad.get()); });
    if (held == inputs.end()) continue;
    // The element that waits furthest downstream is the one to look at.
    const auto outputs = pads_of(element.get(), GST_PAD_SRC);
    const bool further = std::any_of(outputs.begin(), outputs.end(), [](const auto& pad) {
      ObjectRef<GstPad> peer(gst_pad_get_peer(pad.get()));
      return peer && is_busy(peer.get());
    });
    if (further) continue;
    std::vector<GstPad*> others;
    std::vector<ObjectRef<GstPad>> kept;
    if (inputs.size() > 1) {
      for (const auto& pad : inputs) {
        if (is_idle(pad.get())) others.push_back(pad.get());
      }
    } else if (holds_first(element.get())) {
      for (const auto& other : all) {
        if (other == element || !holds_first(other.get())) continue;
        for (auto& pad : pads_of(other.get(), GST_PAD_SINK)) {
          if (is_busy(pad.get()) || GST_PAD_IS_EOS(pad.get())) continue;
          others.push_back(pad.get());
          kept.push_back(std::move(pad));
        }
      }
    }
    const auto cut_off = std::find_if(others.begin(), others.end(), [&](GstPad* pad) { return is_cut_off(pad, all); });
    if (cut_off == others.end()) continue;
    *found = {name_of(held->get()), name_of(*cut_off), queue_before(held->get())};
    return true;
  }
  return false;
}

}  // namespace rxgst
