#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "app/operations.h"
#include "http/openapi.h"

/// The document that the server publishes must contain all that tests/contract/openapi.yaml promises.
namespace wharf::app {
namespace {

json::Value to_json(const YAML::Node& node) {
  if (node.IsMap()) {
    json::Object object;
    for (const auto& entry : node) object[entry.first.as<std::string>()] = to_json(entry.second);
    return object;
  }
  if (node.IsSequence()) {
    json::Array array;
    for (const auto& entry : node) array.push_back(to_json(entry));
    return array;
  }
  if (node.IsNull()) return nullptr;
  const auto text = node.as<std::string>();
  if (node.Tag() == "!") return json::Value(text);  // quoted
  auto value = json::parse(text);
  return value ? std::move(*value) : json::Value(text);
}

/// A document whose references can be followed.
class Document {
 public:
  explicit Document(json::Value content) : content_(std::move(content)) {}

  const json::Value& root() const { return content_; }
  const json::Value& follow(const json::Value& node) const {
    const auto* object = node.if_object();
    const auto* reference = object ? object->if_contains("$ref") : nullptr;
    if (!reference) return node;
    boost::system::error_code missing;
    const auto* found = content_.find_pointer(std::string_view(reference->as_string()).substr(1), missing);
    if (!found) throw std::runtime_error("a reference leads nowhere: " + json::to_text(node));
    return follow(*found);
  }

 private:
  json::Value content_;
};

const json::Value* member(const json::Value& node, std::string_view name) {
  const auto* object = node.if_object();
  return object ? object->if_contains(name) : nullptr;
}

std::set<std::string> strings(const json::Value* list) {
  std::set<std::string> all;
  if (!list) return all;
  for (const auto& item : list->as_array()) all.emplace(item.as_string());
  return all;
}

/// Compares a contract with what is served; each difference is one sentence in `differences`.
class Comparison {
 public:
  Comparison(Document contract, Document served) : contract_(std::move(contract)), served_(std::move(served)) {}

  std::vector<std::string> differences;
  int operations = 0;

  void run() {
    for (const auto& [path, item] : contract_.root().at("paths").as_object()) {
      const auto* other = member(served_.root().at("paths"), path);
      for (const auto& [verb, operation] : item.as_object()) {
        where_ = std::string(verb) + ' ' + std::string(path);
        ++operations;
        const auto* match = other ? member(*other, verb) : nullptr;
        if (match) {
          compare_operation(operation, *match);
        } else {
          differ("is not served");
        }
      }
    }
  }

 private:
  void differ(const std::string& what) { differences.push_back(where_ + ": " + what); }

  void compare_operation(const json::Value& contract, const json::Value& served) {
    if (contract.at("operationId") != served.at("operationId")) differ("has another operationId");
    compare_parameters(member(contract, "parameters"), member(served, "parameters"));
    compare_bodies(member(contract, "requestBody"), member(served, "requestBody"),
                   std::string(contract.at("operationId").as_string()));
    for (const auto& [status, response] : contract.at("responses").as_object()) {
      const auto* match = member(served.at("responses"), status);
      if (!match) {
        differ("does not answer " + std::string(status));
        continue;
      }
      const auto* schema = schema_of(contract_, response);
      if (!schema) continue;
      const auto* other = schema_of(served_, *match);
      if (other) {
        compare_schemas(*schema, *other, std::string(status));
      } else {
        differ(std::string(status) + " has no schema");
      }
    }
  }

  /// The one of the same name and place; null when there is none.
  static const json::Value* parameter(const json::Value* all, const json::Value& wanted) {
    if (!all) return nullptr;
    const auto same = [&](const json::Value& one) {
      return one.at("name") == wanted.at("name") && one.at("in") == wanted.at("in");
    };
    const auto found = std::ranges::find_if(all->as_array(), same);
    return found == all->as_array().end() ? nullptr : &*found;
  }

  void compare_parameters(const json::Value* contract, const json::Value* served) {
    if (!contract) return;
    for (const auto& reference : contract->as_array()) {
      const auto& wanted = contract_.follow(reference);
      const std::string name(wanted.at("name").as_string());
      const auto* found = parameter(served, wanted);
      if (!found) {
        differ("has no parameter " + name);
        continue;
      }
      const auto& kept = *found;
      if (kept.at("schema").at("type") != wanted.at("schema").at("type")) differ(name + " has another type");
      const auto* value = member(wanted.at("schema"), "default");
      const auto* other = member(kept.at("schema"), "default");
      if (value && (!other || *value != *other)) differ(name + " has another default");
      const auto* required = member(wanted, "required");
      const auto* demanded = member(kept, "required");
      const bool wants = required && required->as_bool();
      if (wants != (demanded && demanded->as_bool())) differ(name + " is required in one only");
    }
  }

  void compare_bodies(const json::Value* contract, const json::Value* served, const std::string& id) {
    if (!contract) return;
    if (!served) return differ("takes no body");
    const auto* required = member(*contract, "required");
    if ((required && required->as_bool()) != served->at("required").as_bool())
      differ("the body is required in one only");
    const auto& wanted = *schema_of(contract_, *contract);
    const auto& given = *schema_of(served_, *served);
    compare_schemas(wanted, given, "body");
    // Quay changes a tag's expiration without moving it: there the digest may be missing.
    auto must = strings(member(wanted, "required"));
    if (id == "changeTag") must.erase("manifest_digest");
    if (must != strings(member(given, "required"))) differ("the body requires other members");
  }

  static const json::Value* content_schema(const json::Value& node) {
    const auto* content = member(node, "content");
    const auto* json_content = content ? member(*content, "application/json") : nullptr;
    return json_content ? member(*json_content, "schema") : nullptr;
  }
  const json::Value* schema_of(const Document& document, const json::Value& node) const {
    const auto* schema = content_schema(document.follow(node));
    return schema ? &document.follow(*schema) : nullptr;
  }

  void compare_schemas(const json::Value& contract_node, const json::Value& served_node, const std::string& at) {
    const auto& contract = contract_.follow(contract_node);
    const auto* kept = &served_.follow(served_node);
    // What is taken may be more than was promised: null beside a value.
    if (at.starts_with("body")) {
      if (const auto* either = member(*kept, "anyOf")) kept = &served_.follow(either->as_array().front());
    }
    const auto& served = *kept;
    const auto* type = member(contract, "type");
    const auto* other = member(served, "type");
    if (type && (!other || *type != *other)) {
      return differ(at + " must have the type " + json::to_text(*type) + ", is " + json::to_text(served));
    }
    if (member(contract, "enum") && strings(member(contract, "enum")) != strings(member(served, "enum"))) {
      differ(at + " has another enum");
    }
    if (const auto* items = member(contract, "items")) compare_schemas(*items, served.at("items"), at + "[]");
    if (const auto* properties = member(contract, "properties")) {
      for (const auto& [name, schema] : properties->as_object()) {
        const auto* all = member(served, "properties");
        const auto* match = all ? member(*all, name) : nullptr;
        if (match) {
          compare_schemas(schema, *match, at + '.' + std::string(name));
        } else {
          differ(at + " has no " + std::string(name));
        }
      }
    }
  }

  Document contract_;
  Document served_;
  std::string where_;
};

json::Value contract() { return to_json(YAML::LoadFile(WHARF_SOURCE_DIR "/tests/contract/openapi.yaml")); }

json::Value served() {
  service::OperationTable table;
  add_all_operations(table);
  return http::openapi_document(http::documented(table), table.schemas());
}

std::vector<std::string> compare(json::Value wanted, json::Value given) {
  Comparison comparison{Document(std::move(wanted)), Document(std::move(given))};
  comparison.run();
  EXPECT_EQ(comparison.operations, 13);
  return comparison.differences;
}

TEST(Contract, IsServedWhole) {
  for (const auto& difference : compare(contract(), served())) ADD_FAILURE() << difference;
}

TEST(Contract, TheComparisonSeesWhatIsMissing) {
  const auto change = [](std::string_view pointer, const json::Value& value) {
    auto document = served();
    boost::system::error_code missing;
    auto* place = document.find_pointer(pointer, missing);
    EXPECT_TRUE(place) << pointer;
    if (place) *place = value;
    return compare(contract(), document);
  };
  EXPECT_TRUE(compare(contract(), served()).empty());
  EXPECT_FALSE(change("/paths/~1user~1/get/operationId", "other").empty());
  EXPECT_FALSE(change("/paths/~1user~1/get/responses", json::Object{}).empty());
  EXPECT_FALSE(change("/paths/~1repository~1{repository}~1tag~1/get/parameters", json::Array{}).empty());
  EXPECT_FALSE(change("/paths/~1repository/post/requestBody/required", false).empty());
  EXPECT_FALSE(
      change("/paths/~1repository/post/requestBody/content/application~1json/schema/required", json::Array{}).empty());
  EXPECT_FALSE(change("/components/schemas/RobotView/properties/token", json::Object{{"type", "integer"}}).empty());
}

TEST(OperationTable, HasOneOperationForEachNameAndPlace) {
  service::OperationTable table;
  add_all_operations(table);
  std::set<std::string> ids;
  std::set<std::string> places;
  std::map<std::string, std::string> paths;
  const std::regex parameter("\\{[a-z_]+\\}");
  for (const auto& entry : table.entries()) {
    const auto& operation = entry.operation;
    EXPECT_TRUE(ids.emplace(operation.id).second) << operation.id << " stands twice";
    EXPECT_FALSE(operation.summary.empty()) << operation.id;
    const std::string path(operation.path);
    const auto shape = std::regex_replace(path, parameter, "{}");
    EXPECT_TRUE(places.insert(std::string(http::to_string(operation.verb)) + shape).second) << operation.id;
    // Two templates that differ in a parameter's name only would hide one another's verbs.
    EXPECT_EQ(paths.try_emplace(shape, path).first->second, path) << operation.id;
    for (const int status : operation.errors) EXPECT_GE(status, 400) << operation.id;
    // A scope is of a token, and the anonymous have none: where they may call, it names what the challenge asks for.
    if (operation.protocol == http::Protocol::registry && operation.path.starts_with("/v2/{name}")) {
      EXPECT_NE(http::to_string(operation.scope), "") << operation.id << " needs a scope for its challenge";
    }
  }
}

}  // namespace
}  // namespace wharf::app
