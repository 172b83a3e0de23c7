// Frames on their way from one thread of JavaScript to another: their memory, under a number that a message carries.
#pragma once
#include <napi.h>

namespace rxgst {

/**
 * moveFrame(lease): puts a frame's memory on its way; its number, or 0 if the lease has ended. At most 256 frames are
 * on their way: the oldest returns to the pool when one more comes.
 */
Napi::Value move_frame(const Napi::CallbackInfo& info);
/** takeFrame(number): { buffer, lease } in the calling thread; null: nothing of this number is on its way. */
Napi::Value take_frame(const Napi::CallbackInfo& info);
/** dropMoved(ms): frames that have been on their way for so long return to the pool; how many still are. */
Napi::Value drop_moved(const Napi::CallbackInfo& info);

}  // namespace rxgst
