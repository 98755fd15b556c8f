#include "blob/located_blob_store.h"

#include <gtest/gtest.h>

#include "blob/place.h"
#include "blob/testing.h"

namespace wharf::blob {
namespace {

/// Locations "a" and "b", each in a folder; the same folders again as often as a test opens them.
class LocatedBlobs : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  boost::asio::thread_pool pool{2};
  ~LocatedBlobs() override { pool.join(); }

  std::unique_ptr<BlobStore> files(const std::string& id) {
    return make_filesystem_blob_store(folder.path() / id, folder.path() / id / "uploads", pool).value();
  }
  std::unique_ptr<LocatedBlobStore> open(const std::vector<std::string>& ids, std::size_t target = 0) {
    std::vector<LocatedBlobStore::Location> locations;
    for (const auto& id : ids) locations.push_back({id, files(id)});
    return std::make_unique<LocatedBlobStore>(std::move(locations), target);
  }
  static BlobRef push(LocatedBlobStore& store, std::string_view bytes) {
    return run_awaitable(push_ref(&store, bytes)).value();
  }
  static Result<std::string> read(LocatedBlobStore& store, const BlobRef& blob) {
    return run_awaitable(store.read(blob, 1 << 20));
  }
  static Result<std::string> stream(LocatedBlobStore& store, const BlobRef& blob, std::uint64_t size_bytes) {
    auto body = run_awaitable(store.open(blob, 0, size_bytes));
    if (!body) return body.error();
    return bytes_of(*body);
  }
  static std::optional<std::string> where(LocatedBlobStore& store, const BlobRef& blob) {
    return run_awaitable(store.locate(blob)).value();
  }
};

TEST_F(LocatedBlobs, OneLocationGivesNoNames) {
  const auto store = open({"a"});
  const auto begun = run_awaitable(store->begin()).value();
  EXPECT_EQ(begun.backend, "");
  const auto blob = push(*store, "content");
  EXPECT_EQ(blob.place, "");
  const auto entries = run_awaitable(store->list("", 10)).value();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].place, "");
}

TEST_F(LocatedBlobs, SeveralPutTheNameOfTheirLocationBeforePlacesAndStates) {
  const auto store = open({"a", "b"}, 1);
  const auto written = run_awaitable(append(store.get(), run_awaitable(store->begin()).value(), "content")).value();
  EXPECT_EQ(written.backend, "@b/");
  const auto blob = push(*store, "content");
  EXPECT_EQ(blob.place, "@b/" + blob.digest.text());
  EXPECT_EQ(where(*store, blob), "b");
  EXPECT_TRUE(run_awaitable(files("b")->stat(blob.digest)).value());
  EXPECT_FALSE(run_awaitable(files("a")->stat(blob.digest)).value());
}

TEST_F(LocatedBlobs, OneLocationThatIsLeftAnswersForAllNames) {
  const auto both = open({"a", "b"}, 1);
  const auto blob = push(*both, "content");
  const auto state = run_awaitable(append(both.get(), run_awaitable(both->begin()).value(), "half ")).value();
  const auto alone = open({"b"});
  EXPECT_EQ(read(*alone, blob).value(), "content");
  EXPECT_EQ(stream(*alone, blob, 7).value(), "content");
  const auto more = run_awaitable(append(alone.get(), state, "and half")).value();
  EXPECT_EQ(more.backend, "");
  const auto digest = run_awaitable(alone->finish(more)).value();
  EXPECT_EQ(read(*alone, digest).value(), "half and half");
  // Its configuration may have another name for it by now.
  const BlobRef renamed(digest, "@z/" + digest.text());
  EXPECT_EQ(read(*alone, renamed).value(), "half and half");
  EXPECT_TRUE(run_awaitable(alone->remove(renamed)).value());
  EXPECT_FALSE(read(*alone, digest));
}

TEST_F(LocatedBlobs, WhatHasNoNameIsLookedForInTheConfiguredOrder) {
  const auto first = push(*open({"a"}), "in a");
  const auto second = push(*open({"b"}), "in b");
  const auto everywhere = push(*open({"a"}), "in both");
  push(*open({"b"}), "in both");
  const auto store = open({"a", "b"}, 1);
  EXPECT_EQ(where(*store, first), "a");
  EXPECT_EQ(where(*store, second), "b");
  EXPECT_EQ(where(*store, everywhere), "a");
  EXPECT_EQ(read(*store, second).value(), "in b");
  EXPECT_EQ(stream(*store, first, 4).value(), "in a");
  EXPECT_EQ(run_awaitable(store->stat(second)).value()->size_bytes, 4u);
  EXPECT_EQ(where(*store, Digest::of("nowhere")), std::nullopt);
  EXPECT_EQ(read(*store, Digest::of("nowhere")).error().code, Errc::blob_unknown);
}

TEST_F(LocatedBlobs, WhatWasFoundAndIsElsewhereByNowIsLookedForAgain) {
  const auto blob = push(*open({"a"}), "content");
  for (const bool whole : {true, false}) {
    const auto store = open({"a", "b"});
    ASSERT_EQ(where(*store, blob), "a");
    push(*open({"b"}), "content");
    ASSERT_TRUE(run_awaitable(files("a")->remove(blob.digest)).value());
    ASSERT_EQ(where(*store, blob), "a") << "from memory";
    EXPECT_EQ((whole ? read(*store, blob) : stream(*store, blob, 7)).value(), "content");
    EXPECT_EQ(where(*store, blob), "b");
    push(*open({"a"}), "content");
  }
}

TEST_F(LocatedBlobs, AnUploadThatBeganBeforeThereWereNamesGoesOnWhereItsBytesAre) {
  const auto alone = open({"b"});
  const auto state = run_awaitable(append(alone.get(), run_awaitable(alone->begin()).value(), "one ")).value();
  const auto finished = run_awaitable(append(alone.get(), run_awaitable(alone->begin()).value(), "three")).value();
  const auto store = open({"a", "b"}, 0);
  const auto more = run_awaitable(append(store.get(), state, "two")).value();
  EXPECT_EQ(more.backend, "@b/");
  const auto digest = run_awaitable(store->finish(more)).value();
  EXPECT_EQ(where(*store, BlobRef(digest, store->place_of(more))), "b");
  // One whose last bytes came before is finished where it is, and found by its digest.
  const auto other = run_awaitable(store->finish(finished)).value();
  EXPECT_EQ(store->place_of(finished), "");
  EXPECT_EQ(read(*store, other).value(), "three");
  // One without a byte yet begins where new ones do.
  const auto empty = run_awaitable(append(store.get(), run_awaitable(alone->begin()).value(), "x")).value();
  EXPECT_EQ(empty.backend, "@a/");
}

TEST_F(LocatedBlobs, RemovesAPlaceThatHasANameThereAlone) {
  const auto store = open({"a", "b"});
  const auto in_a = push(*store, "content");
  const auto in_b = push(*open({"a", "b"}, 1), "content");
  EXPECT_TRUE(run_awaitable(store->remove(in_a)).value());
  EXPECT_FALSE(read(*store, in_a));
  EXPECT_EQ(read(*store, in_b).value(), "content");
  const auto outcomes = run_awaitable(store->remove_all({in_a, in_b, BlobRef(Digest::of("other"))}));
  ASSERT_EQ(outcomes.size(), 3u);
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome.value());
  EXPECT_FALSE(read(*store, in_b));
}

TEST_F(LocatedBlobs, RemovesWhatHasNoNameWhereverItIs) {
  const auto blob = push(*open({"a"}), "content");
  push(*open({"b"}), "content");
  const auto store = open({"a", "b"});
  EXPECT_TRUE(run_awaitable(store->remove(blob)).value());
  EXPECT_FALSE(run_awaitable(files("a")->stat(blob.digest)).value());
  EXPECT_FALSE(run_awaitable(files("b")->stat(blob.digest)).value());
  EXPECT_FALSE(run_awaitable(store->remove(blob)).value());
}

TEST_F(LocatedBlobs, ALocationThatIsNotConfiguredHasNothing) {
  const auto blob = push(*open({"a", "b"}), "content");
  const auto store = open({"b", "c"});
  EXPECT_EQ(read(*store, blob).error().code, Errc::blob_unknown);
  EXPECT_FALSE(run_awaitable(store->stat(blob)).value());
  EXPECT_FALSE(run_awaitable(store->link(blob)).value());
  EXPECT_FALSE(run_awaitable(store->remove(blob)).value());
  EXPECT_EQ(read(*open({"a", "b"}), blob).value(), "content");
  UploadState state{.id = "aaaaaaaa-0000-4000-8000-000000000000", .size_bytes = 0, .hash = {}, .backend = "@a/"};
  EXPECT_EQ(run_awaitable(store->resume(state)).error().code, Errc::upload_unknown);
}

TEST_F(LocatedBlobs, ListsOneLocationAfterTheOther) {
  std::vector<std::string> expected;
  for (const std::size_t target : {0u, 1u}) {
    const auto store = open({"b", "a"}, target);
    std::vector<std::string> here;
    for (int i = 0; i < 11; ++i) here.push_back(push(*store, "content " + std::to_string(i)).place);
    std::ranges::sort(here);
    expected.insert(expected.end(), here.begin(), here.end());
  }
  const auto store = open({"b", "a"});
  for (const std::size_t page_size : {1u, 4u, 11u, 22u, 100u}) {
    std::vector<std::string> found;
    for (std::string after;;) {
      const auto page = run_awaitable(store->list(after, page_size)).value();
      for (const auto& entry : page) found.push_back(entry.name());
      if (page.size() < page_size) break;
      after = found.back();
    }
    EXPECT_EQ(found, expected) << page_size;
  }
}

TEST_F(LocatedBlobs, IsWellWhileEachLocationIs) {
  const auto store = open({"a", "b"}, 0);
  EXPECT_TRUE(run_awaitable(store->check()).value());
  EXPECT_TRUE(run_awaitable(store->list("", 10)).value().empty());
  std::filesystem::remove_all(folder.path() / "a" / "uploads");
  bool well = true;
  try {
    well = run_awaitable(store->check()).has_value();
  } catch (const Accident&) {
    well = false;
  }
  EXPECT_FALSE(well);
}

TEST(Place, IsTakenApartByItsName) {
  EXPECT_EQ(split_place("@a/content/x/y").location, "a");
  EXPECT_EQ(split_place("@a/content/x/y").inner, "content/x/y");
  EXPECT_EQ(split_place("content/x/y").location, "");
  EXPECT_EQ(split_place("content/x/y").inner, "content/x/y");
  EXPECT_EQ(name_place("a", "sha256:12"), "@a/sha256:12");
  for (const auto* place : {"", "@a/sha256:12", "sha256:12"}) EXPECT_TRUE(is_by_digest(place)) << place;
  for (const auto* place : {"content/x/y", "@a/content/x/y"}) EXPECT_FALSE(is_by_digest(place)) << place;
}

}  // namespace
}  // namespace wharf::blob
