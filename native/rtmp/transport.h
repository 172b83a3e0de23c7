// Statistics and options of an rtmp2 element's connection.
#pragma once
#include <napi.h>

namespace rxgst {

/**
 * transportStats(element): { inBytes, outBytes, outBytesAcked, acknowledged, received (null: not known) } of rtmp2src
 * and rtmp2sink; null if there are none, or if its pipeline is closed.
 */
Napi::Value transport_stats(const Napi::CallbackInfo& info);
/** acknowledgePromptly(rtmp2src): before it connects. */
Napi::Value acknowledge_promptly_of(const Napi::CallbackInfo& info);

}  // namespace rxgst
