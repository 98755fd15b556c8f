#pragma once
#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.h"

/// Described structs as few bytes: numbers in groups of seven bits, texts and lists with their length before them,
/// members in their order. Whoever changes a struct that is stored this way changes `kFormat` (store.h).
namespace wharf::vuln {

namespace detail {

template <class T>
struct is_list : std::false_type {};
template <class T>
struct is_list<std::vector<T>> : std::true_type {};
template <class T>
using PackedMembers = boost::describe::describe_members<T, boost::describe::mod_public>;

}  // namespace detail

inline void pack_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(0x80 | (value & 0x7f)));
  out.push_back(static_cast<char>(value));
}

/// Appends `value` to `out`.
template <class T>
void pack(std::string& out, const T& value) {
  if constexpr (std::is_enum_v<T>) {
    pack_number(out, static_cast<std::uint64_t>(value));
  } else if constexpr (std::unsigned_integral<T>) {
    pack_number(out, value);
  } else if constexpr (std::same_as<T, double>) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  } else if constexpr (std::same_as<T, std::string>) {
    pack_number(out, value.size());
    out += value;
  } else if constexpr (detail::is_list<T>::value) {
    pack_number(out, value.size());
    for (const auto& item : value) pack(out, item);
  } else {
    boost::mp11::mp_for_each<detail::PackedMembers<T>>([&](auto member) { pack(out, value.*member.pointer); });
  }
}

/// Takes values off the front of bytes that may be anything: it never reads past them, and never makes room for more
/// than they can hold.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  /// False once something was not there or was wrong; what was unpacked since is of no meaning.
  bool good() const { return good_; }
  bool at_end() const { return bytes_.empty(); }

  template <class T>
  T take() {
    T value{};
    if constexpr (std::is_enum_v<T>) {
      const std::uint64_t number = take_number();
      if (number >= boost::mp11::mp_size<boost::describe::describe_enumerators<T>>::value) {
        good_ = false;
      } else {
        value = static_cast<T>(number);
      }
    } else if constexpr (std::unsigned_integral<T>) {
      value = static_cast<T>(take_number());
    } else if constexpr (std::same_as<T, double>) {
      const std::string_view raw = take_bytes(sizeof value);
      if (good_) std::memcpy(&value, raw.data(), sizeof value);
    } else if constexpr (std::same_as<T, std::string>) {
      value = take_bytes(take_number());
    } else if constexpr (detail::is_list<T>::value) {
      const std::uint64_t size = take_number();
      if (size > bytes_.size()) good_ = false;  // an item has at least one byte
      for (std::uint64_t i = 0; i < size && good_; ++i) value.push_back(take<typename T::value_type>());
    } else {
      boost::mp11::mp_for_each<detail::PackedMembers<T>>([&](auto member) {
        value.*member.pointer = take<std::remove_reference_t<decltype(value.*member.pointer)>>();
      });
    }
    return value;
  }

 private:
  std::uint64_t take_number();
  std::string_view take_bytes(std::uint64_t size);

  std::string_view bytes_;
  bool good_ = true;
};

/// As zstd makes it.
std::string compress(std::string_view plain);
/// Errors: invalid_request for what zstd did not make, and for more than `limit` bytes.
Result<std::string> decompress(std::string_view packed, std::size_t limit);

}  // namespace wharf::vuln
