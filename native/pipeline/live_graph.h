// Graphs on a source that is live and does not say so, as both of RTMP do: GStreamer takes them for files.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <set>
#include <string>

namespace rxgst {

/** What the program has set itself, and what therefore stays as it is: names of elements. */
struct LiveChoice {
  /** Sinks whose `async` was given. */
  std::set<std::string> async;
  /** Queues with a limit, or a leak, that was given. */
  std::set<std::string> limits;
};

/**
 * Before the first element is added. No sink of a live graph waits for its first buffer (preroll): a player of RTMP
 * gets sound at once and the picture at the next keyframe, and a sink that waits with the sound would hold the one
 * thread that brings both. Sinks that show, or sound, begin their time with their first buffer. A queue that is full
 * while what is behind it waits for another pad grows, up to 32 MiB, until it has been emptied again.
 */
void make_live(GstElement* pipeline, std::shared_ptr<LiveChoice> choice);

/** Where a graph stands still. */
struct Standstill {
  /** 'element.pad': data is held here … */
  std::string held;
  /** … until this pad gets some, which it cannot. */
  std::string starved;
  /** The nearest queue before `held`, which is full; empty: there is none. */
  std::string queue;
};

/**
 * Whether an element waits on one pad for data on another, and every thread that could bring it waits too: no time will
 * change that, only more room. Any thread; takes no lock that is held for longer than a moment.
 */
bool find_standstill(GstElement* pipeline, Standstill* found);
/** Whether what a source brings is being taken just now, which may take long: it is not the source that is silent. */
bool is_held(GstElement* source);

}  // namespace rxgst
