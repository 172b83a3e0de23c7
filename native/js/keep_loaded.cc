#include "js/keep_loaded.h"

#include <dlfcn.h>
#include <link.h>

#include <string_view>
#include <vector>

namespace rxgst {
namespace {

void keep(const char* path) { dlopen(path, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE); }

struct Search {
  std::string_view file;
  std::vector<std::string> found;
};

}  // namespace

void keep_loaded(const std::string& file) {
  Search search{file, {}};
  dl_iterate_phdr(
      [](dl_phdr_info* library, size_t, void* data) {
        auto& [end, found] = *static_cast<Search*>(data);
        const std::string_view path = library->dlpi_name ? library->dlpi_name : "";
        if (path.ends_with(end)) found.emplace_back(path);
        return 0;
      },
      &search);
  // Not inside of the callback, which runs with the loader's locks held.
  for (const std::string& path : search.found) keep(path.c_str());
}

void keep_this_loaded() {
  Dl_info own{};
  if (dladdr(reinterpret_cast<void*>(&keep_this_loaded), &own) != 0 && own.dli_fname) keep(own.dli_fname);
}

Napi::Value keep_loaded_of(const Napi::CallbackInfo& info) {
  std::string file = "/";
  file.append(info[0].As<Napi::String>().Utf8Value()).append(".node");
  keep_loaded(file);
  return info.Env().Undefined();
}

}  // namespace rxgst
