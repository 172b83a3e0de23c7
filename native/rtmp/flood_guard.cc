#include "rtmp/flood_guard.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "gst/probe.h"
#include "gst/refs.h"
#include "js/js.h"
#include "rtmp/flood_rules.h"

namespace rxgst {
namespace {

/**
 * In this time a flood on loopback brings 2 MB, and its answers take 70 MB of memory. A look costs four system calls
 * for each socket.
 */
constexpr auto look_interval = std::chrono::milliseconds(100);
/** A thread without a socket to watch waits this long for one. */
constexpr auto idle = std::chrono::seconds(2);

struct Watched {
  ObjectRef<GSocket> socket;
  uint64_t cookie;
  std::vector<std::shared_ptr<RtmpElement>> elements;
  std::function<std::optional<std::string>(const ConnectionLook&)> rules;
};

// Never destroyed: the thread may run until the last moment of the process.
std::mutex& watch_mutex = *new std::mutex();
std::condition_variable& watch_changed = *new std::condition_variable();
// Guarded by watch_mutex.
auto& watched = *new std::vector<Watched>();
bool running = false;

/**
 * The kernel's cookie of the connection: it shows that a descriptor was closed and used again. 0: the connection is
 * gone.
 */
uint64_t cookie_of(GSocket* socket) {
  if (g_socket_is_closed(socket)) return 0;
  uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  return getsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

/** None: unknown, or there is no connection any more. */
std::optional<ConnectionLook> look_at(const Watched& it) {
  const int fd = g_socket_get_fd(it.socket.get());
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received)) return std::nullopt;
  int unread = 0, unsent = 0;
  if (ioctl(fd, FIONREAD, &unread) != 0) unread = 0;
  if (ioctl(fd, SIOCOUTQ, &unsent) != 0) unsent = 0;
  uint64_t media = 0;
  for (const auto& element : it.elements) media += element->media.load(std::memory_order_relaxed);
  const auto waiting = static_cast<uint64_t>(unread);
  return ConnectionLook{info.tcpi_bytes_received > waiting ? info.tcpi_bytes_received - waiting : 0,
                        info.tcpi_bytes_acked + static_cast<uint64_t>(unsent), static_cast<uint64_t>(unsent), media,
                        now_us()};
}

void cut(GSocket* socket, uint64_t cookie) {
  if (cookie == 0 || cookie_of(socket) != cookie) return;
  const int fd = g_socket_get_fd(socket);
  // Ends the connection and drops the data that waits in the system, which the element would still read.
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  if (connect(fd, &nobody, sizeof(nobody)) != 0) shutdown(fd, SHUT_RDWR);
}

/** A flood that was found. It is reported after the lock is released, since the bus calls other code. */
struct Found {
  Watched it;
  std::string why;
};

std::vector<ObjectRef<GstElement>> still_there(const std::vector<std::shared_ptr<RtmpElement>>& elements) {
  std::vector<ObjectRef<GstElement>> found;
  for (const auto& about : elements) {
    ObjectRef<GstElement> element(static_cast<GstElement*>(g_weak_ref_get(&about->element)));
    if (element) found.push_back(std::move(element));
  }
  return found;
}

ObjectRef<GstObject> top_of(GstElement* element) {
  ObjectRef<GstObject> top(GST_OBJECT(gst_object_ref(element)));
  while (ObjectRef<GstObject> parent{gst_object_get_parent(top.get())}) top = std::move(parent);
  return top;
}

/** If another pipeline may be meant, no message is posted: the pipeline whose connection is cut reports that itself. */
void report(const Found& found) {
  const auto elements = still_there(found.it.elements);
  if (!elements.empty() && of_one_pipeline(found.it.elements)) {
    post_refused(elements.front().get(), "ERR_BAD_STREAM", found.why, true);
  }
}

std::vector<Found> look() {
  std::vector<Found> found;
  std::lock_guard lock(watch_mutex);
  std::erase_if(watched, [&](Watched& it) {
    if (cookie_of(it.socket.get()) != it.cookie) return true;
    const auto now = look_at(it);
    if (!now) return true;
    const auto why = it.rules(*now);
    if (!why) return false;
    found.push_back({std::move(it), *why});
    return true;
  });
  return found;
}

void watch() {
  std::unique_lock lock(watch_mutex);
  for (;;) {
    if (watched.empty() && !watch_changed.wait_for(lock, idle, [] { return !watched.empty(); })) {
      running = false;
      return;
    }
    lock.unlock();
    std::this_thread::sleep_for(look_interval);
    for (const Found& each : look()) {
      // The reason first, and then its effect: the engine acts on the first message.
      report(each);
      cut(each.it.socket.get(), each.it.cookie);
    }
    lock.lock();
  }
}

GQuark element_quark() {
  static const GQuark quark = g_quark_from_static_string("rxgst-rtmp-element");
  return quark;
}

using Shared = std::shared_ptr<RtmpElement>;

}  // namespace

RtmpElement::RtmpElement(GstElement* owner) { g_weak_ref_init(&element, owner); }

RtmpElement::~RtmpElement() { g_weak_ref_clear(&element); }

std::shared_ptr<RtmpElement> rtmp_element(GstElement* element) {
  static std::mutex& making = *new std::mutex();
  std::lock_guard lock(making);
  if (auto* held = static_cast<Shared*>(g_object_get_qdata(G_OBJECT(element), element_quark()))) return *held;
  auto made = std::make_shared<RtmpElement>(element);
  ObjectRef<GstPad> pad(gst_element_get_static_pad(element, "src"));
  made->plays = pad != nullptr;
  if (pad) {
    add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, [made](GstPad*, GstPadProbeInfo* info) {
      made->media.fetch_add(gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info)), std::memory_order_relaxed);
      return GST_PAD_PROBE_OK;
    });
  }
  g_object_set_qdata_full(G_OBJECT(element), element_quark(), new Shared(made), delete_as<Shared>);
  return made;
}

bool of_one_pipeline(const std::vector<std::shared_ptr<RtmpElement>>& elements) {
  ObjectRef<GstObject> one;
  for (const auto& element : still_there(elements)) {
    auto top = top_of(element.get());
    if (one && top != one) return false;
    one = std::move(top);
  }
  return true;
}

void guard_socket(GSocket* socket, std::vector<std::shared_ptr<RtmpElement>> elements) {
  const uint64_t cookie = cookie_of(socket);
  if (cookie == 0 || elements.empty()) return;
  bool plays = false, publishes = false;
  for (const auto& element : elements) (element->plays ? plays : publishes) = true;
  std::lock_guard lock(watch_mutex);
  Watched it{ObjectRef<GSocket>(G_SOCKET(g_object_ref(socket))), cookie, std::move(elements), {}};
  const auto judge = [](auto rules) { return [rules](const ConnectionLook& now) mutable { return rules.look(now); }; };
  if (plays && publishes)
    it.rules = judge(EitherRules(now_us()));
  else if (plays)
    it.rules = judge(PlayerRules(now_us()));
  else
    it.rules = judge(PublisherRules());
  watched.push_back(std::move(it));
  watch_changed.notify_all();
  if (running) return;
  try {
    std::thread(watch).detach();
    running = true;
  } catch (const std::system_error&) {
    // The system gives no thread. The next connection tries again, and then all sockets are watched.
  }
}

void cut_socket(GSocket* socket) { cut(socket, cookie_of(socket)); }

void post_refused(GstElement* element, const char* code, const std::string& why, bool sentence) {
  gst_element_post_message(
      element, gst_message_new_element(
                   GST_OBJECT(element),
                   gst_structure_new("rxgst-refused", "code", G_TYPE_STRING, code, "why", G_TYPE_STRING, why.c_str(),
                                     "sentence", G_TYPE_BOOLEAN, static_cast<gboolean>(sentence), nullptr)));
}

}  // namespace rxgst
