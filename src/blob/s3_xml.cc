#include "blob/s3_xml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace wharf::blob {
namespace {

constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{
    {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};

/// The text of one reference without '&' and ';'; only what is one byte is needed for keys and ids.
std::string reference(std::string_view name) {
  for (const auto& [known, character] : kEntities) {
    if (name == known) return {character};
  }
  if (name.starts_with('#')) {
    const bool hex = name.starts_with("#x");
    unsigned int code = 0;
    const auto digits = name.substr(hex ? 2 : 1);
    const auto end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, code, hex ? 16 : 10).ptr == end && code > 0 && code < 128) {
      return {static_cast<char>(code)};
    }
  }
  return '&' + std::string(name) + ';';
}

std::string unescaped(std::string_view text) {
  std::string out;
  while (true) {
    const auto from = text.find('&');
    out += text.substr(0, from);
    if (from == std::string_view::npos) return out;
    const auto to = text.find(';', from);
    if (to == std::string_view::npos) return out + std::string(text.substr(from));
    out += reference(text.substr(from + 1, to - from - 1));
    text.remove_prefix(to + 1);
  }
}

}  // namespace

std::vector<std::string_view> xml_elements(std::string_view xml, std::string_view name) {
  std::vector<std::string_view> found;
  const auto open = '<' + std::string(name);
  const auto close = "</" + std::string(name) + '>';
  for (std::size_t at = 0; (at = xml.find(open, at)) != std::string_view::npos;) {
    const auto after = at + open.size();
    at = after;
    if (after >= xml.size() || std::string_view(" \t\r\n/>").find(xml[after]) == std::string_view::npos) continue;
    const auto begin = xml.find('>', after);
    if (begin == std::string_view::npos) break;
    if (xml[begin - 1] == '/') {
      found.emplace_back();
      continue;
    }
    const auto end = xml.find(close, begin);
    if (end == std::string_view::npos) break;
    found.push_back(xml.substr(begin + 1, end - begin - 1));
    at = end + close.size();
  }
  return found;
}

std::string xml_text(std::string_view xml, std::string_view name) {
  const auto found = xml_elements(xml, name);
  return found.empty() ? std::string() : unescaped(found.front());
}

bool s3_is_error(std::string_view xml) {
  // What comes before the root: a declaration, and spaces that keep a slow reply's connection alive.
  const auto spaces = [&xml] { xml.remove_prefix(std::min(xml.find_first_not_of(" \t\r\n"), xml.size())); };
  spaces();
  if (xml.starts_with("<?")) {
    xml.remove_prefix(std::min(xml.find("?>"), xml.size() - 2) + 2);
    spaces();
  }
  return xml.starts_with("<Error>") || xml.starts_with("<Error ");
}

std::string xml_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    bool plain = true;
    for (const auto& [name, character] : kEntities) {
      if (c != character) continue;
      out += '&' + std::string(name) + ';';
      plain = false;
    }
    if (plain) out += c;
  }
  return out;
}

}  // namespace wharf::blob
