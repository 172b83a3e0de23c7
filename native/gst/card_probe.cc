#include "gst/card_probe.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "js/js.h"

namespace rxgst {
namespace {

/** Never closed: some drivers crash when their library is unloaded. */
void* open_library(const char* soname) { return dlopen(soname, RTLD_LAZY | RTLD_LOCAL); }

template <class F>
F function_of(void* library, const char* name) {
  return library ? reinterpret_cast<F>(dlsym(library, name)) : nullptr;
}

std::string cuda_text(void* library, const char* function, int error) {
  const auto tell = function_of<int (*)(int, const char**)>(library, function);
  const char* text = nullptr;
  return tell && tell(error, &text) == 0 && text ? text : "";
}

std::string open_va(int node) {
  constexpr int well = 0;
  void* drm = open_library("libva-drm.so.2");
  void* va = open_library("libva.so.2");
  const auto display_of = function_of<void* (*)(int)>(drm, "vaGetDisplayDRM");
  const auto begin = function_of<int (*)(void*, int*, int*)>(va, "vaInitialize");
  const auto end = function_of<int (*)(void*)>(va, "vaTerminate");
  const auto text = function_of<const char* (*)(int)>(va, "vaErrorStr");
  if (!display_of || !begin || !end || !text) return "";
  void* display = display_of(node);
  if (!display) return "libva knows no driver for it";
  int major = 0, minor = 0;
  const int status = begin(display, &major, &minor);
  const std::string error = status == well ? "" : std::string("its VA driver does not begin: ") + text(status);
  end(display);
  return error;
}

}  // namespace

Napi::Value library_error(const Napi::CallbackInfo& info) {
  const std::string soname = info[0].As<Napi::String>();
  if (open_library(soname.c_str())) return info.Env().Null();
  const char* text = dlerror();
  return Napi::String::New(info.Env(), text ? text : soname + " cannot be loaded");
}

Napi::Value cuda_error(const Napi::CallbackInfo& info) {
  void* library = open_library("libcuda.so.1");
  const auto begin = function_of<int (*)(unsigned)>(library, "cuInit");
  const int error = begin ? begin(0) : 0;
  if (error == 0) return info.Env().Null();
  const std::string name = cuda_text(library, "cuGetErrorName", error);
  const std::string text = cuda_text(library, "cuGetErrorString", error);
  const std::string which = name.empty() ? "error " + std::to_string(error) : name;
  return Napi::String::New(info.Env(), text.empty() ? which : which + ": " + text);
}

Napi::Value va_error(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>();
  const int node = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (node < 0) return Napi::String::New(info.Env(), "it cannot be opened: " + std::string(std::strerror(errno)));
  const std::string error = open_va(node);
  close(node);
  return text_or_null(info.Env(), error);
}

}  // namespace rxgst
