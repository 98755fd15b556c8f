#include "ui/template.h"

#include <algorithm>
#include <span>

namespace wharf::ui {

/// The templates that were compiled in: name and content.
std::span<const std::pair<std::string_view, std::string_view>> embedded_templates();

std::string filled(std::string_view name, const Marks& marks) {
  const auto templates = embedded_templates();
  const auto found = std::ranges::find(templates, name, [](const auto& entry) { return entry.first; });
  auto text = found->second;
  std::string html;
  for (;;) {
    const auto open = text.find("{{");
    html += text.substr(0, open);
    if (open == std::string_view::npos) return html;
    const auto close = text.find("}}", open);
    const auto mark = text.substr(open + 2, close - open - 2);
    const auto value = std::ranges::find(marks, mark, [](const auto& entry) { return entry.first; });
    if (value != marks.end()) html += value->second;
    text.remove_prefix(close + 2);
  }
}

http::Response page(std::string html, const std::string& policy) {
  http::Response response;
  response.add("Content-Type", "text/html; charset=utf-8");
  response.add(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; " + policy);
  response.add("Referrer-Policy", "no-referrer");
  response.add("Cache-Control", "no-store");
  response.body = std::move(html);
  return response;
}

}  // namespace wharf::ui
