#include "vuln/oval_document.h"

#include <algorithm>
#include <optional>

#include "vuln/scope.h"
#include "vuln/version_text.h"
#include "vuln/xml_reader.h"

namespace wharf::vuln {
namespace {

constexpr std::size_t kMostIds = 8'000'000;
constexpr std::size_t kMostOfADefinition = 50'000;  ///< References, CVEs, tests and so on of one.

/// Numbers for ids, which are long texts.
class Ids {
 public:
  std::uint32_t number(std::string_view id) {
    return numbers_.try_emplace(std::string(id), static_cast<std::uint32_t>(numbers_.size())).first->second;
  }
  std::size_t size() const { return numbers_.size(); }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

struct Test {
  std::uint32_t object = 0;
  std::optional<std::uint32_t> state;
};

struct Object {
  std::string name;
  std::optional<std::uint32_t> variable;
};

struct State {
  std::string version, arches;
};

template <class T>
void put(std::unordered_map<std::uint32_t, T>& into, std::uint32_t number, T value) {
  into.insert_or_assign(number, std::move(value));
}

template <class T>
const T* find(const std::unordered_map<std::uint32_t, T>& in, std::uint32_t number) {
  const auto found = in.find(number);
  return found == in.end() ? nullptr : &found->second;
}

}  // namespace

class OvalDocument::Reader : public XmlReader {
 public:
  std::vector<OvalDefinition> take_definitions() { return std::exchange(definitions_, {}); }
  bool is_oval() const { return oval_; }

  OvalTest test(std::uint32_t number) const {
    OvalTest found;
    const Test* test = find(tests_, number);
    const Object* object = test == nullptr ? nullptr : find(objects_, test->object);
    if (object == nullptr) return found;
    if (const auto* names = object->variable ? find(variables_, *object->variable) : nullptr) {
      found.names = *names;
    } else if (!object->name.empty()) {
      found.names.push_back(object->name);
    }
    if (!test->state) return found;
    const State* state = find(states_, *test->state);
    if (state == nullptr) return {};  // about a key, a file, or anything but a version
    found.version = state->version;
    found.arches = state->arches;
    return found;
  }

 private:
  void start(std::string_view name, const Attributes& attributes) override {
    if (depth() == 1) oval_ = name == "oval_definitions";
    if (ids_.size() > kMostIds) return refuse();
    if (name == "definition") {
      definition_.emplace();
      definition_->kind = attributes.get("class");
    } else if (definition_) {
      start_in_definition(name, attributes);
    } else {
      start_of_test(name, attributes);
    }
  }

  void start_in_definition(std::string_view name, const Attributes& attributes) {
    OvalDefinition& at = *definition_;
    if (at.references.size() + at.cves.size() + at.cpes.size() + at.platforms.size() + uses_ > kMostOfADefinition) {
      return refuse();
    }
    if (name == "reference") {
      at.references.push_back({std::string(attributes.get("source")), std::string(attributes.get("ref_id")),
                               std::string(attributes.get("ref_url"))});
    } else if (name == "cve") {
      at.cves.push_back({{}, std::string(attributes.get("cvss3"))});
    } else if (name == "issued") {
      at.issued = attributes.get("date");
    } else if (name == "resolution") {
      unaffected_ = equal_caseless(attributes.get("state"), "not affected");
    } else if (name == "criteria") {
      open_.emplace_back();
    } else if (name == "criterion" && !open_.empty()) {
      criterion(attributes);
    }
  }

  void criterion(const Attributes& attributes) {
    std::string_view comment = attributes.get("comment");
    if (attributes.get("negate") == "true" || comment.find("not affected") != std::string_view::npos) return;
    if (take(comment, "Module ") && comment.ends_with(" is enabled")) {
      comment.remove_suffix(std::string_view(" is enabled").size());
      open_.back().module = comment;
      return;
    }
    // "Oracle Linux 8 is installed": what stands beside it is about that release alone.
    std::string_view platform = comment;
    if (platform.ends_with(" is installed")) {
      platform.remove_suffix(std::string_view(" is installed").size());
      if (platform.find(' ') != std::string_view::npos && scope_of_platform(platform)) {
        open_.back().platforms.emplace_back(platform);
        return;
      }
    }
    ++uses_;
    open_.back().uses.push_back(
        {.test = ids_.number(attributes.get("test_ref")), .installed = comment.ends_with(" is installed")});
  }

  void start_of_test(std::string_view name, const Attributes& attributes) {
    const std::string_view id = attributes.get("id");
    if (name == "rpminfo_test" || name == "dpkginfo_test") {
      test_.emplace();
      id_ = ids_.number(id);
    } else if (name == "rpminfo_object" || name == "dpkginfo_object") {
      object_.emplace();
      id_ = ids_.number(id);
    } else if (name == "rpminfo_state" || name == "dpkginfo_state") {
      state_.emplace();
      id_ = ids_.number(id);
    } else if (name == "constant_variable") {
      variable_.emplace();
      id_ = ids_.number(id);
    } else if (test_ && name == "object") {
      test_->object = ids_.number(attributes.get("object_ref"));
    } else if (test_ && name == "state") {
      test_->state = ids_.number(attributes.get("state_ref"));
    } else if (object_ && name == "name" && !attributes.get("var_ref").empty()) {
      object_->variable = ids_.number(attributes.get("var_ref"));
    } else if (state_ && name == "evr") {
      earlier_ = attributes.get("operation") == "less than";
    }
  }

  void end(std::string_view name, const std::string& text) override {
    if (definition_) {
      end_in_definition(name, text);
    } else {
      end_of_test(name, text);
    }
  }

  void end_in_definition(std::string_view name, const std::string& text) {
    OvalDefinition& at = *definition_;
    if (name == "title") {
      at.title = text;
    } else if (name == "description" && at.description.empty()) {
      at.description = text;
    } else if (name == "platform") {
      at.platforms.push_back(text);
    } else if (name == "severity") {
      at.severity = text;
    } else if (name == "cve" && !at.cves.empty()) {
      at.cves.back().id = text;
    } else if (name == "cpe") {
      at.cpes.push_back(text);
    } else if (name == "component" && unaffected_) {
      at.unaffected.push_back(text);
    } else if (name == "criteria" && !open_.empty()) {
      end_of_criteria();
    } else if (name == "definition") {
      definitions_.push_back(*std::move(definition_));
      definition_.reset();
      open_.clear();
      uses_ = 0;
      unaffected_ = false;
    }
  }

  /// A module and a release that criteria ask for go for all that stands in them; criteria of releases alone are what
  /// those around them ask for.
  void end_of_criteria() {
    Criteria done = std::move(open_.back());
    open_.pop_back();
    if (done.uses.empty() && !open_.empty()) {
      auto& platforms = open_.back().platforms;
      platforms.insert(platforms.end(), done.platforms.begin(), done.platforms.end());
    }
    auto& into = open_.empty() ? definition_->uses : open_.back().uses;
    for (auto& use : done.uses) {
      if (use.module.empty()) use.module = done.module;
      if (use.platforms.empty()) use.platforms = done.platforms;
      into.push_back(std::move(use));
    }
  }

  void end_of_test(std::string_view name, const std::string& text) {
    if (name == "rpminfo_test" || name == "dpkginfo_test") {
      if (test_) put(tests_, id_, *std::exchange(test_, std::nullopt));
    } else if (name == "rpminfo_object" || name == "dpkginfo_object") {
      if (object_) put(objects_, id_, *std::exchange(object_, std::nullopt));
    } else if (name == "rpminfo_state" || name == "dpkginfo_state") {
      if (state_ && !state_->version.empty()) put(states_, id_, *std::move(state_));
      state_.reset();
    } else if (name == "constant_variable") {
      if (variable_) put(variables_, id_, *std::exchange(variable_, std::nullopt));
    } else if (object_ && name == "name") {
      object_->name = text;
    } else if (state_ && name == "evr") {
      if (earlier_) state_->version = text;
    } else if (state_ && name == "arch") {
      state_->arches = text;
    } else if (variable_ && name == "value" && variable_->size() < kMostOfADefinition) {
      variable_->push_back(text);
    }
  }

  struct Criteria {
    std::string module{};
    std::vector<std::string> platforms{};
    std::vector<OvalDefinition::Use> uses{};
  };

  Ids ids_;
  std::unordered_map<std::uint32_t, Test> tests_;
  std::unordered_map<std::uint32_t, Object> objects_;
  std::unordered_map<std::uint32_t, State> states_;
  std::unordered_map<std::uint32_t, std::vector<std::string>> variables_;
  std::vector<OvalDefinition> definitions_;

  // What is being read.
  bool oval_ = false;
  std::optional<OvalDefinition> definition_;
  std::vector<Criteria> open_;
  std::size_t uses_ = 0;
  bool unaffected_ = false;
  std::uint32_t id_ = 0;
  std::optional<Test> test_;
  std::optional<Object> object_;
  std::optional<State> state_;
  bool earlier_ = false;
  std::optional<std::vector<std::string>> variable_;
};

OvalDocument::OvalDocument() : reader_(std::make_unique<Reader>()) {}
OvalDocument::~OvalDocument() = default;

Result<void> OvalDocument::feed(std::string_view bytes, bool last) { return reader_->feed(bytes, last); }
std::vector<OvalDefinition> OvalDocument::take_definitions() { return reader_->take_definitions(); }
OvalTest OvalDocument::test(std::uint32_t number) const { return reader_->test(number); }
bool OvalDocument::is_oval() const { return reader_->is_oval(); }

}  // namespace wharf::vuln
