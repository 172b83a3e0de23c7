#include "check.h"

namespace test {

namespace {

void words_that_are_no_utf8() {
  // 200 times ä as Windows writes it: a character that stands for any takes three bytes.
  same(bounded_text(std::string(200, '\xe4'), 512).size(), 510u, "words that are no UTF-8");
  same(bounded_text("zu sp\xe4t\n", 512), "zu sp\xef\xbf\xbdt\n", "a word that is no UTF-8");
  same(bounded_text("sp\xc3\xa4t", 3), "sp", "a character that is cut");
  same(bounded_text("sp\xc3\xa4t", 4), "sp\xc3\xa4", "one that is not");
}

/** A stream goes on where something beside it fails. */
void harmless_errors() {
  const auto told = [](Role role, const char* code) -> std::string {
    Client client(options_for(role), 0);
    OddServer server;
    talk(client, server, nullptr, nullptr);
    server.status(1, code, "error", "no");
    std::vector<Event> events;
    talk(client, server, &events, nullptr);
    const bool status = count<Status>(events) == 1 && client.phase() != Phase::over;
    return status ? "status" : find<Refused>(events) ? "refused" : "nothing";
  };
  for (const Role role : {Role::publish, Role::play}) {
    for (const char* code :
         {"NetStream.Record.Failed", "NetStream.Record.NoAccess", "NetStream.Seek.Failed", "NetConnection.Call.Failed"})
      same(told(role, code), "status", code);
    for (const char* code : {"NetStream.Publish.Failed", "NetStream.Play.Failed", "NetConnection.Connect.Closed"})
      same(told(role, code), "refused", code);
  }
}

}  // namespace

void server_words() {
  words_that_are_no_utf8();
  harmless_errors();
}

}  // namespace test
