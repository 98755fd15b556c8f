#pragma once
#include <array>
#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"

namespace wharf::db {

/// Raw bytes, for a BLOB or BYTEA column. A std::string is text: it must be UTF-8 without NUL.
struct Bytes {
  std::string data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

/// One parameter of a statement: a view, valid as long as what it was made from.
///
/// A NULL keeps its kind, because PostgreSQL wants a type for `$1 IS NULL`.
struct Value {
  enum class Kind : std::uint8_t { untyped, boolean, integer, real, text, bytes };
  Kind kind = Kind::untyped;
  bool null = true;
  std::int64_t integer = 0;  ///< For boolean: 0 or 1.
  double real = 0;
  std::string_view text{};  ///< For bytes too.
};

/// Whether both engines can hold `text`: UTF-8 without NUL. Source: RFC 3629 section 4.
bool is_storable_text(std::string_view text);

/// Throws Accident{invalid_request} unless `is_storable_text`; the error names the query, never the text.
void require_storable(const char* query, std::string_view text);

/// How a C++ type stands in a column: `read` and `write`. Specialise it for a type of your own.
template <class T>
struct Column;

template <class T>
concept ColumnType = requires(const T& value) {
  { Column<T>::write(value) } -> std::same_as<Value>;
};

/// The row at hand. Views die with the row; what does not fit its type throws Accident{internal}.
class RowReader {
 public:
  virtual ~RowReader() = default;
  virtual int size() const = 0;
  virtual bool null(int column) const = 0;
  virtual bool boolean(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::string bytes(int column) const = 0;

  /// The column as T; NULL only into std::optional.
  template <ColumnType T>
  T get(int column) const {
    if (column >= size()) fail(column, "there is no such column");
    return Column<T>::read(*this, column);
  }

  /// The whole row: a column's type, a described struct (inherited members first; a member that is a described struct
  /// takes its own columns) or a tuple. The number of columns must fit.
  template <class T>
  T as() const {
    int next = 0;
    T value = take<T>(next);
    if (next != size()) fail(next, "the row has more columns than the type has members");
    return value;
  }

  /// Throws Accident{internal} that names the query and the column.
  [[noreturn]] void fail(int column, std::string_view why) const;

 protected:
  explicit RowReader(const char* query) : query_(query) {}

 private:
  template <class T>
  T take(int& next) const {
    if constexpr (ColumnType<T>) {
      return get<T>(next++);
    } else if constexpr (requires { std::tuple_size<T>::value; }) {
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return T{take<std::tuple_element_t<I, T>>(next)...};  // braces: from left to right
      }(std::make_index_sequence<std::tuple_size_v<T>>());
    } else {
      static_assert(boost::describe::has_describe_members<T>::value, "describe the struct or give it a db::Column");
      using Members =
          boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
      T value{};
      boost::mp11::mp_for_each<Members>([&](auto member) {
        auto& field = value.*member.pointer;
        field = take<std::remove_reference_t<decltype(field)>>(next);
      });
      return value;
    }
  }

  const char* query_;
};

/// The name of an enumerator as a column has it: without the `_` that keeps it off a C++ keyword.
constexpr std::string_view enumerator_text(std::string_view name) {
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

inline Value text_value(std::string_view text) { return {.kind = Value::Kind::text, .null = false, .text = text}; }

template <>
struct Column<bool> {
  static constexpr auto kKind = Value::Kind::boolean;
  static Value write(bool value) { return {.kind = kKind, .null = false, .integer = value}; }
  static bool read(const RowReader& row, int column) { return row.boolean(column); }
};

template <std::integral T>
struct Column<T> {
  static constexpr auto kKind = Value::Kind::integer;
  static Value write(T value) {
    if (!std::in_range<std::int64_t>(value)) {
      throw Accident({Errc::internal, "Internal error", "a number is too large for the database"});
    }
    return {.kind = kKind, .null = false, .integer = static_cast<std::int64_t>(value)};
  }
  static T read(const RowReader& row, int column) {
    const std::int64_t value = row.integer(column);
    if (!std::in_range<T>(value)) row.fail(column, "the number does not fit its type");
    return static_cast<T>(value);
  }
};

template <std::floating_point T>
struct Column<T> {
  static constexpr auto kKind = Value::Kind::real;
  static Value write(T value) { return {.kind = kKind, .null = false, .real = static_cast<double>(value)}; }
  static T read(const RowReader& row, int column) { return static_cast<T>(row.real(column)); }
};

template <>
struct Column<std::string> {
  static constexpr auto kKind = Value::Kind::text;
  static Value write(const std::string& value) { return text_value(value); }
  static std::string read(const RowReader& row, int column) { return std::string(row.text(column)); }
};

template <>
struct Column<Bytes> {
  static constexpr auto kKind = Value::Kind::bytes;
  static Value write(const Bytes& value) { return {.kind = kKind, .null = false, .text = value.data}; }
  static Bytes read(const RowReader& row, int column) { return {row.bytes(column)}; }
};

template <>
struct Column<Digest> {
  static constexpr auto kKind = Value::Kind::text;
  static Value write(const Digest& value) { return text_value(value.text()); }
  static Digest read(const RowReader& row, int column) {
    auto digest = Digest::parse(row.text(column));
    if (!digest) row.fail(column, "this is no digest");
    return *std::move(digest);
  }
};

/// A described enum is its enumerator's name; another enum is its number.
template <class T>
  requires std::is_enum_v<T>
struct Column<T> {
  static constexpr bool kDescribed = boost::describe::has_describe_enumerators<T>::value;
  static constexpr auto kKind = kDescribed ? Value::Kind::text : Value::Kind::integer;

  static Value write(T value) {
    if constexpr (kDescribed) {
      const char* name = boost::describe::enum_to_string(value, nullptr);
      if (name == nullptr) throw Accident({Errc::internal, "Internal error", "an enum's value has no name"});
      return text_value(enumerator_text(name));
    } else {
      return Column<std::underlying_type_t<T>>::write(static_cast<std::underlying_type_t<T>>(value));
    }
  }

  static T read(const RowReader& row, int column) {
    if constexpr (kDescribed) {
      const std::string_view text = row.text(column);
      std::optional<T> found;
      boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto each) {
        if (enumerator_text(each.name) == text) found = each.value;
      });
      if (!found) row.fail(column, "the text names no enumerator");
      return *found;
    } else {
      return static_cast<T>(Column<std::underlying_type_t<T>>::read(row, column));
    }
  }
};

/// Times are milliseconds, whatever text JSON makes of them.
template <class T>
  requires std::same_as<T, Rfc2822> || std::same_as<T, Rfc3339>
struct Column<T> {
  static constexpr auto kKind = Value::Kind::integer;
  static Value write(T value) { return Column<Millis>::write(value.at); }
  static T read(const RowReader& row, int column) { return T{row.integer(column)}; }
};

/// NULL and nothing are the same.
template <ColumnType T>
struct Column<std::optional<T>> {
  static constexpr auto kKind = Column<T>::kKind;
  static Value write(const std::optional<T>& value) { return value ? Column<T>::write(*value) : Value{.kind = kKind}; }
  static std::optional<T> read(const RowReader& row, int column) {
    if (row.null(column)) return std::nullopt;
    return Column<T>::read(row, column);
  }
};

/// A parameter from what a caller passes: any column's type, a literal or view of text, nullopt, a ready Value.
template <class T>
Value to_value(const T& value) {
  if constexpr (std::same_as<T, Value>) {
    return value;
  } else if constexpr (std::same_as<T, std::nullopt_t>) {
    return {};
  } else if constexpr (std::same_as<T, std::optional<std::string_view>>) {
    return value ? text_value(*value) : Value{.kind = Value::Kind::text};
  } else if constexpr (!ColumnType<T> && std::convertible_to<const T&, std::string_view>) {
    return text_value(value);
  } else {
    return Column<T>::write(value);
  }
}

}  // namespace wharf::db
