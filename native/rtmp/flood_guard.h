// A thread of the addon that watches the sockets of rtmp2 elements, and cuts the connection of a server that floods us:
// the elements would answer, and wait, without a bound, and JavaScript may stand still.
#pragma once
#include <gio/gio.h>
#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rxgst {

/** What an rtmp2 element is to the guard; lives as long as somebody holds it, the element or not. */
struct RtmpElement {
  explicit RtmpElement(GstElement* element);
  ~RtmpElement();
  RtmpElement(const RtmpElement&) = delete;
  RtmpElement& operator=(const RtmpElement&) = delete;

  bool plays = false;
  /** Its connection acknowledges at once what it has read. */
  std::atomic<bool> prompt{false};
  std::atomic<uint64_t> media{0};
  GWeakRef element;
};

/** Of this rtmp2src or rtmp2sink; counts from the first call on. Any thread. */
std::shared_ptr<RtmpElement> rtmp_element(GstElement* element);

/** Those of them that are still there are in one pipeline: what ends one ends all. Any thread. */
bool of_one_pipeline(const std::vector<std::shared_ptr<RtmpElement>>& elements);

/** One of these elements has connected: until the socket is closed it is watched. */
void guard_socket(GSocket* socket, std::vector<std::shared_ptr<RtmpElement>> elements);

/** Nothing more is read from it or written to it, whoever waits for it; only while it is the same connection. */
void cut_socket(GSocket* socket);

/** An element message for the engine: the peer sends what is not taken. `why` is a whole sentence. */
void post_refused(GstElement* element, const char* code, const std::string& why, bool sentence);

}  // namespace rxgst
