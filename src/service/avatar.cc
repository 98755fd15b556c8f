#include "service/avatar.h"

#include <openssl/evp.h>

#include <array>
#include <charconv>

#include "base/digest.h"
#include "base/hex.h"
#include "base/names.h"

namespace wharf::service {
namespace {

constexpr std::array<std::string_view, 32> kPalette = {
    "#969696", "#aec7e8", "#ff7f0e", "#ffbb78", "#2ca02c", "#98df8a", "#d62728", "#ff9896",
    "#9467bd", "#c5b0d5", "#8c564b", "#c49c94", "#e377c2", "#f7b6d2", "#7f7f7f", "#c7c7c7",
    "#bcbd22", "#1f77b4", "#17becf", "#9edae5", "#393b79", "#5254a3", "#6b6ecf", "#9c9ede",
    "#9ecae1", "#31a354", "#b5cf6b", "#a1d99b", "#8c6d31", "#ad494a", "#e7ba52", "#a55194"};

std::string normal(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return lower_ascii(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

bool gravatar = false;

std::string hash_of(const std::string& key) {
  if (!gravatar) return std::string(Digest::of(key).hex());
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  // A library without MD5 (FIPS) leaves the sum of zeros: a picture that nobody has.
  EVP_Digest(key.data(), key.size(), sum.data(), &size, EVP_md5(), nullptr);
  return to_hex({reinterpret_cast<const char*>(sum.data()), 16});
}

}  // namespace

void set_gravatar(bool wanted) { gravatar = wanted; }

Avatar make_avatar(AvatarKind kind, std::string_view name, const std::optional<std::string>& email) {
  auto key = email ? normal(*email) : std::string();
  if (key.empty()) key = normal(name);
  Avatar avatar{.name = std::string(name), .hash = hash_of(key), .color = {}, .kind = kind};
  unsigned first = 0;
  std::from_chars(avatar.hash.data(), avatar.hash.data() + 2, first, 16);
  avatar.color = kPalette[first % kPalette.size()];
  return avatar;
}

}  // namespace wharf::service
