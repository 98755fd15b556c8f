#include "service/pull_buffer.h"

#include <utility>

namespace wharf::service {
namespace {

constexpr std::size_t kMostText = 256;

std::size_t part_of_this_thread(std::size_t parts) {
  static std::atomic<std::size_t> next = 0;
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine % parts;
}

void mix(std::uint64_t& hash, std::uint64_t value) {
  // The finaliser of splitmix64, by Sebastiano Vigna.
  hash ^= value + 0x9e3779b97f4a7c15ull;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ull;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebull;
  hash ^= hash >> 31;
}

std::uint64_t hash_of(const PullNote& note, std::int64_t account_id) {
  const std::hash<std::string_view> text;
  std::uint64_t hash = static_cast<std::uint64_t>(note.event);
  mix(hash, static_cast<std::uint64_t>(note.manifest_id));
  if (note.repository_id == 0) {
    mix(hash, text(note.ns));
    mix(hash, text(note.name));
  }
  mix(hash, static_cast<std::uint64_t>(account_id));
  mix(hash, text(note.reference));
  mix(hash, text(note.address));
  mix(hash, text(note.user_agent));
  return hash;
}

/// Whether both show the same login; two registry tokens of one login are alike.
bool is_same_caller(const RegistryCaller& a, const RegistryCaller& b) {
  if (a == b) return true;
  if (!a || !b) return false;
  const auto& x = a->who;
  const auto& y = b->who;
  return x.account_id == y.account_id && x.means == y.means && x.token_uuid == y.token_uuid;
}

bool is_alike(const PullGroup& group, const PullNote& note, const RegistryCaller& who) {
  return group.event == note.event && group.manifest_id == note.manifest_id &&
         group.repository_id == note.repository_id && group.name.name == note.name && group.name.ns == note.ns &&
         group.reference == note.reference && group.address == note.address && group.user_agent == note.user_agent &&
         is_same_caller(group.who, who);
}

}  // namespace

void PullBuffer::add(const PullNote& wanted, const RegistryCaller& who, Millis now) {
  PullNote note = wanted;
  note.reference = note.reference.substr(0, kMostText);
  note.address = note.address.substr(0, kMostText);
  note.user_agent = note.user_agent.substr(0, kMostText);
  const auto hash = hash_of(note, who ? who->who.account_id : 0);
  auto& part = parts_[part_of_this_thread(kParts)];
  const std::lock_guard lock(part.mutex);
  const auto [begin, end] = part.groups.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    if (!is_alike(it->second, note, who)) continue;
    ++it->second.count;
    it->second.last_ms = now;
    return;
  }
  if (part.groups.size() >= most_) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  PullGroup group;
  group.event = note.event;
  group.namespace_id = note.namespace_id;
  group.repository_id = note.repository_id;
  group.manifest_id = note.manifest_id;
  group.name = {std::string(note.ns), std::string(note.name)};
  group.reference = note.reference;
  group.by_tag = note.by_tag;
  group.media_type = note.media_type.substr(0, kMostText);
  group.message = note.message.substr(0, kMostText);
  group.address = note.address;
  group.user_agent = note.user_agent;
  group.who = who;
  group.count = 1;
  group.last_ms = now;
  part.groups.emplace(hash, std::move(group));
}

std::vector<PullGroup> PullBuffer::take() {
  std::vector<PullGroup> all;
  for (auto& part : parts_) {
    decltype(part.groups) taken;
    {
      const std::lock_guard lock(part.mutex);
      taken.swap(part.groups);
    }
    for (auto& [hash, group] : taken) all.push_back(std::move(group));
  }
  return all;
}

}  // namespace wharf::service
