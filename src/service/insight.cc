#include "service/insight.h"

#include <algorithm>
#include <tuple>

#include "auth/access.h"
#include "service/counting.h"
#include "store/counting.h"
#include "store/insight.h"

namespace wharf::service {
namespace {

constexpr Millis kYoungMs = 20'000;
constexpr Millis kTimesItTook = 50;
constexpr std::int64_t kBlobsAPage = 50'000;
constexpr int kNamespacesAPage = 50;
constexpr int kImagesAPage = 5'000;
constexpr std::size_t kNamespacesShown = 50;
constexpr std::size_t kImagesShown = store::kMostTaggedImages;

FindingCounts counts_of(const store::ImageFindings& image) {
  return {.critical = image.critical,
          .high = image.high,
          .medium = image.medium,
          .low = image.low,
          .negligible = image.negligible,
          .unknown = image.unknown,
          .fixable = image.fixable,
          .fixable_critical = image.fixable_critical};
}

std::int64_t sum(const FindingCounts& c) { return c.critical + c.high + c.medium + c.low + c.negligible + c.unknown; }

void add(FindingCounts& to, const FindingCounts& more) {
  to.critical += more.critical;
  to.high += more.high;
  to.medium += more.medium;
  to.low += more.low;
  to.negligible += more.negligible;
  to.unknown += more.unknown;
  to.fixable += more.fixable;
  to.fixable_critical += more.fixable_critical;
}

bool is_worse(const store::ImageFindings& a, const store::ImageFindings& b) {
  const auto rank = [](const store::ImageFindings& image) {
    return std::tuple(image.fixable_critical, image.critical, image.high, image.fixable);
  };
  return rank(a) > rank(b);
}

/// Puts `more` among the first `most` of `best` in this order.
template <class T, class Better>
void keep_best(std::vector<T>& best, T more, std::size_t most, Better better) {
  if (best.size() == most && !better(more, best.back())) return;
  best.insert(std::upper_bound(best.begin(), best.end(), more, better), std::move(more));
  if (best.size() > most) best.pop_back();
}

}  // namespace

/// The parts of one count.
class InsightService::Counter {
 public:
  Counter(const Tools& tools, Counting& counting) : db_(tools.db), counting_(counting) {}

  /// None when another node has taken over.
  awaitable<std::optional<Insight>> run() {
    if (!co_await blobs() || !co_await namespaces() || !co_await images()) co_return std::nullopt;
    co_await places();
    co_return std::move(insight_);
  }

 private:
  awaitable<bool> blobs() {
    store::BlobSum page{.size_bytes = 0, .last_id = 0, .blobs = kBlobsAPage};
    while (page.blobs == kBlobsAPage) {
      auto read = [after = page.last_id](db::Tx& tx) { return store::sum_blobs(tx, after, kBlobsAPage); };
      page = co_await db_.read_lagging(std::move(read));
      insight_.size_bytes += page.size_bytes;
      insight_.blobs += page.blobs;
      if (!co_await counting_.keep()) co_return false;
    }
    co_return true;
  }

  awaitable<bool> namespaces() {
    const auto larger = [](const NamespaceInsight& a, const NamespaceInsight& b) {
      return a.size_bytes > b.size_bytes;
    };
    for (std::int64_t after = 0;;) {
      auto read = [after](db::Tx& tx) { return store::namespace_sizes(tx, after, kNamespacesAPage); };
      auto page = co_await db_.read_lagging(std::move(read));
      for (auto& one : page) {
        ++(one.kind == "organization" ? insight_.organizations : insight_.users);
        insight_.repositories += one.repositories;
        after = one.id;
        if (one.repositories == 0) continue;
        NamespaceInsight shown{std::move(one.name), std::move(one.kind), one.repositories, one.size_bytes};
        keep_best(insight_.namespaces, std::move(shown), kNamespacesShown, larger);
      }
      if (!co_await counting_.keep()) co_return false;
      if (page.size() < kNamespacesAPage) co_return true;
    }
  }

  awaitable<bool> images() {
    for (std::int64_t after = 0;;) {
      auto read = [after](db::Tx& tx) { return store::image_findings(tx, after, kImagesAPage, now_ms()); };
      auto page = co_await db_.read_lagging(std::move(read));
      for (const auto& image : page) {
        after = image.manifest_id;
        if (!image.live) continue;
        const auto counts = counts_of(image);
        ++insight_.images;
        add(insight_.findings, counts);
        if (sum(counts) == 0) {
          ++insight_.clean_images;
        } else {
          keep_best(worst_, image, kImagesShown, is_worse);
        }
      }
      if (!co_await counting_.keep()) co_return false;
      if (page.size() < kImagesAPage) co_return true;
    }
  }

  awaitable<void> places() {
    std::vector<std::int64_t> ids;
    for (const auto& image : worst_) ids.push_back(image.manifest_id);
    auto read = [ids = std::move(ids)](db::Tx& tx) { return store::find_tagged_images(tx, ids, now_ms()); };
    auto places = co_await db_.read_lagging(std::move(read));
    for (const auto& image : worst_) {
      const auto place = std::ranges::find(places, image.manifest_id, &store::TaggedImage::manifest_id);
      if (place == places.end() || !place->tag) continue;
      ImageInsight shown;
      shown.namespace_ = std::move(place->namespace_);
      shown.repository = std::move(place->repository);
      shown.tag = *std::move(place->tag);
      shown.manifest_digest = std::move(place->digest);
      shown.findings = counts_of(image);
      insight_.worst_images.push_back(std::move(shown));
    }
  }

  db::Database& db_;
  Counting& counting_;
  Insight insight_;
  std::vector<store::ImageFindings> worst_;
};

awaitable<Result<InsightView>> InsightService::view(auth::Principal who) {
  if (auto ok = auth::require_superuser(who, true); !ok) co_return ok.error();
  auto look = [](db::Tx& tx) { return store::find_counting(tx, store::kInsightCounting); };
  const auto row = co_await tools_.db.read(std::move(look));
  InsightView view;
  view.counting = row.queued;
  if (row.ran_ms) {
    view.counted_ms.emplace(*row.ran_ms);
    auto insight = json::decode_text<Insight>(row.content);
    if (insight) view.insight = std::move(*insight);
  }
  const auto old = !row.ran_ms || now_ms() - *row.ran_ms > std::max(kYoungMs, kTimesItTook * row.took_ms);
  if (old && !row.queued && !tools_.settings.read_only) {
    auto queue = [](db::Tx& tx) { return store::queue_counting(tx, store::kInsightCounting); };
    co_await tools_.db.write(std::move(queue));
    view.counting = true;
  }
  co_return view;
}

awaitable<bool> InsightService::count() {
  Counting counting(tools_.db, store::kInsightCounting);
  if (!co_await counting.take()) co_return false;
  Counter counter(tools_, counting);
  const auto insight = co_await counter.run();
  if (!insight) co_return false;
  auto content = json::encode(*insight);
  co_return co_await counting.finish(std::move(content));
}

}  // namespace wharf::service
