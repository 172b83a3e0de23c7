#include "pipeline/links.h"

#include <atomic>
#include <mutex>
#include <string_view>
#include <vector>

#include "capture/video_facts.h"
#include "gst/caps.h"
#include "js/js.h"

namespace rxgst {

struct LateLink {
  std::string pad;  // empty: any pad that fits
  ObjectRef<GstElement> target;
  std::string target_pad;
  bool taken = false;
};

class LateLinks {
 public:
  std::mutex mutex;
  std::vector<LateLink> links;
  std::shared_ptr<TimelineState> timeline;
  std::string refused;  // the last pad that no branch accepted, with its caps
};

namespace {

// The caps of a test source fill pages; a message needs only their beginning.
constexpr size_t max_caps_bytes = 160;

std::string short_caps(GstCaps* caps) {
  if (!caps) return "no caps";
  std::string text = caps_text(caps);
  if (text.size() <= max_caps_bytes) return text;
  // Never inside of a character.
  size_t end = max_caps_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

/** Whether a pad of this name belongs to the template: 'src_0' to 'src_%u'. */
bool matches(std::string_view name, std::string_view pattern) {
  const size_t percent = pattern.find('%');
  if (percent == std::string_view::npos) return name == pattern;
  return name == pattern || (name.size() > percent && name.substr(0, percent) == pattern.substr(0, percent));
}

/** The first template of this direction that a pad of this name fits; `presence` below 0 means any presence. */
GstPadTemplate* find_template(GstElement* element, GstPadDirection direction, const std::string& pad, int presence) {
  for (GList* at = gst_element_get_pad_template_list(element); at; at = at->next) {
    auto* candidate = static_cast<GstPadTemplate*>(at->data);
    if (GST_PAD_TEMPLATE_DIRECTION(candidate) != direction) continue;
    if (presence >= 0 && GST_PAD_TEMPLATE_PRESENCE(candidate) != static_cast<GstPadPresence>(presence)) continue;
    if (pad.empty() || matches(pad, GST_PAD_TEMPLATE_NAME_TEMPLATE(candidate))) return candidate;
  }
  return nullptr;
}

struct PadInfo {
  ObjectRef<GstPad> pad;
  GstPadTemplate* pattern = nullptr;
  explicit operator bool() const { return pad || pattern; }
};

/** The pad that a link means, for messages: the named one, the first free one, or a template. */
PadInfo find_pad(const LinkEnd& end, GstPadDirection direction) {
  PadInfo info;
  if (!end.pad.empty()) info.pad.reset(gst_element_get_static_pad(end.element, end.pad.c_str()));
  if (info.pad && gst_pad_get_direction(info.pad.get()) != direction) info.pad.reset();
  if (!info.pad && end.pad.empty()) {
    GST_OBJECT_LOCK(end.element);
    GstPad* linked = nullptr;
    for (GList* at = GST_ELEMENT_PADS(end.element); at; at = at->next) {
      auto* pad = GST_PAD_CAST(at->data);
      if (GST_PAD_DIRECTION(pad) != direction) continue;
      if (!GST_PAD_PEER(pad)) {
        info.pad = ref_object(pad);
        break;
      }
      linked = pad;
    }
    if (!info.pad && linked && !find_template(end.element, direction, "", GST_PAD_REQUEST))
      info.pad = ref_object(linked);
    GST_OBJECT_UNLOCK(end.element);
  }
  if (!info.pad) info.pattern = find_template(end.element, direction, end.pad, -1);
  return info;
}

std::string pad_text(const LinkEnd& end, const PadInfo& info) {
  std::string pad = end.pad;
  if (info.pad) pad = CharPtr(gst_pad_get_name(info.pad.get())).get();
  if (pad.empty() && info.pattern) pad = GST_PAD_TEMPLATE_NAME_TEMPLATE(info.pattern);
  return pad.empty() ? end.name : end.name + "." + pad;
}

CapsRef caps_of(const PadInfo& info) {
  if (info.pad) return CapsRef(gst_pad_query_caps(info.pad.get(), nullptr));
  return CapsRef(info.pattern ? gst_pad_template_get_caps(info.pattern) : nullptr);
}

std::vector<std::string> pad_names(GstElement* element, GstPadDirection direction) {
  std::vector<std::string> names;
  GST_OBJECT_LOCK(element);
  for (GList* at = GST_ELEMENT_PADS(element); at; at = at->next) {
    if (GST_PAD_DIRECTION(at->data) == direction) names.emplace_back(GST_OBJECT_NAME(at->data));
  }
  GST_OBJECT_UNLOCK(element);
  for (GList* at = gst_element_get_pad_template_list(element); at; at = at->next) {
    auto* pattern = static_cast<GstPadTemplate*>(at->data);
    if (GST_PAD_TEMPLATE_DIRECTION(pattern) == direction && GST_PAD_TEMPLATE_PRESENCE(pattern) != GST_PAD_ALWAYS) {
      names.emplace_back(GST_PAD_TEMPLATE_NAME_TEMPLATE(pattern));
    }
  }
  return names;
}

BuildError no_pad(const LinkEnd& end, GstPadDirection direction) {
  const char* kind = direction == GST_PAD_SRC ? "source" : "sink";
  std::vector<std::string> known = pad_names(end.element, direction);
  std::string text = "has no " + std::string(kind) + " pad" + (end.pad.empty() ? "" : " " + end.pad);
  if (!known.empty()) {
    text += "; it has ";
    for (size_t i = 0; i < known.size(); ++i) text += (i ? ", " : "") + known[i];
  }
  return {
      "ERR_LINK", end.name, std::string(factory_name(end.element)), "", text, std::move(known), BuildErrorKind::no_pad};
}

BuildError cannot_link(const LinkEnd& from, const LinkEnd& to) {
  const PadInfo source = find_pad(from, GST_PAD_SRC);
  const PadInfo sink = find_pad(to, GST_PAD_SINK);
  if (!source) return no_pad(from, GST_PAD_SRC);
  if (!sink) return no_pad(to, GST_PAD_SINK);
  const std::string source_text = pad_text(from, source);
  const std::string sink_text = pad_text(to, sink);
  std::string text = source_text + " cannot be linked to " + sink_text;
  if (source.pad && gst_pad_is_linked(source.pad.get())) {
    text += ": " + source_text + " is linked already; a tee gives one stream to many";
  } else if (sink.pad && gst_pad_is_linked(sink.pad.get())) {
    text += ": " + sink_text + " is linked already";
  } else {
    const CapsRef source_caps = caps_of(source);
    const CapsRef sink_caps = caps_of(sink);
    text += ": " + source_text + " gives " + short_caps(source_caps.get()) + "; " + sink_text + " takes " +
            short_caps(sink_caps.get());
  }
  return {"ERR_LINK", from.name, std::string(factory_name(from.element)), "", text, {}};
}

/** Drains a pad that no branch takes, so that the demuxer never stops with not-linked. Streaming thread. */
void drain_unlinked(GstElement* source, GstPad* pad, const char* why) {
  ObjectRef<GstObject> parent(gst_object_get_parent(GST_OBJECT(source)));
  if (!parent || !GST_IS_BIN(parent.get())) return;
  // A name of its own: GStreamer would count from 0, as the graph does, and a bin takes no name twice.
  static std::atomic<unsigned> moved{0};
  const std::string own_name = "rxgst-unlinked-" + std::to_string(moved++);
  GstElement* sink = gst_element_factory_make("fakesink", own_name.c_str());
  if (!sink) return;
  g_object_set(sink, "sync", FALSE, "async", FALSE, nullptr);
  if (!gst_bin_add(GST_BIN(parent.get()), sink)) return;
  gst_element_sync_state_with_parent(sink);
  ObjectRef<GstPad> entry(gst_element_get_static_pad(sink, "sink"));
  gst_pad_link(pad, entry.get());
  CapsRef caps(gst_pad_get_current_caps(pad));
  if (!caps) caps.reset(gst_pad_query_caps(pad, nullptr));
  CharPtr text(caps ? gst_caps_to_string(caps.get()) : g_strdup(""));
  CharPtr name(gst_pad_get_name(pad));
  gst_element_post_message(
      source,
      gst_message_new_element(GST_OBJECT(source),
                              gst_structure_new("rxgst-unlinked", "pad", G_TYPE_STRING, name.get(), "caps",
                                                G_TYPE_STRING, text.get(), "reason", G_TYPE_STRING, why, nullptr)));
}

std::shared_ptr<LateLinks>& late_data(gpointer data) { return *static_cast<std::shared_ptr<LateLinks>*>(data); }

/** Streaming thread. Tries the named link first, and then the others in the order of the graph, as gst-launch does. */
void pad_added(GstElement* source, GstPad* pad, gpointer data) {
  LateLinks& late = *late_data(data);
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
  CharPtr owned(gst_pad_get_name(pad));
  const std::string name = owned.get();
  if (late.timeline && late.timeline->placed_later) {
    if (name.starts_with("video")) late.timeline->expect_picture();
  } else if (late.timeline) {
    const bool video = name == "video";
    if (video) {
      late.timeline->expect_picture();
      // No branch accepts a negative size.
      const CapsRef claimed(gst_pad_get_current_caps(pad));
      if (claimed) gst_pad_set_caps(pad, without_claims(claimed.get()).get());
    }
    late.timeline->watch_packets(pad, video ? Track::video : Track::audio);
  }
  if (gst_pad_is_linked(pad)) return;
  // A link queries other elements, which may add pads: the lock is released.
  struct Candidate {
    size_t index;
    std::shared_ptr<GstElement> target;
    std::string target_pad;
  };
  std::vector<Candidate> candidates;
  bool taken = false;
  {
    std::lock_guard lock(late.mutex);
    for (const bool named : {true, false}) {
      for (size_t i = 0; i < late.links.size(); ++i) {
        LateLink& link = late.links[i];
        if (link.pad.empty() == named || (named && !matches(name, link.pad))) continue;
        if (link.taken) {
          taken = true;
          continue;
        }
        candidates.push_back({i, {GST_ELEMENT(gst_object_ref(link.target.get())), ObjectUnref()}, link.target_pad});
      }
    }
  }
  for (const Candidate& candidate : candidates) {
    const gchar* target_pad = candidate.target_pad.empty() ? nullptr : candidate.target_pad.c_str();
    if (!gst_element_link_pads_full(source, name.c_str(), candidate.target.get(), target_pad,
                                    GST_PAD_LINK_CHECK_DEFAULT))
      continue;
    std::lock_guard lock(late.mutex);
    late.links[candidate.index].taken = true;
    return;
  }
  if (!candidates.empty()) {
    CapsRef caps(gst_pad_query_caps(pad, nullptr));
    std::lock_guard lock(late.mutex);
    late.refused = name + " gives " + short_caps(caps.get());
  }
  drain_unlinked(source, pad, candidates.empty() ? (taken ? "branch taken" : "no branch") : "no branch takes its caps");
}

/**
 * All pads are there. A branch whose pad did not come gets an end of stream, so that its sinks do not delay the
 * pipeline for ever. If no pad fitted any branch, that is an error. Streaming thread.
 */
void no_more_pads(GstElement* source, gpointer data) {
  LateLinks& late = *late_data(data);
  // A capture knows by itself which of its branches stays empty.
  if (late.timeline) return;
  std::vector<std::shared_ptr<GstElement>> targets;
  std::string refused;
  {
    std::lock_guard lock(late.mutex);
    bool any = false;
    for (LateLink& link : late.links) {
      if (std::exchange(link.taken, true)) {
        any = true;
        continue;
      }
      targets.emplace_back(GST_ELEMENT(gst_object_ref(link.target.get())), ObjectUnref());
    }
    if (!any) refused = late.refused;
  }
  if (!refused.empty()) {
    ObjectRef<GstPad> entry(gst_element_get_static_pad(targets.front().get(), "sink"));
    CapsRef caps(entry ? gst_pad_query_caps(entry.get(), nullptr) : nullptr);
    GST_ELEMENT_ERROR(source, CORE, PAD,
                      ("No branch takes what %s has: %s; %s takes %s", GST_OBJECT_NAME(source), refused.c_str(),
                       GST_OBJECT_NAME(targets.front().get()), short_caps(caps.get()).c_str()),
                      (nullptr));
    return;
  }
  for (const auto& target : targets) {
    // A sink keeps the thread until all sinks are ready; this thread makes the others ready, so a worker does it.
    run_detached([target] {
      ObjectRef<GstPad> entry(gst_element_get_static_pad(target.get(), "sink"));
      if (!entry || gst_pad_is_linked(entry.get())) return;
      gst_pad_send_event(entry.get(), gst_event_new_stream_start("rxgst-none"));
      gst_pad_send_event(entry.get(), gst_event_new_eos());
    });
  }
}

}  // namespace

std::shared_ptr<LateLinks> Linker::late_of(GstElement* source) {
  for (auto& [element, links] : late_) {
    if (element == source) return links;
  }
  late_.emplace_back(source, std::make_shared<LateLinks>());
  return late_.back().second;
}

std::optional<BuildError> Linker::link(const LinkEnd& from, const LinkEnd& to) {
  const gchar* from_pad = from.pad.empty() ? nullptr : from.pad.c_str();
  const gchar* to_pad = to.pad.empty() ? nullptr : to.pad.c_str();
  bool later = false;
  if (from_pad) {
    ObjectRef<GstPad> present(gst_element_get_static_pad(from.element, from_pad));
    const bool known = present || find_template(from.element, GST_PAD_SRC, from.pad, GST_PAD_REQUEST) ||
                       find_template(from.element, GST_PAD_SRC, from.pad, GST_PAD_ALWAYS);
    later = !known && find_template(from.element, GST_PAD_SRC, from.pad, GST_PAD_SOMETIMES);
    if (!known && !later) return no_pad(from, GST_PAD_SRC);
  }
  if (to_pad && !find_pad(to, GST_PAD_SINK)) return no_pad(to, GST_PAD_SINK);
  if (!later) {
    if (gst_element_link_pads_full(from.element, from_pad, to.element, to_pad, GST_PAD_LINK_CHECK_DEFAULT))
      return std::nullopt;
    later = !from_pad && find_template(from.element, GST_PAD_SRC, "", GST_PAD_SOMETIMES);
    if (!later) return cannot_link(from, to);
  }
  // Errors that are visible now are returned now.
  if (!find_pad(to, GST_PAD_SINK)) return no_pad(to, GST_PAD_SINK);
  LateLink link{from.pad, ref_object(to.element), to.pad};
  late_of(from.element)->links.push_back(std::move(link));
  return std::nullopt;
}

void Linker::watch(std::shared_ptr<TimelineState> timeline) {
  for (auto& [source, links] : late_) {
    links->timeline = timeline;
    using Shared = std::shared_ptr<LateLinks>;
    g_signal_connect_data(source, "pad-added", G_CALLBACK(pad_added), new Shared(links), delete_closure_data<Shared>,
                          static_cast<GConnectFlags>(0));
    g_signal_connect_data(source, "no-more-pads", G_CALLBACK(no_more_pads), new Shared(links),
                          delete_closure_data<Shared>, static_cast<GConnectFlags>(0));
  }
}

}  // namespace rxgst
