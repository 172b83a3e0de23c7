// The outlets of a pacer: the ways to its encoders.
#pragma once
#include <gst/app/gstappsrc.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "gst/refs.h"
#include "js/names.h"

namespace rxgst {

enum class OutletKind : uint32_t { pictures = 0, audio = 1 };
inline constexpr Names<OutletKind, 2> outlet_kinds("pictures", "audio");

/** The way to one encoder. */
struct Outlet {
  OutletKind kind = OutletKind::pictures;
  int64_t every = 1;  // it takes each slot whose number this divides
  // Guarded by the mutex of Outlets:
  ObjectRef<GstAppSrc> source;  // null: it has no encoder now
  bool begun = false;           // it has had one
  bool broken = false;          // its encoder takes nothing more
  int64_t behind_since_us = 0;  // 0: its encoder is not
  guint64 max_buffers = 0;      // of the source, as it came; 0: no limit
  guint64 max_bytes = 0;
  uint64_t dropped = 0;  // pictures, or pieces of audio
};

/**
 * One encoder that takes pictures is waited for: it sets the pace of those who write. Where there are several, none
 * holds up another one: a picture for which an encoder has no room is dropped there, and counted. For half a second
 * there is room for more, since after a standstill of the machine the clock makes up for all of it at once. Without a
 * clock (`patient`) the slowest one is waited for.
 */
class Outlets {
 public:
  /** @param capacity pictures that wait for an encoder that is not waited for */
  Outlets(std::mutex& mutex, size_t capacity, bool patient) : mutex_(mutex), capacity_(capacity), patient_(patient) {}

  // JS thread, which holds the mutex:
  uint32_t open(OutletKind kind, int64_t every);
  /** The outlet has this encoder from now on. */
  void attach(uint32_t id, ObjectRef<GstAppSrc> source);
  /**
   * The outlet has no encoder from now on. A push into one that hangs returns: its queue has no limit now, and gets
   * nothing more.
   */
  void detach(uint32_t id);
  void close(uint32_t id);
  /** Null: it is closed. */
  const Outlet* find(uint32_t id) const;

  /** Whether those who are waited for take nothing. The caller holds the mutex. */
  bool stand_still() const;

  /** The pacer's thread, without the mutex. Returns whether an encoder was found to take nothing more. */
  template <class Prepare>
  bool push(OutletKind kind, int64_t slot, GstBuffer* buffer, Prepare prepare) {
    choose(kind, slot);
    BufferRef rest(buffer);
    bool broken = false;
    for (size_t i = 0; i < chosen_.size(); ++i) {
      auto& [outlet, source] = chosen_[i];
      // A shallow copy: it shares the memory, and has a duration of its own.
      GstBuffer* one = i + 1 < chosen_.size() ? gst_buffer_copy(buffer) : rest.release();
      prepare(one, outlet->every);
      // Blocks while an encoder that is waited for is behind.
      broken |= !took(*outlet, source, gst_app_src_push_buffer(source.get(), one));
    }
    let_go();
    return broken;
  }
  /** The pacer's thread, likewise. */
  void end_all();

 private:
  size_t count_pictures() const;
  bool is_patient() const { return patient_ || count_pictures() <= 1; }
  void set_limits();
  void release(Outlet& outlet);
  void choose(OutletKind kind, int64_t slot);
  bool has_room(Outlet& outlet, int64_t now) const;
  bool took(Outlet& outlet, const ObjectRef<GstAppSrc>& source, GstFlowReturn flow);
  void let_go();

  std::mutex& mutex_;
  const size_t capacity_;
  const bool patient_;
  // Guarded by mutex_:
  std::map<uint32_t, std::shared_ptr<Outlet>> all_;
  uint32_t next_id_ = 1;
  // The pacer's thread: those that get the present picture.
  std::vector<std::pair<std::shared_ptr<Outlet>, ObjectRef<GstAppSrc>>> chosen_;
};

}  // namespace rxgst
