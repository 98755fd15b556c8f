#include "db/uri.h"

#include <libpq-fe.h>

#include <algorithm>
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

/// What libpq reads in a URI.
class Conninfo {
 public:
  explicit Conninfo(const Uri& uri) : options_(nullptr, PQconninfoFree) {
    char* complaint = nullptr;
    options_.reset(PQconninfoParse(uri.conninfo.c_str(), &complaint));
    PQfreemem(complaint);  // it quotes the URI, hence perhaps the password
  }
  bool readable() const { return options_ != nullptr; }
  std::string value(std::string_view key, std::string_view without = "") const {
    for (const PQconninfoOption* option = options_.get(); option->keyword != nullptr; ++option) {
      if (option->keyword == key && option->val != nullptr && *option->val != '\0') return std::string(option->val);
    }
    return std::string(without);
  }
  /// The value's parts between commas; none of an empty one.
  std::vector<std::string> list(std::string_view key) const {
    std::vector<std::string> parts;
    const std::string all = value(key);
    for (std::string_view rest = all; !all.empty();) {
      const auto end = rest.find(',');
      parts.emplace_back(rest.substr(0, end));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
    return parts;
  }

 private:
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options_;
};

Error unreadable() { return bad("The database URI cannot be read"); }

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

Result<std::vector<UriHost>> hosts(const Uri& uri) {
  const Conninfo info(uri);
  if (!info.readable()) return unreadable();
  const auto names = info.list("host");
  const auto addresses = info.list("hostaddr");
  const auto ports = info.list("port");
  std::vector<UriHost> found(std::max({names.size(), addresses.size(), std::size_t{1}}));
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i < names.size()) found[i].host = names[i];
    if (i < addresses.size()) found[i].address = addresses[i];
    // One port is that of all.
    if (!ports.empty()) found[i].port = ports[ports.size() == 1 ? 0 : std::min(i, ports.size() - 1)];
  }
  return found;
}

Result<std::string> server_name(const Uri& uri) {
  const Conninfo info(uri);
  if (!info.readable()) return unreadable();
  return info.value("host", "localhost") + ':' + info.value("port", "5432") + '/' + info.value("dbname");
}

}  // namespace wharf::db
