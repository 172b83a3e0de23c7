// Finds out why a plugin for a device offers nothing. Runs in a process of its own alone, since a driver may crash it.
#pragma once
#include <napi.h>

namespace rxgst {

/**
 * libraryError(soname): the error of the dynamic linker, perhaps about a library that this one needs; null if it loads.
 */
Napi::Value library_error(const Napi::CallbackInfo& info);
/** cudaError(): the name and the text of the driver's error; null if the driver starts, or is absent. */
Napi::Value cuda_error(const Napi::CallbackInfo& info);
/** vaError(path): why libva does not start on a render node; null if it starts, or is absent. */
Napi::Value va_error(const Napi::CallbackInfo& info);

}  // namespace rxgst
