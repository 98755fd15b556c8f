#include "service/pull_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace wharf::service {
namespace {

PullNote note_of(std::string_view reference) {
  PullNote note{.namespace_id = 1, .repository_id = 2, .manifest_id = 3, .ns = "acme", .name = "app"};
  note.reference = reference;
  note.by_tag = true;
  note.media_type = "application/json";
  note.address = "192.0.2.1";
  note.user_agent = "docker";
  return note;
}

RegistryCaller caller(std::int64_t id, std::string token = {}) {
  auth::RegistryToken shown;
  shown.who.account_id = id;
  shown.who.token_uuid = std::move(token);
  return std::make_shared<const auth::RegistryToken>(std::move(shown));
}

TEST(PullBuffer, PutsTogetherWhatIsAlike) {
  PullBuffer buffer;
  buffer.add(note_of("v1"), caller(7), 10);
  buffer.add(note_of("v1"), caller(7), 30);  // another token of the same login
  buffer.add(note_of("v1"), caller(7), 20);
  auto groups = buffer.take();
  ASSERT_EQ(groups.size(), 1u);
  const auto& group = groups[0];
  EXPECT_EQ(group.count, 3);
  EXPECT_EQ(group.last_ms, 20);
  EXPECT_EQ(group.name, (RepoName{"acme", "app"}));
  EXPECT_EQ(group.reference, "v1");
  EXPECT_EQ(group.who->who.account_id, 7);
  EXPECT_TRUE(buffer.take().empty());
}

TEST(PullBuffer, KeepsApartWhatDiffers) {
  PullBuffer buffer;
  const auto seven = caller(7);
  const auto base = note_of("v1");
  buffer.add(base, seven, 1);
  buffer.add(note_of("v2"), seven, 1);
  buffer.add(base, nullptr, 1);
  buffer.add(base, caller(8), 1);
  buffer.add(base, caller(7, "token"), 1);
  auto other = base;
  other.event = PullEvent::pull_failed;
  buffer.add(other, seven, 1);
  other = base;
  other.repository_id = 20;
  buffer.add(other, seven, 1);
  other = base;
  other.manifest_id = 30;
  buffer.add(other, seven, 1);
  other = base;
  other.address = "192.0.2.2";
  buffer.add(other, seven, 1);
  other = base;
  other.user_agent = "podman";
  buffer.add(other, seven, 1);
  other = base;
  other.name = "other";  // as where there are no ids
  buffer.add(other, seven, 1);
  auto groups = buffer.take();
  EXPECT_EQ(groups.size(), 11u);
  EXPECT_TRUE(std::ranges::all_of(groups, [](const auto& group) { return group.count == 1; }));
}

TEST(PullBuffer, IsBounded) {
  PullBuffer buffer(3);
  for (const auto* reference : {"a", "b", "c", "d", "e", "a", "b"}) buffer.add(note_of(reference), nullptr, 1);
  EXPECT_EQ(buffer.dropped(), 2u);
  auto groups = buffer.take();
  EXPECT_EQ(groups.size(), 3u);
  buffer.add(note_of("d"), nullptr, 1);
  EXPECT_EQ(buffer.take().size(), 1u);
  EXPECT_EQ(buffer.dropped(), 2u);
}

TEST(PullBuffer, CutsWhatIsTooLong) {
  PullBuffer buffer;
  const std::string agent(5000, 'a');
  auto note = note_of("v1");
  note.user_agent = agent;
  buffer.add(note, nullptr, 1);
  buffer.add(note, nullptr, 1);
  auto groups = buffer.take();
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].count, 2);
  EXPECT_EQ(groups[0].user_agent.size(), 256u);
}

TEST(PullBuffer, LosesNothingBetweenThreads) {
  PullBuffer buffer;
  constexpr int kThreads = 6;
  constexpr int kEach = 20'000;
  std::vector<PullGroup> all;
  std::atomic<int> running = kThreads;
  std::vector<std::thread> threads;
  const auto gather = [&] {
    auto groups = buffer.take();
    all.insert(all.end(), std::make_move_iterator(groups.begin()), std::make_move_iterator(groups.end()));
  };
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const auto who = caller(7);
      for (int n = 0; n < kEach; ++n) buffer.add(note_of(n % 2 == 0 ? "even" : "odd"), who, n);
      --running;
    });
  }
  while (running > 0) gather();
  for (auto& thread : threads) thread.join();
  gather();
  std::int64_t even = 0;
  std::int64_t odd = 0;
  for (const auto& group : all) (group.reference == "even" ? even : odd) += group.count;
  EXPECT_EQ(even, kThreads * kEach / 2);
  EXPECT_EQ(odd, kThreads * kEach / 2);
  EXPECT_EQ(buffer.dropped(), 0u);
}

}  // namespace
}  // namespace wharf::service
