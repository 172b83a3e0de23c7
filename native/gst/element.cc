#include "gst/element.h"

#include <utility>

namespace rxgst {
namespace {

/** Marks our handles: find_element() refuses every other object of JS before it reads it. */
constexpr napi_type_tag handle_tag = {0x9d1f3ac2b7e84051, 0x8a6be0c4d25f7913};

struct Handle {
  std::shared_ptr<Elements> elements;
  std::string name;
};

}  // namespace

Napi::Object element_handle(Napi::Env env, std::shared_ptr<Elements> elements, std::string name) {
  auto object = Napi::Object::New(env);
  object.TypeTag(&handle_tag);
  auto handle = std::make_unique<Handle>(Handle{std::move(elements), std::move(name)});
  const auto let_go = [](napi_env, void* data, void*) { delete static_cast<Handle*>(data); };
  if (napi_wrap(env, object, handle.get(), let_go, nullptr, nullptr) != napi_ok) throw Napi::Error::New(env);
  handle.release();  // the object owns it
  return object;
}

ObjectRef<GstElement> find_element(const Napi::Value& value) {
  void* data = nullptr;
  const bool ours = value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&handle_tag) &&
                    napi_unwrap(value.Env(), value, &data) == napi_ok;
  if (!ours) throw Napi::TypeError::New(value.Env(), "expected an element of a pipeline");
  const auto& handle = *static_cast<const Handle*>(data);
  const auto found = handle.elements->find(handle.name);
  return found == handle.elements->end() ? nullptr : ref_object(found->second.get());
}

}  // namespace rxgst
