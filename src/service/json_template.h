#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace wharf::service {

/// A JSON document in whose strings `${path.to[0].value}` stands for values of other data.
///
/// A string that is one placeholder and nothing else becomes the value itself, whatever its type; elsewhere in a string
/// a placeholder becomes text, where what is no string is written as JSON. What the data does not have is null, or no
/// text. Keys are left as they are. Source: Quay, webhook templates.
class JsonTemplate {
 public:
  /// Errors: invalid_request for what is no JSON, for a placeholder without its end and for a path that is none; the
  /// message says where.
  static Result<JsonTemplate> parse(std::string_view text);

  /// The document with the values of `data`. Errors: invalid_request past `most_bytes`, as text and roughly.
  Result<json::Value> fill(const json::Object& data, std::size_t most_bytes) const;

 private:
  explicit JsonTemplate(json::Value document) : document_(std::move(document)) {}
  json::Value document_;
};

}  // namespace wharf::service
