#include "auth/password.h"
#include "base/secret.h"

#include <crypt.h>
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>

#include "auth/password_cost.h"
#include "base/error.h"
#include "base/random.h"

namespace wharf::auth {
namespace {

constexpr unsigned long kCost = 12;
constexpr std::size_t kBcryptBytes = 72;
constexpr std::size_t kHashLength = 60;

std::atomic<std::uint64_t> runs{0};

/// libxcrypt's working memory: too large for a coroutine's or a pool thread's stack, and full of the password.
struct CryptState {
  crypt_data data{};
  ~CryptState() { OPENSSL_cleanse(&data, sizeof data); }
};

/// `setting` is a whole hash or the salt that starts one. Empty when libxcrypt refuses it.
std::string bcrypt(std::string_view password, const std::string& setting) {
  // libxcrypt refuses 512 bytes and more; cutting here keeps "the rest does not count" true for any length.
  std::string phrase(password.substr(0, kBcryptBytes));
  const auto state = std::make_unique<CryptState>();
  runs.fetch_add(1, std::memory_order_relaxed);
  const char* hash = crypt_rn(phrase.c_str(), setting.c_str(), &state->data, sizeof state->data);
  std::string result = hash == nullptr || hash[0] == '*' ? std::string() : std::string(hash);
  OPENSSL_cleanse(phrase.data(), phrase.size());
  return result;
}

bool is_bcrypt(std::string_view hash) {
  if (hash.size() != kHashLength || !hash.starts_with("$2") || hash[3] != '$' || hash[6] != '$') return false;
  if (hash[2] != 'a' && hash[2] != 'b' && hash[2] != 'y') return false;
  const auto cost = hash.substr(4, 2);
  // A cost of 31 would hold a thread for days: no hash that a registry made is near it.
  return cost >= "04" && cost <= "17" && cost[1] >= '0' && cost[1] <= '9';
}

/// The code point at the front of `text`, which is cut off it; nothing if that is not UTF-8.
std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
  if (length == 0 || text.size() < length) return std::nullopt;
  char32_t point = length == 1 ? lead : lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >> 6 != 2) return std::nullopt;
    point = (point << 6) | (byte & 0x3fu);
  }
  text.remove_prefix(length);
  return point;
}

/// What Python's `\s` matches in text.
bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

}  // namespace

std::string hash_password(std::string_view password) {
  const auto random = random_bytes(16);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> salt{};
  const char* made = crypt_gensalt_rn("$2b$", kCost, random.data(), static_cast<int>(random.size()), salt.data(),
                                      static_cast<int>(salt.size()));
  auto hash = made == nullptr ? std::string() : bcrypt(password, made);
  if (hash.size() != kHashLength) throw Accident({Errc::internal, "Hashing failed", "bcrypt"});
  return hash;
}

bool verify_password(std::string_view password, std::string_view hash) {
  if (!is_bcrypt(hash)) return false;
  // bcrypt would stop at the NUL and take "secret\0anything" for "secret". It costs what any wrong password does.
  const auto phrase = password.substr(0, password.find('\0'));
  const auto made = bcrypt(phrase, std::string(hash));
  return same_secret(made, hash) && phrase.size() == password.size();
}

void verify_nothing(std::string_view password) {
  // A well-formed hash at today's cost, whose digest part no password is known to give.
  static const std::string kNobody = "$2b$12$" + std::string(53, '.');
  static_cast<void>(verify_password(password, kNobody));
}

std::uint64_t bcrypt_runs() { return runs.load(std::memory_order_relaxed); }

bool is_acceptable_password(std::string_view password) {
  std::size_t characters = 0;
  while (!password.empty()) {
    const auto point = take_code_point(password);
    if (!point || *point == 0 || is_white_space(*point)) return false;
    ++characters;
  }
  return characters >= 8;
}

PasswordCache::PasswordCache(std::size_t capacity, std::chrono::milliseconds life)
    : capacity_(std::max<std::size_t>(capacity, 1)), life_(life) {
  auto random = random_bytes(key_.size());
  std::memcpy(key_.data(), random.data(), key_.size());
  OPENSSL_cleanse(random.data(), random.size());
}

PasswordCache::~PasswordCache() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::size_t PasswordCache::MarkHash::operator()(const Mark& mark) const {
  std::size_t front = 0;  // the mark is a MAC under a secret key: any part of it is an even hash
  std::memcpy(&front, mark.data(), sizeof front);
  return front;
}

PasswordCache::Mark PasswordCache::mark_of(std::string_view password, std::string_view hash) const {
  std::string message;
  message.reserve(hash.size() + 1 + password.size());
  message.append(hash).append(1, '\0').append(password);
  Mark mark{};
  std::size_t length = 0;
  const auto* made = EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key_.data(), key_.size(),
                               reinterpret_cast<const unsigned char*>(message.data()), message.size(), mark.data(),
                               mark.size(), &length);
  OPENSSL_cleanse(message.data(), message.size());
  if (made == nullptr || length != mark.size()) throw Accident({Errc::internal, "Hashing failed", "EVP_Q_mac"});
  return mark;
}

bool PasswordCache::knows(std::string_view password, std::string_view hash) const {
  const auto mark = mark_of(password, hash);
  const auto now = now_ms();
  const std::lock_guard lock(mutex_);
  const auto found = until_.find(mark);
  // The second test: a clock that was set back must not make an entry live longer.
  return found != until_.end() && now < found->second && now >= found->second - life_.count();
}

void PasswordCache::remember(std::string_view password, std::string_view hash) {
  const auto mark = mark_of(password, hash);
  const auto now = now_ms();
  const std::lock_guard lock(mutex_);
  while (!oldest_first_.empty() && (oldest_first_.size() >= capacity_ || until_[oldest_first_.front()] <= now)) {
    until_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  const auto [entry, is_new] = until_.try_emplace(mark, 0);
  if (!is_new) std::erase(oldest_first_, mark);
  entry->second = now + life_.count();
  oldest_first_.push_back(mark);
}

bool PasswordCache::verify(std::string_view password, std::string_view hash) {
  if (knows(password, hash)) return true;
  if (!verify_password(password, hash)) return false;
  remember(password, hash);
  return true;
}

std::size_t PasswordCache::size() const {
  const std::lock_guard lock(mutex_);
  return until_.size();
}

}  // namespace wharf::auth
