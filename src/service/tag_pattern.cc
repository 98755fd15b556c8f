#include "service/tag_pattern.h"

#include <re2/re2.h>

namespace wharf::service {
namespace {

// Of one compiled pattern: what needs more is refused.
constexpr std::int64_t kMostMemoryBytes = 1024 * 1024;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

}  // namespace

Result<TagPattern> TagPattern::compile(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return Error{Errc::invalid_request, "tagPattern: must not be empty"};
  if (characters(text) > kMostCharacters) {
    return Error{Errc::invalid_request, "tagPattern: must have at most 256 characters"};
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMostMemoryBytes);
  auto expression = std::make_unique<re2::RE2>(piece(text), options);
  if (!expression->ok()) {
    return Error{Errc::invalid_request, "tagPattern: is not a regular expression: " + expression->error()};
  }
  return TagPattern(std::move(expression));
}

TagPattern::TagPattern(std::unique_ptr<re2::RE2> expression) : expression_(std::move(expression)) {}
TagPattern::TagPattern(TagPattern&&) noexcept = default;
TagPattern& TagPattern::operator=(TagPattern&&) noexcept = default;
TagPattern::~TagPattern() = default;

const std::string& TagPattern::text() const { return expression_->pattern(); }

bool TagPattern::matches_whole(std::string_view name) const { return re2::RE2::FullMatch(piece(name), *expression_); }

bool TagPattern::matches_part(std::string_view name) const { return re2::RE2::PartialMatch(piece(name), *expression_); }

}  // namespace wharf::service
