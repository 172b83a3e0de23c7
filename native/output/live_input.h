// What an encoder hears when it asks whether its pictures are live.
#pragma once
#include <napi.h>

namespace rxgst {

/**
 * VA's encoders ask upstream whether their source is live, by a latency query, and keep four pictures for their device
 * where it is not. An appsrc that says so would be one: without preroll, in every state. This answers the query alone,
 * where it enters the encoder.
 */
Napi::Value answer_as_live(const Napi::CallbackInfo& info);

}  // namespace rxgst
