#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace wharf::vuln {

/// Cuts a JSON text that is too large to be held into its values at `depth` levels down, while it is read:
/// `{"a": {"x": 1, "y": [2]}}` at depth 2 is "1" at a, x and "[2]" at a, y. A value is handed on as the text that it
/// is, to be parsed then; items of an array have the path "", and a single value further up has its shorter path.
/// Memory: one value, at most `limit` bytes.
class JsonMembers {
 public:
  using Each = std::function<Result<void>(std::span<const std::string> path, std::string_view value)>;
  JsonMembers(std::size_t depth, std::size_t limit, Each each) : depth_(depth), limit_(limit), each_(std::move(each)) {}

  /// The next piece of the text. Errors: malformed_json, payload_too_large for a key or value beyond the limit, and
  /// what `each` says.
  Result<void> feed(std::string_view bytes);
  /// The text is over. Errors: malformed_json if the object is not.
  Result<void> finish() const;

 private:
  enum class State { start, first_key, key, in_key, colon, first_item, value, in_value, next, done };

  /// Gives the value at hand to `each`, which is over.
  Result<void> hand_on();
  /// Takes one byte outside of values; false if it stands where it may not.
  bool step(char c);
  /// Takes a byte of a value; true if the value was over before it.
  bool value_ends(char c);
  bool open(char c);
  bool close(char c);

  std::size_t depth_;
  std::size_t limit_;
  Each each_;
  State state_ = State::start;
  std::vector<std::string> path_;  ///< The keys of the open objects.
  std::string closers_;            ///< What ends each of them, the outermost too.
  std::string key_;
  std::string value_;
  int nesting_ = 0;        ///< Open brackets within the value.
  bool quoted_ = false;    ///< Within a string of the value, or of a key.
  bool escaped_ = false;   ///< The byte before was a backslash.
  bool complete_ = false;  ///< The value's last bracket or quote has been read.
};

}  // namespace wharf::vuln
