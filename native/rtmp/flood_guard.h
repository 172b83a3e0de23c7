// The flood guard: a thread that watches the sockets of rtmp2 elements, and cuts the connection of a server that
// floods. The elements would answer and wait without a limit, and the JS thread may be blocked.
#pragma once
#include <gio/gio.h>
#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rxgst {

/** The guard's view of an rtmp2 element; it lives as long as a reference, with or without the element. */
struct RtmpElement {
  explicit RtmpElement(GstElement* element);
  ~RtmpElement();
  RtmpElement(const RtmpElement&) = delete;
  RtmpElement& operator=(const RtmpElement&) = delete;

  bool plays = false;
  /** Its connection acknowledges at once all data that it has read. */
  std::atomic<bool> prompt{false};
  std::atomic<uint64_t> media{0};
  GWeakRef element;
};

/** The view of this rtmp2src or rtmp2sink; it counts from the first call on. Any thread. */
std::shared_ptr<RtmpElement> rtmp_element(GstElement* element);

/** Whether all of them that still exist are in one pipeline: then the end of one is the end of all. Any thread. */
bool of_one_pipeline(const std::vector<std::shared_ptr<RtmpElement>>& elements);

/** One of these elements has connected: the guard watches the socket until it is closed. */
void guard_socket(GSocket* socket, std::vector<std::shared_ptr<RtmpElement>> elements);

/** Ends all reads and writes of this connection, also those that wait; only if it is still the same connection. */
void cut_socket(GSocket* socket);

/** Posts an element message for the engine: the peer sends data that is refused. `why` is a whole sentence. */
void post_refused(GstElement* element, const char* code, const std::string& why, bool sentence);

}  // namespace rxgst
