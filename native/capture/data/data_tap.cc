#include "capture/data/data_tap.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "gst/element.h"
#include "gst/probe.h"
#include "gst/refs.h"
#include "rtmp/amf/reader.h"

namespace rxgst {
namespace {

using amf::Value;

/** More than metadata of any known publisher; captions are short. */
constexpr amf::Limits limits{16, 2048, 64 << 10};

/** A property of the object itself, also where its name means something to JavaScript, such as `__proto__`. */
void define_property(Napi::Object object, const std::string& name, Napi::Value value) {
  constexpr auto plain = static_cast<napi_property_attributes>(napi_writable | napi_enumerable | napi_configurable);
  object.DefineProperty(Napi::PropertyDescriptor::Value(Napi::String::New(object.Env(), name), value, plain));
}

/** Plain data. Its depth is that of `limits`. */
Napi::Value js_value_of(Napi::Env env, const Value& value) {
  switch (value.type) {
    case Value::Type::boolean:
      return Napi::Boolean::New(env, value.number != 0);
    case Value::Type::number:
      return Napi::Number::New(env, value.number);
    case Value::Type::date:
      return Napi::Date::New(env, value.number);
    case Value::Type::string:
    case Value::Type::xml:
      return Napi::String::New(env, value.text);
    case Value::Type::bytes: {
      auto bytes = Napi::Uint8Array::New(env, value.text.size());
      std::copy(value.text.begin(), value.text.end(), bytes.Data());
      return bytes;
    }
    case Value::Type::object:
    case Value::Type::ecma_array: {
      auto object = Napi::Object::New(env);
      for (size_t i = 0; i < value.items.size(); ++i)
        define_property(object, value.names[i], js_value_of(env, value.items[i]));
      return object;
    }
    case Value::Type::strict_array: {
      auto array = Napi::Array::New(env, value.items.size());
      for (size_t i = 0; i < value.items.size(); ++i)
        array[static_cast<uint32_t>(i)] = js_value_of(env, value.items[i]);
      return array;
    }
    default:
      return env.Null();
  }
}

bool is_amf3(GstPad* pad) {
  const CapsRef caps(gst_pad_get_current_caps(pad));
  int version = 0;
  if (caps) gst_structure_get_int(gst_caps_get_structure(caps.get(), 0), "amf", &version);
  return version == 3;
}

}  // namespace

void DataTapState::on_buffer(GstPad* pad, GstBuffer* buffer) {
  const MappedBuffer mapped(buffer);
  amf::Read read = amf::read_message({mapped.data(), mapped.size()}, is_amf3(pad), limits);
  // A publisher's message to its server, handed on as it was.
  if (!read.values.empty() && read.values[0].is(Value::Type::string) && read.values[0].text == "@setDataFrame")
    read.values.erase(read.values.begin());
  if (read.values.empty()) return;
  const bool timed = GST_BUFFER_PTS_IS_VALID(buffer);
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    queue_.push_back(
        {std::move(read.values), timed ? static_cast<int64_t>(GST_BUFFER_PTS(buffer)) : INT64_MIN, mapped.size()});
    bytes_ += mapped.size();
    while (queue_.size() > most_messages || (bytes_ > most_bytes && queue_.size() > 1)) {
      bytes_ -= queue_.front().bytes;
      queue_.pop_front();
      ++dropped_;
    }
  }
  wakeup->wake(change_packets);
}

std::deque<ScriptMessage> DataTapState::take() {
  std::lock_guard lock(mutex_);
  bytes_ = 0;
  return std::exchange(queue_, {});
}

int64_t DataTapState::timestamp_us(const ScriptMessage& message) const {
  const auto zero = timeline_->zero();
  if (!zero || message.running_ns == INT64_MIN) return 0;
  return std::max<int64_t>(0, zero->capture + (message.running_ns - zero->running) / 1000);
}

uint64_t DataTapState::dropped() {
  std::lock_guard lock(mutex_);
  return dropped_;
}

void DataTapState::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  queue_.clear();
}

Napi::Function DataTap::define(Napi::Env env) {
  return DefineClass(env, "DataTap",
                     {InstanceMethod("read", &DataTap::read), InstanceMethod("dropped", &DataTap::dropped),
                      InstanceMethod("close", &DataTap::close)});
}

/** new DataTap(source, timeline, changes): before data flows. */
DataTap::DataTap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<DataTap>(info) {
  state_ = std::make_shared<DataTapState>(Timeline::Unwrap(info[1].As<Napi::Object>())->state());
  state_->wakeup = Changes::wakeup_of(info[2]);
  using Shared = std::shared_ptr<DataTapState>;
  const ObjectRef<GstElement> source = element_argument(info[0]);
  g_signal_connect_data(source.get(), "pad-added", G_CALLBACK(+[](GstElement*, GstPad* pad, gpointer data) {
                          if (std::string_view(GST_PAD_NAME(pad)) != "data") return;
                          add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER,
                                    [state = *static_cast<Shared*>(data)](GstPad* at, GstPadProbeInfo* what) {
                                      state->on_buffer(at, GST_PAD_PROBE_INFO_BUFFER(what));
                                      return GST_PAD_PROBE_OK;
                                    });
                        }),
                        new Shared(state_), delete_closure_data<Shared>, static_cast<GConnectFlags>(0));
}

/** read(): [{ timestamp, values }], all that wait. */
Napi::Value DataTap::read(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::deque<ScriptMessage> taken = state_->take();
  auto result = Napi::Array::New(env, taken.size());
  uint32_t index = 0;
  for (const ScriptMessage& message : taken) {
    const Napi::HandleScope scope(env);
    auto one = Napi::Object::New(env);
    auto values = Napi::Array::New(env, message.values.size());
    for (size_t i = 0; i < message.values.size(); ++i)
      values[static_cast<uint32_t>(i)] = js_value_of(env, message.values[i]);
    one["timestamp"] = static_cast<double>(state_->timestamp_us(message));
    one["values"] = values;
    result[index++] = one;
  }
  return result;
}

/** dropped(): messages that were lost, because JavaScript took none for too long. */
Napi::Value DataTap::dropped(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_->dropped()));
}

Napi::Value DataTap::close(const Napi::CallbackInfo& info) {
  state_->close();
  return info.Env().Undefined();
}

}  // namespace rxgst
