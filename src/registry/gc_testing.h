#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/testing.h"
#include "base/testing_clock.h"
#include "service/gc.h"
#include "store/repository.h"
#include "tests/support/test_registry.h"

namespace wharf::registry::testing {

using std::chrono::hours;
using test::Image;
using test::Names;

constexpr std::chrono::hours kDay{24};

/// A registry whose garbage is collected when the test says so, and by nobody else.
class Yard : private ClockKeeper, public test::TestRegistry {
 public:
  explicit Yard(bool filesystem = false)
      : TestRegistry({.filesystem_blobs = filesystem,
                      .configure = [](app::Config& config) { config.features.garbage_collection = false; }}) {}

  store::Freed preview() { return run_awaitable(services().garbage.preview()); }

  /// What one whole collection freed. What was said before is held against it.
  store::Freed collect() {
    const auto said = preview();
    const auto round = run_awaitable(services().garbage.collect({.everything = true, .one_node = true}, nullptr));
    EXPECT_TRUE(round.ran);
    const auto& freed = round.freed;
    EXPECT_EQ(said.tags, freed.tags);
    EXPECT_EQ(said.manifests, freed.manifests);
    EXPECT_EQ(said.blobs, freed.blobs);
    EXPECT_EQ(said.bytes, freed.bytes);
    EXPECT_EQ(said.repositories, freed.repositories);
    EXPECT_EQ(said.namespaces, freed.namespaces);
    EXPECT_EQ(said.strays, freed.strays);
    return freed;
  }

  /// Deletes a tag or, by digest, a manifest.
  void drop(const std::string& repository, const std::string& reference) {
    const auto answer = registry("owner", repository).del("/v2/" + repository + "/manifests/" + reference);
    ASSERT_EQ(answer.status, 202) << answer.summary();
  }
  int pull(const std::string& repository, const std::string& reference) {
    return registry("owner", repository).get("/v2/" + repository + "/manifests/" + reference).status;
  }
  int pull_blob(const std::string& repository, const std::string& content) {
    const auto path = "/v2/" + repository + "/blobs/" + Digest::of(content).text();
    const auto answer = registry("owner", repository).get(path);
    if (answer.status == 200) EXPECT_EQ(answer.text, content);
    return answer.status;
  }

  std::int64_t rows(const char* table) {
    const std::string sql = std::string("SELECT count(*) FROM ") + table;
    const db::Query count{"test.rows", sql.c_str()};
    auto read = [&](db::Tx& tx) { return tx.get<std::int64_t>(count); };
    return database().read_now(read);
  }
  void run(const std::string& sql) {
    const db::Query query{"test.run", sql.c_str()};
    auto write = [&](db::Tx& tx) { return tx.run(query); };
    database().write_now(write);
  }

  /// How many bytes the blobs take on disk.
  std::uintmax_t bytes_on_disk() {
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data() / "blobs/sha256")) {
      if (entry.is_regular_file()) bytes += entry.file_size();
    }
    return bytes;
  }
};

}  // namespace wharf::registry::testing
