// The changes that streaming threads report to JavaScript: all taps of one connection share one wake-up.
#pragma once
#include <napi.h>

#include <memory>

#include "js/js.h"

namespace rxgst {

/** One bit for each kind of change. CHANGE in TypeScript is the same table, and a test compares the two. */
enum Change : uint32_t {
  change_frames = 1 << 0,   // pictures wait in a tap
  change_audio = 1 << 1,    // audio waits in a tap
  change_packets = 1 << 2,  // packets wait in a tap
  /** Size, shape, rate or channels have changed. Noted before the first picture or audio of the new kind. */
  change_info = 1 << 3,
  change_held = 1 << 4,      // a picture was lost because there was no memory for it
  change_mistimed = 1 << 5,  // a picture's own time was wrong; its decoding time replaces it
  change_ended = 1 << 6,     // a tap's stream has ended
  change_wrong = 1 << 7,     // a tap got data that it cannot read
};

/** The wake-up that the taps of one connection share. JavaScript makes it and passes it to them. */
class Changes : public Napi::ObjectWrap<Changes> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Changes(const Napi::CallbackInfo& info);
  ~Changes() override;
  /** The wake-up of a `Changes` object. */
  static std::shared_ptr<Wakeup> wakeup_of(const Napi::Value& value);

 private:
  Napi::Value take(const Napi::CallbackInfo& info);
  Napi::Value wake_for(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<Wakeup> wakeup_;
};

/** The bits by name, for the test that compares them with TypeScript's. */
Napi::Object change_table(Napi::Env env);

}  // namespace rxgst
