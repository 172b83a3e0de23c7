#include "rtmp/protocol/client.h"

#include <utility>

#include "rtmp/amf/reader.h"
#include "rtmp/protocol/address.h"
#include "rtmp/protocol/command.h"

namespace rxgst::rtmp {

namespace {

using amf::Value;

constexpr const char* player_version = "LNX 9,0,124,2";
constexpr const char* publisher_version = "FMLE/3.0 (compatible; FMSc/1.0)";
constexpr uint32_t window_bytes = 2'500'000;
/** Codecs of Flash Player, as bits. */
constexpr int flash_sound = 4071, flash_video = 252;
constexpr const char* play_status = "onPlayStatus";
/** A status has some 200 bytes; it is read in the thread of all connections. */
constexpr size_t most_play_status = 64 << 10;
constexpr amf::Limits play_status_limits{16, 256, 16 << 10};

}  // namespace

Client::Client(ClientOptions options, int64_t now_us)
    : Connection(true, options.handshake, options.bounds, options.seed, now_us), options_(std::move(options)) {}

void Client::on_handshake() { send_connect(); }

std::string Client::with_login(const std::string& address) const {
  if (options_.login_query.empty()) return address;
  return address + (address.find('?') == std::string::npos ? "?" : "&") + options_.login_query;
}

double Client::call(uint32_t stream, const char* name, std::vector<Value> arguments) {
  std::vector<Value> values{name, ++transaction_};
  values.insert(values.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
  send_command(stream, values);
  return transaction_;
}

void Client::send_connect() {
  const std::string address = with_login(options_.tc_url);
  const std::string version = !options_.flash_version.empty() ? options_.flash_version
                              : publishes()                   ? publisher_version
                                                              : player_version;
  Value object = Value::object();
  object.add("app", with_login(options_.app));
  if (publishes()) object.add("type", "nonprivate");
  object.add("flashVer", version);
  // OBS sends the address as its film's, and some servers look at it.
  if (!options_.swf_url.empty() || publishes())
    object.add("swfUrl", options_.swf_url.empty() ? address : options_.swf_url);
  object.add("tcUrl", address);
  if (!options_.page_url.empty()) object.add("pageUrl", options_.page_url);
  Capabilities capabilities = options_.capabilities;
  if (!publishes()) {
    object.add("fpad", false).add("capabilities", 15).add("audioCodecs", flash_sound).add("videoCodecs", flash_video);
    if (capabilities.video_function == 0) capabilities.video_function = video_seek;
  }
  add_capabilities(&object, capabilities);
  for (auto& [name, value] : options_.properties) object.add(name, value);
  std::vector<Value> arguments{std::move(object)};
  arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
  connect_ = call(0, "connect", std::move(arguments));
}

void Client::on_command(Command command) {
  const std::string& name = command.name;
  if (name == "_result") return on_result(command);
  if (name == "_error") return on_error(command);
  if (name == "onStatus") return on_status(command);
  if (name == "onFCPublish" || name == "onFCSubscribe") return on_answer_besides(command);
  if (name == "onBWDone" || name == "_onbwcheck") return on_bandwidth_question(command);
  if (name == "close") return end_with(Refused{refusal_of_close(phase(), options_.role)});
  if (name == play_status) return on_status(command);
  tell(Called{name, command.transaction, command.stream, std::move(command.arguments)});
}

void Client::on_result(const Command& command) {
  const bool connecting = phase() == Phase::connect;
  // Some servers answer by a transaction of their own.
  if (connecting) return on_connect_answer(command, false);
  if (command.transaction == create_ && phase() == Phase::create_stream) return on_stream_created(command);
  // Servers that answer publish so may give no status.
  if (command.transaction == start_ && phase() == Phase::start && publishes()) start(true);
}

void Client::on_error(const Command& command) {
  const ServerWords words = words_of(information_of(command.arguments));
  if (phase() == Phase::connect) return on_connect_answer(command, true);
  const bool creating = phase() == Phase::create_stream && command.transaction == create_;
  // Publish and play may have transaction 0.
  const bool starting = phase() == Phase::start && (command.transaction == start_ || command.transaction == 0);
  if (creating || starting) return refuse(words);
  complaint_ = words;
}

void Client::on_connect_answer(const Command& command, bool refused) {
  const Value& information = information_of(command.arguments);
  if (refused || refuses_connection(words_of(information))) return on_refused_connection(information);
  Connected connected{argument(command.arguments, 0), information, {}};
  // Servers put what they can into either.
  connected.server = read_capabilities(connected.properties);
  const Capabilities other = read_capabilities(information);
  if (connected.server.four_ccs.empty()) connected.server.four_ccs = other.four_ccs;
  if (connected.server.video.empty()) connected.server.video = other.video;
  if (connected.server.audio.empty()) connected.server.audio = other.audio;
  connected.server.caps_ex |= other.caps_ex;
  connected.server.video_function |= other.video_function;
  tell(std::move(connected));
  create_stream();
}

void Client::on_refused_connection(const Value& information) {
  const ServerWords words = words_of(information);
  if (const Value* const moved = information.find("ex")) {
    const std::string_view url = moved->text_of("redirect");
    if (!url.empty() && moved->number_of("code", 302) == 302)
      return end_with(Redirected{resolve_address(options_.tc_url, url)});
  }
  const LoginStep login = next_login(words.description, options_.app, options_.credentials, options_.login_query,
                                     static_cast<uint32_t>(chance_.next()));
  if (login.kind == LoginStep::Kind::again) return end_with(LoginWanted{login.query});
  Refusal refusal = refusal_of(words, phase(), options_.role);
  if (login.kind == LoginStep::Kind::refused) refusal.kind = RefusalKind::authentication;
  end_with(Refused{std::move(refusal)});
}

void Client::create_stream() {
  enter(Phase::create_stream);
  if (publishes()) {
    send_chunk_size(options_.chunk_size);
    call(0, "releaseStream", {Value::null(), options_.stream});
    call(0, "FCPublish", {Value::null(), options_.stream});
  } else {
    send_window_size(window_bytes);
    if (options_.fc_subscribe) call(0, "FCSubscribe", {Value::null(), options_.stream});
  }
  create_ = call(0, "createStream", {Value::null()});
}

void Client::on_stream_created(const Command& command) {
  stream_ = 1;
  for (const Value& value : command.arguments) {
    if (value.is(Value::Type::number) && value.number >= 0 && value.number <= UINT32_MAX)
      stream_ = static_cast<uint32_t>(value.number);
  }
  enter(Phase::start);
  send_start();
}

void Client::send_start() {
  if (publishes()) {
    start_ = call(stream_, "publish", {Value::null(), options_.stream, "live"});
    return;
  }
  if (options_.get_stream_length) call(0, "getStreamLength", {Value::null(), options_.stream});
  start_ = call(stream_, "play", {Value::null(), options_.stream, options_.play_start_ms});
  send_user_control(UserControl::set_buffer_length, stream_, options_.buffer_length_ms);
}

void Client::on_status(const Command& command) {
  const Value& information = information_of(command.arguments);
  ServerWords words = words_of(information);
  const StatusMeaning meaning = meaning_of(words, options_.role);
  // Which message stream a status is of says nothing: servers use 0, the right one, or any.
  switch (meaning) {
    case StatusMeaning::started:
      return phase() == Phase::live || phase() == Phase::first_media ? publisher_back() : start(true);
    case StatusMeaning::publisher_gone:
      return publisher_gone(PublisherGone::How::unpublished);
    case StatusMeaning::publisher_back:
      return publisher_back();
    case StatusMeaning::ended:
      gone_ = true;
      return tell(Ended{std::move(words)});
    case StatusMeaning::reconnect:
      return tell(ReconnectRequested{bounded_text(resolve_address(options_.tc_url, information.text_of("tcUrl")), 2048),
                                     words.description});
    case StatusMeaning::refused:
      if (phase() == Phase::connect) return on_refused_connection(information);
      return refuse(words);
    case StatusMeaning::harmless:
      if (words.level == "error") complaint_ = words;
      return tell(Status{std::move(words), command.stream});
  }
}

void Client::on_answer_besides(const Command& command) {
  ServerWords words = words_of(information_of(command.arguments));
  if (meaning_of(words, options_.role) == StatusMeaning::refused) return refuse(words);
  tell(Status{std::move(words), command.stream});
}

void Client::on_bandwidth_question(const Command& command) {
  if (command.name == "_onbwcheck") {
    send_command(0, {"_result", command.transaction, Value::null(), ++bandwidth_questions_});
  } else if (!bandwidth_checked_) {
    bandwidth_checked_ = true;
    call(0, "_checkbw", {Value::null()});
  }
}

void Client::on_stream_event(UserControl event, uint32_t) {
  if (publishes()) return;
  if (event == UserControl::stream_eof) return publisher_gone(PublisherGone::How::eof);
  if (event == UserControl::stream_dry) return publisher_gone(PublisherGone::How::dry);
  if (event == UserControl::stream_begin) publisher_back();
}

bool Client::wants_media() const {
  return !publishes() && (phase() == Phase::start || phase() == Phase::first_media || phase() == Phase::live);
}

void Client::on_media(const MediaMessage& message) {
  if (message.kind == MediaKind::data) return on_play_status(message.payload.bytes);
  if (message.payload.bytes.empty()) return;
  // A server that gives no status gives pictures.
  if (phase() == Phase::start) start(false);
  if (phase() == Phase::first_media) enter(Phase::live);
  publisher_back();
}

void Client::on_play_status(Bytes data) {
  // It may come as a data message.
  constexpr size_t head = 3;
  const std::string_view name = play_status;
  if (data.size() < head + name.size() || data.size() > most_play_status) return;
  if (text_of(data.subspan(head, name.size())) != name) return;
  const amf::Read read = amf::read_amf0(data, play_status_limits);
  const ServerWords words = words_of(information_of(read.values));
  if (meaning_of(words, options_.role) == StatusMeaning::ended) tell(Ended{words});
}

void Client::publisher_gone(PublisherGone::How how) {
  const bool playing = phase() == Phase::start || phase() == Phase::first_media || phase() == Phase::live;
  if (gone_ || publishes() || !playing) return;
  gone_ = true;
  tell(PublisherGone{how});
}

void Client::publisher_back() {
  if (!gone_) return;
  gone_ = false;
  tell(PublisherBack{});
}

void Client::start(bool told) {
  if (phase() != Phase::start) return;
  enter(publishes() ? Phase::live : Phase::first_media);
  tell(Started{told});
}

void Client::assume_started(int64_t now_us) {
  set_now(now_us);
  start(false);
}

void Client::refuse(const ServerWords& words) { end_with(Refused{refusal_of(words, phase(), options_.role)}); }

void Client::end_with(Event event) {
  tell(std::move(event));
  enter(Phase::over);
}

void Client::finish(int64_t now_us) {
  set_now(now_us);
  if (stream_ != 0 && phase() != Phase::over) {
    if (publishes()) call(0, "FCUnpublish", {Value::null(), options_.stream});
    call(0, "deleteStream", {Value::null(), static_cast<double>(stream_)});
  }
  enter(Phase::over);
}

std::optional<Refusal> Client::closed() const {
  if (phase() == Phase::over) return std::nullopt;
  Refusal refusal = refusal_of_close(phase(), options_.role);
  if (phase() != Phase::live && phase() != Phase::first_media && !(complaint_.code + complaint_.description).empty()) {
    refusal.server_code = complaint_.code;
    refusal.description = complaint_.description;
    refusal.silent = false;
  }
  return refusal;
}

}  // namespace rxgst::rtmp
