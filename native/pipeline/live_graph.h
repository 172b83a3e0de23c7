// Prepares graphs on a live source that does not report itself as live, as both RTMP sources: GStreamer treats it as a
// file.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <set>
#include <string>

namespace rxgst {

/** The settings of the program itself, which stay unchanged: names of elements. */
struct LiveChoice {
  /** Sinks whose `async` was given. */
  std::set<std::string> async;
  /** Queues whose limit or leak was given. */
  std::set<std::string> limits;
};

/**
 * Called before the first element is added. No sink of a live graph waits for its first buffer (preroll): a player of
 * RTMP gets audio at once and the picture at the next keyframe, and a sink that waits with the audio would block the
 * one thread that brings both. Sinks that show or play begin their time with their first buffer. A full queue grows, up
 * to 32 MiB, while the element behind it waits for another pad, until the queue has been emptied again.
 */
void make_live(GstElement* pipeline, std::shared_ptr<LiveChoice> choice);

/** The place where a graph stands still. */
struct Standstill {
  /** 'element.pad': a thread is blocked here … */
  std::string held;
  /** … until this pad gets data, which cannot happen. */
  std::string starved;
  /** The nearest queue before `held`, which is full; empty: there is none. */
  std::string queue;
};

/**
 * Whether an element waits on one pad for data on another, while every thread that could bring it waits too: time does
 * not help, only more room. Any thread; takes only locks that are held for a moment.
 */
bool find_standstill(GstElement* pipeline, Standstill* found);
/**
 * Whether the source's thread is inside of the next element now, perhaps for long: then the source itself is not
 * silent.
 */
bool is_held(GstElement* source);

}  // namespace rxgst
