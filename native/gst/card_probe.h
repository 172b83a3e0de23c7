// Why a plugin of a device has nothing to offer. Only in a process of its own: a driver that is begun may do anything.
#pragma once
#include <napi.h>

namespace rxgst {

/** libraryError(soname): what the dynamic linker says of it, which may be of another that it needs; null: it loads. */
Napi::Value library_error(const Napi::CallbackInfo& info);
/** cudaError(): the name and the text of the driver's error; null: it begins, or is not there. */
Napi::Value cuda_error(const Napi::CallbackInfo& info);
/** vaError(path): what keeps libva from beginning on a render node; null: nothing, or there is no libva. */
Napi::Value va_error(const Napi::CallbackInfo& info);

}  // namespace rxgst
