#include "db/uri.h"

#include <libpq-fe.h>

#include <memory>

namespace wharf::db {
namespace {

constexpr std::string_view kOption = "wharf_prepare=";

/// Cuts `wharf_prepare=…` out of the query part of `uri`; answers its value, or "" without one.
std::string take_option(std::string& uri) {
  const auto question = uri.find('?');
  if (question == std::string::npos) return {};
  std::string value;
  std::string kept;
  std::string_view rest = std::string_view(uri).substr(question + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const std::string_view part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (part.starts_with(kOption)) {
      value = part.substr(kOption.size());
    } else {
      kept.append(kept.empty() ? "" : "&").append(part);
    }
  }
  uri.resize(question);
  if (!kept.empty()) uri.append("?").append(kept);
  return value;
}

Error bad(std::string message) { return {Errc::invalid_request, std::move(message)}; }

}  // namespace

Result<Uri> parse_uri(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return bad("The database URI needs a scheme: sqlite:// or postgresql://");
  std::string_view scheme = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 3);
  Uri uri;
  if (scheme == "sqlite") {
    if (rest.size() < 2 || rest.front() != '/') {
      return bad("The database URI names no file: sqlite:///relative or sqlite:////absolute");
    }
    uri.path = rest.substr(1);
    if (uri.path == ":memory:") return bad("A database in memory cannot be shared; name a file");
    return uri;
  }
  scheme = scheme.substr(0, scheme.find('+'));
  if (scheme != "postgresql" && scheme != "postgres") {
    return bad("The database URI's scheme is neither sqlite nor postgresql");
  }
  uri.engine = Engine::postgres;
  uri.conninfo = std::string("postgresql://").append(rest);
  const std::string prepare = take_option(uri.conninfo);
  if (!prepare.empty() && prepare != "on" && prepare != "off") return bad("wharf_prepare is on or off");
  if (!prepare.empty()) uri.keeps_statements = prepare == "on";
  return uri;
}

Result<std::string> server_name(const Uri& uri) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(uri.conninfo.c_str(), &complaint), PQconninfoFree);
  PQfreemem(complaint);  // it quotes the URI, hence perhaps the password
  if (!options) return bad("The database URI cannot be read");
  const auto value = [&](std::string_view key, std::string_view without) {
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
      if (option->keyword == key && option->val != nullptr && *option->val != '\0') return std::string(option->val);
    }
    return std::string(without);
  };
  return value("host", "localhost") + ':' + value("port", "5432") + '/' + value("dbname", "");
}

}  // namespace wharf::db
