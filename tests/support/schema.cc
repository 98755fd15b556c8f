#include "tests/support/schema.h"

#include <stdexcept>

namespace wharf::test {
namespace {

class Checker {
 public:
  explicit Checker(const json::Object& named) : named_(named) {}

  std::vector<std::string> found;

  void check(const json::Value& value, const json::Value& schema, const std::string& path) {
    for (const auto& [keyword, wanted] : schema.as_object()) {
      if (keyword == "$ref") {
        check(value, target(std::string(wanted.as_string())), path);
      } else if (keyword == "anyOf") {
        check_any(value, wanted.as_array(), path);
      } else if (keyword == "type") {
        if (!is_a(value, wanted.as_string())) complain(path, "must be " + std::string(wanted.as_string()));
      } else if (keyword == "enum") {
        bool known = false;
        for (const auto& one : wanted.as_array()) known = known || one == value;
        if (!known) complain(path, json::to_text(value) + " is not in the enum");
      } else if (keyword == "properties") {
        if (!value.is_object()) continue;
        for (const auto& [name, inner] : wanted.as_object()) {
          if (const auto* member = value.get_object().if_contains(name)) {
            check(*member, inner, path + '/' + std::string(name));
          }
        }
      } else if (keyword == "required") {
        if (!value.is_object()) continue;
        for (const auto& name : wanted.as_array()) {
          if (!value.get_object().contains(name.as_string()))
            complain(path, std::string(name.as_string()) + " is missing");
        }
      } else if (keyword == "additionalProperties") {
        check_others(value, schema, wanted, path);
      } else if (keyword == "items") {
        if (!value.is_array()) continue;
        for (std::size_t i = 0; i < value.get_array().size(); ++i) {
          check(value.get_array()[i], wanted, path + '/' + std::to_string(i));
        }
      } else if (keyword != "description" && keyword != "format" && keyword != "default") {
        throw std::logic_error("the test's schema checker does not know " + std::string(keyword));
      }
    }
  }

 private:
  void complain(const std::string& path, const std::string& what) {
    found.push_back((path.empty() ? "/" : path) + ": " + what);
  }

  const json::Value& target(const std::string& reference) const {
    constexpr std::string_view kRoot = "#/components/schemas/";
    const auto* schema = reference.starts_with(kRoot) ? named_.if_contains(reference.substr(kRoot.size())) : nullptr;
    if (!schema) throw std::logic_error(reference + " leads nowhere");
    return *schema;
  }

  void check_any(const json::Value& value, const json::Array& schemas, const std::string& path) {
    std::vector<std::string> last;
    for (const auto& schema : schemas) {
      Checker one(named_);
      one.check(value, schema, path);
      if (one.found.empty()) return;
      last = std::move(one.found);
    }
    complain(path, "fits none of anyOf (" + (last.empty() ? std::string() : last.front()) + ')');
  }

  void check_others(const json::Value& value, const json::Value& schema, const json::Value& wanted,
                    const std::string& path) {
    if (!value.is_object() || wanted.is_bool()) return;
    const auto* known = schema.as_object().if_contains("properties");
    for (const auto& [name, member] : value.get_object()) {
      if (known && known->as_object().contains(name)) continue;
      check(member, wanted, path + '/' + std::string(name));
    }
  }

  static bool is_a(const json::Value& value, std::string_view type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "null") return value.is_null();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    if (type == "number") return value.is_number();
    throw std::logic_error("the test's schema checker does not know the type " + std::string(type));
  }

  const json::Object& named_;
};

}  // namespace

std::vector<std::string> misfits(const json::Value& value, const json::Value& schema, const json::Object& named) {
  Checker checker(named);
  checker.check(value, schema, "");
  return std::move(checker.found);
}

}  // namespace wharf::test
