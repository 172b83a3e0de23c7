// The life of a whole pipeline: its state changes, its end of stream, and its last stop. Worker threads, unless noted.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <vector>

namespace rxgst {

/**
 * Waits until the source's streaming thread is outside of its create(). librtmp's rtmpsrc closes its connection in
 * unlock() while another thread reads from it, which crashes (gstrtmpsrc.c:672). A blocking probe stops the thread
 * behind its next buffer. Where no buffer comes, the read ends with its relay, or by librtmp's own time-out. A thread
 * that waits in the element behind the source reads nothing either: it returns with FLUSHING, and ends. The wait has no
 * deadline, since a stop during a read is never safe.
 */
void wait_until_idle(GstElement* source);

/** Changes the pipeline's state, and looks after its RTMP sockets. False: GStreamer refuses. */
bool change_state(GstElement* pipeline, GstState state);

/** Sends end-of-stream out of every source but these, behind what an appsrc has queued. */
void send_end_of_stream(GstElement* pipeline, const std::vector<std::shared_ptr<GstElement>>& but);

/**
 * Stops a pipeline that its owner has forgotten, or whose environment has ended, and takes its bus off. `changing` is
 * the lock that each state change of this pipeline holds.
 */
void stop_abandoned(GstElement* pipeline, std::mutex& changing);

/**
 * Whether a cut loses something that an end of stream keeps: a muxer writes its index last, and a sink may hold data
 * that it has not written. Screens, speakers and appsinks lose nothing. Any thread.
 */
bool needs_end_of_stream(GstElement* pipeline);

}  // namespace rxgst
