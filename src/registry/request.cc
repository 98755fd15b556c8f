#include "registry/request.h"

#include <algorithm>
#include <charconv>

namespace wharf::registry {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Digits alone: no sign, no space, no overflow.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, value);
  if (text.empty() || failed != std::errc() || at != end) return std::nullopt;
  return value;
}

}  // namespace

Result<RepoName> repository_name(const service::Call& call, const std::string& name) {
  const auto& settings = call.services.settings;
  std::string full = name;
  if (full.find('/') == std::string::npos) {
    if (!settings.features.library_support)
      return Error{Errc::name_invalid, "A namespace must be specified explicitly"};
    full = settings.library_namespace + '/' + full;
  }
  auto parsed = RepoName::parse(full);
  if (!parsed) return Error{Errc::name_invalid, "invalid repository name", {}, name.substr(0, 255)};
  return std::move(*parsed);
}

Result<service::Reference> reference(const std::string& text, bool pulling) {
  if (text.find(':') == std::string::npos) {
    if (is_tag_name(text)) return service::Reference(text);
    return Error{
        pulling ? Errc::manifest_unknown : Errc::tag_invalid, "The tag's name is invalid", {}, text.substr(0, 128)};
  }
  auto parsed = digest(text);
  if (!parsed) return parsed.error();
  return service::Reference(std::move(*parsed));
}

Result<Digest> digest(const std::string& text) {
  auto parsed = Digest::parse(text);
  if (!parsed) {
    return Error{Errc::digest_invalid, "provided digest is not a sha256 or sha512 digest", {}, text.substr(0, 140)};
  }
  return std::move(*parsed);
}

std::string blob_url(const service::Call& call, const std::string& name, const Digest& digest) {
  return call.base_url + "/v2/" + name + "/blobs/" + digest.text();
}

Result<std::optional<ByteRange>> byte_range(std::string_view header, std::uint64_t size_bytes) {
  constexpr std::string_view kUnit = "bytes=";
  const std::optional<ByteRange> whole;
  if (!header.starts_with(kUnit)) return whole;
  const auto spec = trimmed(header.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return whole;
  const auto first_text = trimmed(spec.substr(0, dash));
  const auto last_text = trimmed(spec.substr(dash + 1));
  const Error beyond{Errc::range_not_satisfiable, "The range lies outside of the blob"};
  if (first_text.empty()) {
    const auto suffix = number(last_text);
    if (!suffix) return whole;
    if (*suffix == 0 || size_bytes == 0) return beyond;
    const auto length = std::min(*suffix, size_bytes);
    return std::optional(ByteRange{size_bytes - length, length});
  }
  const auto first = number(first_text);
  const auto last = last_text.empty() ? std::optional(UINT64_MAX) : number(last_text);
  if (!first || !last || *last < *first) return whole;
  if (*first >= size_bytes) return beyond;
  return std::optional(ByteRange{*first, std::min(*last, size_bytes - 1) - *first + 1});
}

Result<std::optional<service::ChunkRange>> content_range(std::string_view header) {
  if (header.empty()) return std::optional<service::ChunkRange>();
  auto spec = trimmed(header);
  if (spec.starts_with("bytes ")) spec = trimmed(spec.substr(6));
  spec = spec.substr(0, spec.find('/'));
  const auto dash = spec.find('-');
  const auto first = number(spec.substr(0, dash));
  const auto last = dash == std::string_view::npos ? std::nullopt : number(spec.substr(dash + 1));
  // "0--1" and the like are refused; an empty chunk has no range to name.
  if (!first || !last || *last < *first) {
    return Error{Errc::content_range_malformed, "Content-Range must be <first>-<last>"};
  }
  return std::optional(service::ChunkRange{*first, *last});
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const auto comma = if_none_match.find(',');
    auto entry = trimmed(if_none_match.substr(0, comma));
    if (entry.starts_with("W/")) entry.remove_prefix(2);
    if (entry == "*" || entry == etag) return true;
    if (comma == std::string_view::npos) break;
    if_none_match.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace wharf::registry
