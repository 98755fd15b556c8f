#include "db/uri.h"

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

}  // namespace wharf::db
