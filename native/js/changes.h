// What streaming threads tell JavaScript of a connection: one wake-up for all of it.
#pragma once
#include <napi.h>

#include <memory>

#include "js/js.h"

namespace rxgst {

/** One bit each. CHANGE in TypeScript is the same table, and a test compares the two. */
enum Change : uint32_t {
  change_frames = 1 << 0,   // pictures wait in a tap
  change_audio = 1 << 1,    // sound waits in a tap
  change_packets = 1 << 2,  // packets wait in a tap
  /** Size, shape, rate or channels are others than before. Noted before the first picture or sound of that kind. */
  change_info = 1 << 3,
  change_held = 1 << 4,      // a picture found no memory
  change_mistimed = 1 << 5,  // the time of a picture's decoding was taken for its own
  change_ended = 1 << 6,     // a tap's stream has ended
  change_wrong = 1 << 7,     // a tap got what it cannot read
};

/** The wake-up that the taps of one connection share. JS makes it and passes it to them. */
class Changes : public Napi::ObjectWrap<Changes> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Changes(const Napi::CallbackInfo& info);
  ~Changes() override;
  /** `value`: a Changes. */
  static std::shared_ptr<Wakeup> wakeup_of(const Napi::Value& value);

 private:
  Napi::Value take(const Napi::CallbackInfo& info);
  Napi::Value wake_for(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<Wakeup> wakeup_;
};

/** The bits by name, for the test that compares them. */
Napi::Object change_table(Napi::Env env);

}  // namespace rxgst
