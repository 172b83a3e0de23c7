#include "rtmp/relay/packet_relay_handle.h"

#include <cstring>
#include <utility>

#include "js/names.h"

namespace rxgst {

namespace {

using rtmp::PacketRelay;
using rtmp::RelayNews;

constexpr Names<RelayNews::What, 11> whats("started", "ready", "left", "back", "takes", "wish", "moved", "on-air",
                                           "fill", "configured", "over");
constexpr Names<rtmp::FillMode, 3> fill_modes("none", "repeat", "slate");

Napi::Number number(Napi::Env env, uint64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }

std::string text_of(const Napi::Object& from, const char* name) {
  const Napi::Value value = from.Get(name);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

/** @param given `{ tls, host, port, application, stream, tcUrl, username, password, timeout }`, times in ms */
rtmp::SessionOptions options_of(const Napi::Object& given, rtmp::Role role) {
  rtmp::SessionOptions it;
  it.role = role;
  it.target.place.host = text_of(given, "host");
  it.target.place.port = static_cast<uint16_t>(given.Get("port").ToNumber().Uint32Value());
  it.target.place.tls = given.Get("tls").ToBoolean().Value();
  it.target.app = text_of(given, "application");
  it.target.stream = text_of(given, "stream");
  it.target.tc_url = text_of(given, "tcUrl");
  it.credentials.user = text_of(given, "username");
  it.credentials.password = text_of(given, "password");
  it.timeout_us = static_cast<int64_t>(given.Get("timeout").ToNumber().DoubleValue() * 1000);
  return it;
}

void put_session(Napi::Object* out, const rtmp::SessionStats& session) {
  const Napi::Env env = out->Env();
  Napi::Object& it = *out;
  it["inBytes"] = number(env, session.in_bytes);
  it["outBytes"] = number(env, session.started ? session.out_bytes : 0);
  it["outBytesAcked"] = number(env, session.out_acknowledged);
  it["acknowledged"] = session.tcp ? Napi::Value(number(env, session.tcp->acknowledged)) : env.Null();
  it["received"] = session.tcp ? Napi::Value(number(env, session.tcp->received)) : env.Null();
  it["phase"] = Napi::String::New(env, session.phase);
}

Napi::Value failure_of(Napi::Env env, const std::optional<rtmp::Failure>& failure) {
  if (!failure) return env.Null();
  auto out = Napi::Object::New(env);
  out["code"] = failure->code;
  out["text"] = failure->text;
  out["phase"] = failure->phase;
  out["serverCode"] = failure->server_code;
  out["serverText"] = failure->server_text;
  out["silent"] = failure->silent;
  out["acceptedMs"] = static_cast<double>(failure->accepted_us) / 1000;
  return out;
}

Napi::Value bytes_to_js(Napi::Env env, rtmp::Bytes bytes) {
  auto out = Napi::Uint8Array::New(env, bytes.size());
  if (!bytes.empty()) std::memcpy(out.Data(), bytes.data(), bytes.size());
  return out;
}

std::vector<uint8_t> bytes_from_js(const Napi::Value& value) {
  const auto given = value.As<Napi::Uint8Array>();
  return {given.Data(), given.Data() + given.ByteLength()};
}

}  // namespace

Napi::Function PacketRelayHandle::define(Napi::Env env) {
  return DefineClass(
      env, "PacketRelay",
      {InstanceMethod("addInput", &PacketRelayHandle::add_input),
       InstanceMethod("addTarget", &PacketRelayHandle::add_target),
       InstanceMethod("followWish", &PacketRelayHandle::follow_wish),
       InstanceMethod("prefer", &PacketRelayHandle::prefer), InstanceMethod("finish", &PacketRelayHandle::finish),
       InstanceMethod("closeConnection", &PacketRelayHandle::close_connection),
       InstanceMethod("news", &PacketRelayHandle::news), InstanceMethod("input", &PacketRelayHandle::input),
       InstanceMethod("target", &PacketRelayHandle::target), InstanceMethod("facts", &PacketRelayHandle::facts),
       InstanceMethod("packets", &PacketRelayHandle::packets),
       InstanceMethod("fillPicture", &PacketRelayHandle::fill_picture),
       InstanceMethod("setSlate", &PacketRelayHandle::set_slate),
       InstanceMethod("startFill", &PacketRelayHandle::start_fill),
       InstanceMethod("endFill", &PacketRelayHandle::end_fill), InstanceMethod("fill", &PacketRelayHandle::fill),
       InstanceMethod("close", &PacketRelayHandle::close)});
}

/** new PacketRelay(onNews, holdBack, fill): ms */
PacketRelayHandle::PacketRelayHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PacketRelayHandle>(info) {
  wakeup_ = Wakeup::create(info.Env(), info[0].As<Napi::Function>(), "rxgst relay");
  // A relay that runs has a timer for that; one that was never started keeps no process alive.
  wakeup_->keep_alive(info.Env(), false);
  const auto hold_back_us = static_cast<int64_t>(info[1].ToNumber().DoubleValue() * 1000);
  relay_ = std::make_shared<PacketRelay>(wakeup_, hold_back_us, fill_modes.of(info[2]));
}

PacketRelayHandle::~PacketRelayHandle() { end(); }

void PacketRelayHandle::end() {
  if (!relay_) return;
  wakeup_->close();
  relay_->close_all();
  relay_.reset();
}

/** addInput(address, rank): the connection's number. */
Napi::Value PacketRelayHandle::add_input(const Napi::CallbackInfo& info) {
  if (!relay_) return number(info.Env(), 0);
  return number(info.Env(), relay_->add_input(options_of(info[0].As<Napi::Object>(), rtmp::Role::play),
                                              info[1].ToNumber().Uint32Value()));
}

/** addTarget(address, publishBy): the connection's number. */
Napi::Value PacketRelayHandle::add_target(const Napi::CallbackInfo& info) {
  if (!relay_) return number(info.Env(), 0);
  rtmp::SessionOptions options = options_of(info[0].As<Napi::Object>(), rtmp::Role::publish);
  options.publish_by_us = info[1].ToNumber().Int64Value();
  return number(info.Env(), relay_->add_target(std::move(options)));
}

/** followWish(connection, publishBy) */
Napi::Value PacketRelayHandle::follow_wish(const Napi::CallbackInfo& info) {
  if (relay_) relay_->follow_wish(info[0].ToNumber().Uint32Value(), info[1].ToNumber().Int64Value());
  return info.Env().Undefined();
}

/** prefer(rank): false: no input of this rank is ready. */
Napi::Value PacketRelayHandle::prefer(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), relay_ && relay_->prefer(info[0].ToNumber().Uint32Value()));
}

Napi::Value PacketRelayHandle::finish(const Napi::CallbackInfo& info) {
  if (relay_) relay_->finish(info[0].ToNumber().Uint32Value());
  return info.Env().Undefined();
}

Napi::Value PacketRelayHandle::close_connection(const Napi::CallbackInfo& info) {
  if (relay_) relay_->close(info[0].ToNumber().Uint32Value());
  return info.Env().Undefined();
}

/** news(): what happened since it was last asked, in its order. */
Napi::Value PacketRelayHandle::news(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::vector<RelayNews> taken;
  if (relay_) taken = relay_->take_news();
  auto list = Napi::Array::New(env, taken.size());
  for (uint32_t i = 0; i < taken.size(); ++i) {
    const RelayNews& one = taken[i];
    auto it = Napi::Object::New(env);
    it["connection"] = number(env, one.connection);
    it["what"] = whats.to_js(env, one.what);
    it["text"] = one.text;
    it["failure"] = failure_of(env, one.failure);
    list[i] = it;
  }
  return list;
}

/** input(connection): its counters; null: it is closed. */
Napi::Value PacketRelayHandle::input(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!relay_) return env.Null();
  const auto stats = relay_->input_stats(info[0].ToNumber().Uint32Value());
  if (!stats) return env.Null();
  auto out = Napi::Object::New(env);
  out["packets"] = number(env, stats->counters.packets);
  out["bytes"] = number(env, stats->counters.bytes);
  out["pictures"] = number(env, stats->counters.pictures);
  out["keyframes"] = number(env, stats->counters.keyframes);
  const auto age = [&](int64_t at_us) {
    return at_us == 0 ? env.Null() : Napi::Value(Napi::Number::New(env, static_cast<double>(now_us() - at_us) / 1000));
  };
  out["pictureAge"] = age(stats->counters.last_picture_us);
  out["soundAge"] = age(stats->counters.last_sound_us);
  out["onAir"] = stats->on_air;
  put_session(&out, stats->session);
  return out;
}

/** target(connection): its counters; null: it is closed. */
Napi::Value PacketRelayHandle::target(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!relay_) return env.Null();
  const auto stats = relay_->target_stats(info[0].ToNumber().Uint32Value());
  if (!stats) return env.Null();
  auto out = Napi::Object::New(env);
  out["packets"] = number(env, stats->counters.packets);
  out["bytes"] = number(env, stats->counters.bytes);
  out["dropped"] = number(env, stats->counters.dropped);
  out["positionMs"] = static_cast<double>(stats->counters.position_ms);
  out["queueMs"] = static_cast<double>(stats->counters.queue_ms);
  put_session(&out, stats->session);
  return out;
}

/** facts(): what the input on air says of its stream. */
Napi::Value PacketRelayHandle::facts(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!relay_) return env.Null();
  const rtmp::StreamFacts facts = relay_->facts();
  auto out = Napi::Object::New(env);
  auto tracks = Napi::Array::New(env, facts.tracks().size());
  for (uint32_t i = 0; i < facts.tracks().size(); ++i) {
    const auto& track = facts.tracks()[i];
    auto it = Napi::Object::New(env);
    it["kind"] = track.video ? "video" : "audio";
    it["id"] = static_cast<double>(track.id);
    it["codec"] = track.codec;
    tracks[i] = it;
  }
  out["tracks"] = tracks;
  const auto& claimed = facts.claimed();
  out["width"] = claimed.width;
  out["height"] = claimed.height;
  out["fps"] = claimed.fps;
  out["sampleRate"] = claimed.sample_rate;
  out["channels"] = static_cast<double>(claimed.channels);
  return out;
}

/** packets(): pictures and sound that came from inputs on air. */
Napi::Value PacketRelayHandle::packets(const Napi::CallbackInfo& info) {
  return number(info.Env(), relay_ ? relay_->packets() : 0);
}

/** fillPicture(): { serial, picture: { codec, record, picture } }; null: no input has had one. */
Napi::Value PacketRelayHandle::fill_picture(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  rtmp::PacketRelay::FillPicture found;
  if (relay_) found = relay_->fill_picture();
  auto out = Napi::Object::New(env);
  out["serial"] = static_cast<double>(found.serial);
  out["picture"] = env.Null();
  if (!found.picture) return out;
  auto picture = Napi::Object::New(env);
  const rtmp::Codec codec = found.picture->codec;
  picture["codec"] = codec == rtmp::Codec::h264 ? "h264" : codec == rtmp::Codec::hevc ? "hevc" : "other";
  picture["record"] = bytes_to_js(env, found.picture->record);
  picture["picture"] = bytes_to_js(env, found.picture->picture);
  out["picture"] = picture;
  return out;
}

/** setSlate(serial, codec, [record, ...pictures]): copies them; false: it does not fit any more. */
Napi::Value PacketRelayHandle::set_slate(const Napi::CallbackInfo& info) {
  const auto parts = info[2].As<Napi::Array>();
  rtmp::Slate slate;
  slate.codec = info[1].ToString().Utf8Value() == "hevc" ? rtmp::Codec::hevc : rtmp::Codec::h264;
  if (parts.Length() > 0) slate.record = bytes_from_js(parts.Get(uint32_t{0}));
  for (uint32_t i = 1; i < parts.Length(); ++i) slate.pictures.push_back(bytes_from_js(parts.Get(i)));
  const bool set = relay_ && relay_->set_slate(info[0].ToNumber().Uint32Value(), std::move(slate));
  return Napi::Boolean::New(info.Env(), set);
}

/** startFill(): also where no input has been on air. */
Napi::Value PacketRelayHandle::start_fill(const Napi::CallbackInfo& info) {
  if (relay_) relay_->start_fill();
  return info.Env().Undefined();
}

/** endFill(): for good. */
Napi::Value PacketRelayHandle::end_fill(const Napi::CallbackInfo& info) {
  if (relay_) relay_->end_fill();
  return info.Env().Undefined();
}

/** fill(): { age, repeated, fills, slate, soundStops }: ms since it began, null: none is running. */
Napi::Value PacketRelayHandle::fill(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  rtmp::Fill::Counters counters;
  if (relay_) counters = relay_->fill_counters();
  auto out = Napi::Object::New(env);
  const double age = static_cast<double>(now_us() - counters.since_us) / 1000;
  out["age"] = counters.since_us == 0 ? env.Null() : Napi::Value(Napi::Number::New(env, age));
  out["repeated"] = static_cast<double>(counters.repeated);
  out["fills"] = static_cast<double>(counters.fills);
  out["slate"] = counters.slate;
  out["soundStops"] = counters.sound_stops;
  return out;
}

/** close(): its connections end; it tells nothing more. */
Napi::Value PacketRelayHandle::close(const Napi::CallbackInfo& info) {
  end();
  return info.Env().Undefined();
}

}  // namespace rxgst
