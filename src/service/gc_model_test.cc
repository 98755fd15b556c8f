#include <algorithm>
#include <random>
#include <set>

#include "service/gc_testing.h"
#include "store/blob.h"
#include "store/blob_removal.h"
#include "store/gc_purge.h"
#include "store/manifest.h"
#include "store/retirement.h"
#include "store/tag.h"

/// Random histories against a model that knows nothing of queues and steps: what stays, what goes, and what was said
/// before.
namespace wharf::service {
namespace {

constexpr Millis kHourMs = 3'600'000;
constexpr Millis kDayMs = 24 * kHourMs;
constexpr Millis kWindowMs = 14 * kDayMs;

struct Tag {
  int manifest = 0;
  Millis age_ms = 0;  ///< Since it ended; negative: it lives.
  bool hidden = false, moved = false, immutable = false;
};
struct Manifest {
  int repository = 0;
  std::vector<int> blobs, children;
  int subject = -1;
};
struct Link {
  int repository = 0;
  int blob = 0;
  bool expired = false;
};
struct World {
  std::vector<bool> deleted;  ///< By repository.
  std::vector<Manifest> manifests;
  std::vector<Tag> tags;
  std::vector<Link> links;
  int blobs = 0;
};

int pick(std::mt19937& dice, int below) { return std::uniform_int_distribution<int>(0, below - 1)(dice); }
bool chance(std::mt19937& dice, int percent) { return pick(dice, 100) < percent; }

World make_world(std::mt19937& dice) {
  World world;
  world.blobs = 5 + pick(dice, 20);
  for (int i = 2 + pick(dice, 3); i > 0; --i) world.deleted.push_back(chance(dice, 15));
  const int repositories = static_cast<int>(world.deleted.size());
  for (int i = 5 + pick(dice, 40); i > 0; --i) {
    Manifest manifest{.repository = pick(dice, repositories)};
    std::vector<int> earlier;
    for (std::size_t k = 0; k < world.manifests.size(); ++k) {
      if (world.manifests[k].repository == manifest.repository) earlier.push_back(static_cast<int>(k));
    }
    std::ranges::shuffle(earlier, dice);
    const auto some = [&](int most) {
      return std::min<std::size_t>(earlier.size(), static_cast<std::size_t>(1 + pick(dice, most)));
    };
    if (!earlier.empty() && chance(dice, 30)) {
      manifest.children.assign(earlier.begin(), earlier.begin() + static_cast<std::ptrdiff_t>(some(3)));
    } else {
      std::set<int> blobs;
      for (int b = 1 + pick(dice, 3); b > 0; --b) blobs.insert(pick(dice, world.blobs));
      manifest.blobs.assign(blobs.begin(), blobs.end());
    }
    if (!earlier.empty() && chance(dice, 25)) manifest.subject = earlier.back();
    const int id = static_cast<int>(world.manifests.size());
    if (chance(dice, 60)) {
      const bool dead = chance(dice, 60);
      Tag tag{.manifest = id, .age_ms = dead ? pick(dice, 28) * kDayMs + kHourMs / 2 : -1};
      tag.moved = dead && chance(dice, 30);
      tag.immutable = chance(dice, 10);
      world.tags.push_back(tag);
    }
    // Referrers are held for good, the rest for a while; some rows were made by nobody knows whom.
    if (manifest.subject >= 0) {
      if (chance(dice, 90)) world.tags.push_back({.manifest = id, .age_ms = -1, .hidden = true});
    } else if (chance(dice, 30)) {
      world.tags.push_back({.manifest = id, .age_ms = pick(dice, 28) * kDayMs, .hidden = true});
    }
    world.manifests.push_back(std::move(manifest));
  }
  std::set<std::pair<int, int>> linked;
  for (int i = pick(dice, 10); i > 0; --i) {
    const Link link{pick(dice, repositories), pick(dice, world.blobs), chance(dice, 70)};
    if (linked.emplace(link.repository, link.blob).second) world.links.push_back(link);
  }
  return world;
}

struct Left {
  std::set<int> manifests, blobs;
};

/// What stays, by the rules as they are told to users.
Left expected(const World& world) {
  std::vector<bool> dead(world.manifests.size(), false);
  const auto lasts = [&](const Tag& tag) {
    if (tag.age_ms < 0) return true;
    if (tag.immutable && !tag.moved) return true;
    return tag.age_ms < kWindowMs || (tag.moved && tag.age_ms < kHourMs);
  };
  const auto is_held = [&](int id) {
    const auto& manifest = world.manifests[static_cast<std::size_t>(id)];
    if (world.deleted[static_cast<std::size_t>(manifest.repository)]) return false;
    const bool subject_died = manifest.subject >= 0 && dead[static_cast<std::size_t>(manifest.subject)];
    for (const auto& tag : world.tags) {
      if (tag.manifest == id && lasts(tag) && !(tag.hidden && subject_died)) return true;
    }
    for (std::size_t k = 0; k < world.manifests.size(); ++k) {
      if (!dead[k] && std::ranges::count(world.manifests[k].children, id) > 0) return true;
    }
    return false;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t id = 0; id < dead.size(); ++id) {
      if (dead[id] || is_held(static_cast<int>(id))) continue;
      dead[id] = changed = true;
    }
  }
  Left left;
  std::set<int> pushed_to;
  for (const auto& link : world.links) {
    if (link.expired || world.deleted[static_cast<std::size_t>(link.repository)]) continue;
    left.blobs.insert(link.blob);
    pushed_to.insert(link.repository);
  }
  for (std::size_t id = 0; id < dead.size(); ++id) {
    const auto& manifest = world.manifests[id];
    if (!dead[id]) left.manifests.insert(static_cast<int>(id));
    const bool kept =
        pushed_to.contains(manifest.repository) && !world.deleted[static_cast<std::size_t>(manifest.repository)];
    if (!dead[id] || kept) left.blobs.insert(manifest.blobs.begin(), manifest.blobs.end());
  }
  return left;
}

class GarbageModel : public ::testing::TestWithParam<unsigned> {
 protected:
  std::unique_ptr<blob::BlobStore> blobs = blob::make_memory_blob_store();
  testing::GarbageYard yard{*blobs};
  GarbageService garbage{yard.tools()};

  static Digest manifest_digest(std::size_t id) { return Digest::of("manifest " + std::to_string(id)); }
  static Digest blob_digest(std::size_t id) { return Digest::of("blob " + std::to_string(id)); }

  void build(const World& world, std::int64_t owner, Millis now) {
    static const db::Query kTag{"test.tag", R"(
      INSERT INTO tag (repository_id, name, manifest_id, start_ms, end_ms, hidden, moved, immutable)
      VALUES ($1, $2, $3, 1, $4, $5, $6, $7))"};
    auto write = [&](db::Tx& tx) {
      std::vector<std::int64_t> repositories, blob_rows, manifests;
      for (std::size_t i = 0; i < world.deleted.size(); ++i) {
        const auto name = "app" + std::to_string(i);
        repositories.push_back(
            store::create_repository(tx, {owner, name, store::Visibility::private_, "", owner}, 1).value());
      }
      for (int i = 0; i < world.blobs; ++i) {
        blob_rows.push_back(store::add_blob(tx, blob_digest(static_cast<std::size_t>(i)), 1000 + i, 1));
      }
      for (std::size_t i = 0; i < world.manifests.size(); ++i) {
        const auto& manifest = world.manifests[i];
        const auto repository = repositories[static_cast<std::size_t>(manifest.repository)];
        store::NewManifest row{.repository_id = repository,
                               .digest = manifest_digest(i),
                               .media_type = "application/vnd.oci.image.manifest.v1+json",
                               .content = "{}"};
        row.is_list = !manifest.children.empty();
        if (manifest.subject >= 0) {
          row.subject_digest = manifest_digest(static_cast<std::size_t>(manifest.subject)).text();
        }
        const auto id = store::add_manifest(tx, row, 1).id;
        manifests.push_back(id);
        std::vector<std::int64_t> rows;
        for (const auto blob : manifest.blobs) rows.push_back(blob_rows[static_cast<std::size_t>(blob)]);
        store::add_manifest_blobs(tx, id, repository, rows);
        std::vector<store::NewChild> children;
        for (const auto child : manifest.children) {
          const auto at = static_cast<std::size_t>(child);
          children.push_back({manifest_digest(at).text(), manifests[at]});
        }
        store::add_manifest_children(tx, id, children);
      }
      int number = 0;
      for (const auto& tag : world.tags) {
        const auto at = static_cast<std::size_t>(tag.manifest);
        const auto repository = repositories[static_cast<std::size_t>(world.manifests[at].repository)];
        const auto name = (tag.hidden ? "$hold-" : "t") + std::to_string(++number);
        const Millis end = tag.age_ms < 0 ? 9223372036854775807 : now - tag.age_ms;
        tx.run(kTag, repository, name, manifests[at], end, tag.hidden, tag.moved, tag.immutable);
      }
      for (const auto& link : world.links) {
        store::link_blob(tx, repositories[static_cast<std::size_t>(link.repository)],
                         blob_rows[static_cast<std::size_t>(link.blob)], link.expired ? now - 1 : now + kDayMs);
      }
      for (std::size_t i = 0; i < world.deleted.size(); ++i) {
        if (world.deleted[i]) store::delete_repository(tx, repositories[i], now);
      }
      return true;
    };
    yard.people.db->write_now(write);
  }

  /// Which of the first `count` the query finds.
  std::set<int> numbers(const char* sql, Digest (*digest_of)(std::size_t), std::size_t count) {
    const db::Query query{"test.digests", sql};
    auto read = [&](db::Tx& tx) { return tx.all<std::string>(query); };
    const auto digests = yard.people.db->read_now(read);
    std::set<int> found;
    for (std::size_t i = 0; i < count; ++i) {
      if (std::ranges::count(digests, digest_of(i).text()) > 0) found.insert(static_cast<int>(i));
    }
    EXPECT_EQ(found.size(), digests.size());
    return found;
  }
};

TEST_P(GarbageModel, TheSameStaysAndWasSaidBefore) {
  std::mt19937 dice(GetParam());
  const auto world = make_world(dice);
  const auto owner = yard.people.user("acme");
  auto set_window = [](db::Tx& tx) {
    static const db::Query kSet{"test.window", "UPDATE account SET tag_expiration_s = $1"};
    return tx.run(kSet, kWindowMs / 1000);
  };
  yard.people.db->write_now(set_window);
  build(world, owner, now_ms());
  const auto left = expected(world);
  const auto said = run_awaitable(garbage.preview());
  const auto freed = run_awaitable(garbage.collect({.everything = true}, nullptr)).freed;
  EXPECT_EQ(numbers("SELECT digest FROM manifest", manifest_digest, world.manifests.size()), left.manifests);
  EXPECT_EQ(numbers("SELECT digest FROM blob", blob_digest, static_cast<std::size_t>(world.blobs)), left.blobs);
  EXPECT_EQ(said.tags, freed.tags);
  EXPECT_EQ(said.manifests, freed.manifests);
  EXPECT_EQ(said.blobs, freed.blobs);
  EXPECT_EQ(said.bytes, freed.bytes);
  EXPECT_EQ(said.repositories, freed.repositories);
  EXPECT_EQ(freed.blobs, world.blobs - std::ssize(left.blobs));
  for (const auto* rest : {"SELECT count(*) FROM orphan_manifest", "SELECT count(*) FROM orphan_blob",
                           "SELECT count(*) FROM dead_subject", "SELECT count(*) FROM repository WHERE deleted_ms > 0",
                           "SELECT count(*) FROM blob_removal WHERE removed_ms IS NULL"}) {
    EXPECT_EQ(yard.get<std::int64_t>(rest), 0) << rest;
  }
  EXPECT_EQ(run_awaitable(garbage.collect({.everything = true}, nullptr)).freed, store::Freed{}) << "all in one go";
}

/// Where each statement takes longer than a step may, each step still gets on by one.
TEST(GarbageSteps, GetOnHoweverSlowTheDatabaseIs) {
  const auto blobs = blob::make_memory_blob_store();
  testing::GarbageYard yard{*blobs};
  const auto owner = yard.people.user("acme");
  const auto now = now_ms();
  const store::Budget none(200, std::chrono::milliseconds(0));
  std::int64_t repository = 0;
  auto fill = [&](db::Tx& tx) {
    repository = store::create_repository(tx, {owner, "app", store::Visibility::private_, "", owner}, 1).value();
    std::vector<std::int64_t> manifests;
    for (const std::string name : {"a", "b", "c"}) {
      const auto blob = store::add_blob(tx, Digest::of(name), 1000, 1);
      const store::NewManifest row{.repository_id = repository,
                                   .digest = Digest::of("manifest " + name),
                                   .media_type = "application/vnd.oci.image.manifest.v1+json",
                                   .content = "{}"};
      manifests.push_back(store::add_manifest(tx, row, 1).id);
      store::add_manifest_blobs(tx, manifests.back(), repository, {blob});
    }
    store::queue_manifests(tx, manifests);
    return true;
  };
  yard.people.db->write_now(fill);

  constexpr int kMost = 20;
  int steps = 0;
  const auto through = [&](auto step) {
    std::int64_t at = 0;
    steps = 0;
    do {
      auto write = [&](db::Tx& tx) { return step(tx, at); };
      at = yard.people.db->write_now(write);
    } while (++steps < kMost && at != 0);
  };
  through([&](db::Tx& tx, std::int64_t at) { return store::delete_orphan_manifests(tx, at, none, now, now).next; });
  EXPECT_EQ(yard.get<std::int64_t>("SELECT count(*) FROM manifest"), 0);
  EXPECT_GE(steps, 3) << "one each, as there is no time for more";
  through([&](db::Tx& tx, std::int64_t at) { return store::condemn_blobs(tx, at, none, now).pass.next; });
  EXPECT_EQ(yard.get<std::int64_t>("SELECT count(*) FROM blob"), 0);
  EXPECT_GE(steps, 3);

  using State = store::PurgeStep::State;
  auto drop = [&](db::Tx& tx) { return store::delete_repository(tx, repository, now), true; };
  yard.people.db->write_now(drop);
  through([&](db::Tx& tx, std::int64_t) {
    return store::purge_repository(tx, repository, none).state == State::again ? 1 : 0;
  });
  EXPECT_EQ(yard.get<std::int64_t>("SELECT count(*) FROM repository"), 0);
  auto retire = [](db::Tx& tx) { return store::retire_account(tx, *store::find_account(tx, "acme"), now_ms()), true; };
  yard.people.db->write_now(retire);
  through([&](db::Tx& tx, std::int64_t) {
    return store::purge_namespace(tx, owner, none, now).state == State::again ? 1 : 0;
  });
  EXPECT_EQ(yard.get<std::int64_t>("SELECT count(*) FROM account WHERE deleted_ms IS NOT NULL"), 0);
}

INSTANTIATE_TEST_SUITE_P(, GarbageModel, ::testing::Range(1u, 41u));

}  // namespace
}  // namespace wharf::service
