#include "vuln/lookups.h"

#include <boost/mp11/algorithm.hpp>

#include "vuln/facts.h"
#include "vuln/pack.h"

namespace wharf::vuln {
namespace {

// What a map spends on an item beside it.
constexpr std::size_t kNodeBytes = 48;

/// About how much memory `value` takes.
template <class T>
std::size_t held(const T& value) {
  if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
    return sizeof value;
  } else if constexpr (std::same_as<T, std::string>) {
    return sizeof value + (value.capacity() > 15 ? value.capacity() : 0);
  } else if constexpr (detail::is_list<T>::value) {
    std::size_t bytes = sizeof value;
    for (const auto& item : value) bytes += held(item);
    return bytes;
  } else {
    std::size_t bytes = 0;
    boost::mp11::mp_for_each<detail::PackedMembers<T>>([&](auto member) { bytes += held(value.*member.pointer); });
    return bytes;
  }
}

std::size_t held(const Said& said) { return sizeof said.import_id + held(said.feed) + held(said.affected); }

/// Those of `names` that `known` does not have.
template <class Key, class Value>
std::vector<Key> missing(const std::set<Key>& names, const std::map<Key, Value>& known) {
  std::vector<Key> list;
  for (const auto& name : names) {
    if (!known.contains(name)) list.push_back(name);
  }
  return list;
}

}  // namespace

void Lookups::begin(db::Tx& tx) {
  const auto state = data_state(tx);
  if (state == state_ && bytes_ <= most_bytes_) return;
  entries_.clear();
  advisories_.clear();
  facts_.clear();
  alias_vectors_.clear();
  bytes_ = 0;
  state_ = state;
}

const std::map<std::string, std::vector<Said>>& Lookups::entries(db::Tx& tx, const std::string& scope,
                                                                 const std::set<std::string>& names) {
  auto& known = entries_[scope];
  const auto wanted = missing(names, known);
  if (wanted.empty()) return known;
  auto found = find_entries(tx, scope, wanted);
  for (const auto& name : wanted) {
    auto& list = known[name];
    if (const auto said = found.find(name); said != found.end()) list = std::move(said->second);
    bytes_ += kNodeBytes + held(name) + sizeof list;
    for (const auto& one : list) bytes_ += held(one);
  }
  return known;
}

const std::map<AdvisoryKey, Advisory>& Lookups::advisories(db::Tx& tx, const std::set<AdvisoryKey>& keys) {
  const auto wanted = missing(keys, advisories_);
  if (wanted.empty()) return advisories_;
  for (auto& [key, advisory] : find_advisories(tx, wanted)) {
    bytes_ += kNodeBytes + sizeof key + held(advisory);
    advisories_.emplace(key, std::move(advisory));
  }
  return advisories_;
}

const std::map<std::string, CveFacts>& Lookups::facts(db::Tx& tx, const std::set<std::string>& names) {
  const auto wanted = missing(names, facts_);
  if (wanted.empty()) return facts_;
  auto found = find_facts(tx, {wanted.begin(), wanted.end()});
  for (const auto& name : wanted) {
    auto& fact = facts_[name];
    if (const auto known = found.find(name); known != found.end()) fact = std::move(known->second);
    bytes_ += kNodeBytes + held(name) + held(fact);
  }
  return facts_;
}

const std::map<std::string, std::string>& Lookups::alias_vectors(db::Tx& tx, const std::set<std::string>& names) {
  const auto wanted = missing(names, alias_vectors_);
  if (wanted.empty()) return alias_vectors_;
  auto found = find_alias_vectors(tx, {wanted.begin(), wanted.end()});
  for (const auto& name : wanted) {
    auto& vector = alias_vectors_[name];
    if (const auto known = found.find(name); known != found.end()) vector = std::move(known->second);
    bytes_ += kNodeBytes + held(name) + held(vector);
  }
  return alias_vectors_;
}

}  // namespace wharf::vuln
