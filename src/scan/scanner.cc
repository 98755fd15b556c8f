#include "scan/scanner.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <set>
#include <utility>

#include "base/log.h"
#include "inventory/image.h"
#include "scan/blob_source.h"
#include "service/manifest_document.h"
#include "store/blob.h"
#include "store/layer_inventory.h"
#include "store/manifest.h"
#include "vuln/matcher.h"
#include "vuln/pack.h"
#include "vuln/statement.h"
#include "vuln/store.h"

namespace wharf::scan {
namespace {

using std::chrono::steady_clock;

constexpr int kBatch = 64;
constexpr int kNewInABatch = 2;  // images whose layers are to be read
constexpr std::size_t kLargestBatch = std::size_t{16} << 20;
constexpr std::size_t kKeptOfFeeds = std::size_t{32} << 20;
constexpr Millis kLeaseMs = 10 * 60'000;
// The waits before another attempt, the last one for all further ones.
constexpr Millis kWaits[] = {30'000, 5 * 60'000, 30 * 60'000};
constexpr int kMostStatements = 50;  // documents of one image, the newest
constexpr std::size_t kLargestStatement = std::size_t{4} << 20;
constexpr std::size_t kLargestInventory = std::size_t{256} << 20;

std::string packed(const inventory::Layer& layer) {
  std::string plain;
  vuln::pack(plain, layer);
  return vuln::compress(plain);
}

Result<inventory::Layer> opened(const std::string& bytes) {
  auto plain = vuln::decompress(bytes, kLargestInventory);
  if (!plain) return plain.error();
  vuln::Unpacker unpacker(*plain);
  auto layer = unpacker.take<inventory::Layer>();
  if (!unpacker.good() || !unpacker.at_end()) return Error{Errc::invalid_request, "The inventory is damaged"};
  return layer;
}

/// The names under which the layer's packages may be asked for, each once.
std::vector<store::PackageName> names_of(const inventory::Layer& layer) {
  std::set<store::PackageName> names;
  for (const auto& package : layer.packages) {
    const auto kind = std::string(vuln::to_word(package.kind));
    names.insert({kind, inventory::normal_name(package.kind, package.name)});
    if (!package.source_name.empty()) names.insert({kind, package.source_name});
  }
  return {names.begin(), names.end()};
}

/// Every name of what the image is known for and affected by, each once.
std::vector<std::string> names_of(const vuln::Report& report) {
  std::set<std::string> names;
  for (const auto& package : report.packages) {
    for (const auto& found : package.findings) {
      if (!found.justification.empty()) continue;
      const auto& issue = report.issues[found.issue];
      names.insert(issue.name);
      names.insert(issue.advisory);
      names.insert(issue.cves.begin(), issue.cves.end());
    }
  }
  return {names.begin(), names.end()};
}

store::ScanReport row_of(const vuln::Report& report, std::int64_t manifest_id, std::int64_t data_version) {
  const auto counts = vuln::count_findings(report);
  store::ScanReport row;
  row.manifest_id = manifest_id;
  row.content = {vuln::pack_report(report)};
  row.data_version = data_version;
  row.packages = std::ssize(report.packages);
  row.critical = counts.critical;
  row.high = counts.high;
  row.medium = counts.medium;
  row.low = counts.low;
  row.negligible = counts.negligible;
  row.unknown = counts.unknown;
  row.fixable_critical = counts.fixable_critical;
  row.fixable = counts.fixable;
  row.scanned_ms = now_ms();
  return row;
}

/// The documents with statements about an image's vulnerabilities.
std::vector<blob::BlobRef> statement_documents(db::Tx& tx, std::int64_t manifest_id) {
  std::vector<blob::BlobRef> documents;
  for (const auto& content : store::referrers_content(tx, manifest_id, kMostStatements, now_ms())) {
    const auto manifest = service::parse_manifest("", content);
    if (!manifest) continue;
    const bool named = manifest->artifact_type && vuln::is_statement_type(*manifest->artifact_type);
    for (const auto& layer : manifest->layers) {
      if (!named && !vuln::is_statement_type(layer.media_type)) continue;
      const auto stored = store::find_stored_blob(tx, layer.digest);
      const auto sha256 = stored ? Digest::parse(stored->digest) : std::nullopt;
      if (sha256) documents.emplace_back(*sha256, stored->place);
    }
  }
  return documents;
}

/// What `report` says that `before` did not: each issue once.
std::vector<NewIssue> new_issues(const vuln::Report& report, const std::optional<vuln::Report>& before,
                                 std::int64_t manifest_id) {
  std::set<std::string_view> known;
  if (before) {
    for (const auto& package : before->packages) {
      for (const auto& found : package.findings) {
        if (found.justification.empty()) known.insert(before->issues[found.issue].name);
      }
    }
  }
  std::vector<NewIssue> issues(report.issues.size());
  std::vector<bool> is_new(report.issues.size(), false);
  for (const auto& package : report.packages) {
    for (const auto& found : package.findings) {
      const auto& issue = report.issues[found.issue];
      if (!found.justification.empty() || known.contains(issue.name)) continue;
      auto& one = issues[found.issue];
      is_new[found.issue] = true;
      one.severity = std::max(one.severity, found.severity);
      one.has_fix = one.has_fix || !found.fixed_by.empty();
    }
  }
  std::vector<NewIssue> result;
  for (std::size_t i = 0; i < issues.size(); ++i) {
    if (!is_new[i]) continue;
    issues[i].manifest_id = manifest_id;
    issues[i].first_report = !before;
    issues[i].issue = report.issues[i];
    result.push_back(std::move(issues[i]));
  }
  return result;
}

}  // namespace

/// One image on its way from its manifest to its report.
struct Scanner::Image {
  struct Layer {
    Digest digest;
    blob::BlobRef stored;
    std::int64_t blob_id = 0;
    std::uint64_t size_bytes = 0;
    std::string content;  ///< Its inventory, packed; empty: it cannot be read.
    bool known = false;
  };
  std::int64_t manifest_id = 0;
  std::vector<Layer> layers;

  bool is_known() const { return std::ranges::all_of(layers, &Layer::known); }
};

/// An image whose report is to be written.
struct Scanner::Ready {
  store::ScanTask task;
  vuln::Report report;
  store::ScanReport row;
  std::vector<std::string> issues;
  std::set<std::pair<std::string, std::string>> scopes;
};

/// Those that are written together.
struct Scanner::Batch {
  std::vector<Ready> images;
  std::size_t bytes = 0;  ///< About what the reports take.
};

Scanner::Scanner(Parts parts) : parts_(std::move(parts)), lookups_(kKeptOfFeeds) {}

Scanner::~Scanner() {
  stop();
  readers_.join();
}

awaitable<Scanner::Done> Scanner::round(int most) {
  Done done;
  while (most > 0 && !stopping_) {
    const auto now = now_ms();
    auto look = [now](db::Tx& tx) { return store::has_due_scan(tx, now); };
    const bool due = co_await parts_.db.lookup(std::move(look));
    if (!due) break;
    auto take = [now, count = std::min(most, kBatch)](db::Tx& tx) {
      return store::take_due_scans(tx, now, now + kLeaseMs, count, kNewInABatch);
    };
    const auto tasks = co_await parts_.db.write(std::move(take));
    if (tasks.empty()) break;
    most -= static_cast<int>(tasks.size());
    Batch batch;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      // When it ends, or takes so long that the leases do, others are to have the rest.
      if (stopping_ || now_ms() > now + kLeaseMs / 2) {
        const auto rest = std::span(tasks).subspan(i);
        co_await give_back(rest);
        break;
      }
      co_await look_at(tasks[i], batch, done);
      if (batch.bytes > kLargestBatch) co_await keep(batch, done);
    }
    co_await keep(batch, done);
  }
  co_return done;
}

awaitable<void> Scanner::look_at(store::ScanTask task, Batch& batch, Done& done) {
  Error failure{Errc::internal, ""};
  bool final = false;
  auto status = store::ScanStatus::failed;
  try {
    auto image = co_await find_image(task.manifest_id);
    if (!image) {
      failure = image.error();
      final = true;
    } else if (*image) {
      // To read layers takes its time: what is ready does not wait for it.
      if (!(*image)->is_known()) co_await keep(batch, done);
      auto read = co_await read_layers(**image, done);
      if (read && *read) {
        co_await report(**image, task, batch);
        co_return;
      }
      if (read) {
        status = store::ScanStatus::unsupported;
        final = true;
      } else {
        failure = read.error();
        final = failure.code != Errc::unavailable;
      }
    } else {
      co_return;  // It was deleted meanwhile, and its row in the queue with it.
    }
  } catch (const std::exception& accident) {
    failure = {Errc::internal, "An internal error", accident.what()};
  }
  co_await settle(task, status, final, std::move(failure), done);
}

awaitable<void> Scanner::settle(store::ScanTask task, store::ScanStatus status, bool final, Error failure, Done& done) {
  if (stopping_ && !final) {
    // It was not tried to its end: the next one to take it starts anew.
    const std::span<const store::ScanTask> one(&task, 1);
    co_await give_back(one);
    co_return;
  }
  if (!failure.message.empty()) {
    log::warn("an image could not be scanned", {{"manifest", task.manifest_id},
                                                {"attempt", task.attempts},
                                                {"reason", failure.message},
                                                {"detail", failure.detail}});
  }
  const bool again = !final && task.attempts < parts_.rules.most_attempts;
  auto note = [&](db::Tx& tx) {
    if (again) {
      const auto wait = kWaits[std::min<std::size_t>(static_cast<std::size_t>(task.attempts), std::size(kWaits)) - 1];
      store::put_scan_back(tx, task, now_ms() + wait, failure.message);
    } else {
      store::finish_scan(tx, task, status, failure.message.empty() ? std::nullopt : std::optional(failure.message));
    }
    return true;
  };
  co_await parts_.db.write(std::move(note));
  ++(again ? done.put_back : done.failed);
}

awaitable<void> Scanner::give_back(std::span<const store::ScanTask> tasks) {
  auto give = [tasks](db::Tx& tx) {
    for (const auto& task : tasks) store::give_scan_back(tx, task, now_ms());
    return true;
  };
  co_await parts_.db.write(std::move(give));
}

awaitable<Result<std::optional<Scanner::Image>>> Scanner::find_image(std::int64_t manifest_id) {
  auto find = [manifest_id](db::Tx& tx) -> Result<std::optional<Image>> {
    const auto content = store::manifest_content(tx, manifest_id);
    if (!content) return std::optional<Image>();
    const auto document = service::parse_manifest("", *content);
    if (!document) return Error{Errc::invalid_request, "The manifest cannot be read: " + document.error().message};
    Image image{.manifest_id = manifest_id, .layers = {}};
    for (const auto& descriptor : document->layers) {
      if (descriptor.is_foreign()) continue;
      const auto row = store::find_layer(tx, manifest_id, descriptor.digest, inventory::kReaderVersion);
      if (!row) continue;  // Elsewhere, or deleted by itself.
      const auto sha256 = Digest::parse(row->stored);
      if (!sha256) return Error{Errc::internal, "The blob's record is damaged", "blob.digest is no digest"};
      image.layers.push_back({.digest = descriptor.digest,
                              .stored = {*sha256, row->place},
                              .blob_id = row->blob_id,
                              .size_bytes = static_cast<std::uint64_t>(row->size_bytes),
                              .content = row->inventory ? row->inventory->data : std::string(),
                              .known = row->inventory.has_value()});
    }
    return std::optional(std::move(image));
  };
  co_return co_await parts_.db.read(std::move(find));
}

awaitable<Result<bool>> Scanner::read_layers(Image& image, Done& done) {
  const auto largest = parts_.rules.largest_layer_bytes;
  for (auto& layer : image.layers) {
    if (largest > 0 && layer.size_bytes > largest) co_return false;
  }
  for (auto& layer : image.layers) {
    if (layer.known) continue;
    if (stopping_) co_return Error{Errc::unavailable, "The server is stopping"};
    auto read = co_await read_layer(layer.stored, layer.size_bytes);
    if (!read) co_return read.error();
    layer.content = std::move(*read);
    ++done.layers;
    done.layer_bytes += static_cast<std::int64_t>(layer.size_bytes);
    store::NewInventory inventory{
        .blob_id = layer.blob_id, .reader = inventory::kReaderVersion, .content = {layer.content}, .names = {}};
    if (const auto open = opened(layer.content); open) inventory.names = names_of(*open);
    auto keep = [&inventory](db::Tx& tx) { return store::set_inventory(tx, inventory, now_ms()); };
    co_await parts_.db.write(std::move(keep));
  }
  co_return true;
}

awaitable<Result<std::string>> Scanner::read_layer(blob::BlobRef wanted, std::uint64_t size_bytes) {
  auto first = co_await parts_.blobs.open(wanted, 0, size_bytes);
  if (!first) co_return Error{Errc::unavailable, "A layer is not there", first.error().message};
  const auto loop = co_await boost::asio::this_coro::executor;
  auto body = std::make_shared<std::optional<http::Body>>(std::move(*first));
  auto job = [this, &wanted, size_bytes, loop, body]() -> Result<std::string> {
    auto limits = parts_.rules.limits;
    const auto deadline = steady_clock::now() + parts_.rules.time_limit;
    limits.stop = [this, deadline] { return stopping_ || steady_clock::now() > deadline; };
    const auto open = [&]() -> Result<std::unique_ptr<inventory::Source>> {
      if (!body->has_value()) {
        auto again = parts_.blobs.open(wanted, 0, size_bytes);
        auto opened = boost::asio::co_spawn(loop, std::move(again), boost::asio::use_future).get();
        if (!opened) return Error{Errc::unavailable, "A layer is not there", opened.error().message};
        *body = std::move(*opened);
      }
      auto source = make_blob_source(std::move(**body), loop);
      body->reset();
      return source;
    };
    auto layer = inventory::read_layer(open, limits);
    if (!layer) return layer.error();
    for (const auto& problem : layer->problems) {
      log::info("a file of a layer could not be read", {{"layer", wanted.digest.text()}, {"problem", problem}});
    }
    layer->problems.clear();
    return packed(*layer);
  };
  co_return co_await run_on(readers_, std::move(job));
}

awaitable<std::vector<vuln::Statement>> Scanner::read_statements(std::int64_t manifest_id,
                                                                 std::vector<blob::BlobRef> documents) {
  std::vector<vuln::Statement> statements;
  for (auto& document : documents) {
    const auto text = co_await parts_.blobs.read(document, kLargestStatement);
    if (!text) continue;
    auto read = vuln::read_statements(*text);
    if (!read) {
      log::info("a statement about vulnerabilities cannot be read",
                {{"manifest", manifest_id}, {"blob", document.digest.text()}, {"reason", read.error().message}});
      continue;
    }
    statements.insert(statements.end(), std::make_move_iterator(read->begin()), std::make_move_iterator(read->end()));
  }
  co_return statements;
}

awaitable<void> Scanner::report(Image& image, const store::ScanTask& task, Batch& batch) {
  std::vector<inventory::Layer> layers;
  std::vector<std::string> digests;
  for (auto& layer : image.layers) {
    auto open = opened(layer.content);
    if (!open) throw Accident(open.error());
    layers.push_back(std::move(*open));
    digests.push_back(layer.digest.text());
  }
  Ready ready{.task = task,
              .report = vuln::report_of(inventory::merge_layers(layers), std::move(digests)),
              .row = {},
              .issues = {},
              .scopes = {}};
  layers.clear();
  auto& report = ready.report;
  std::int64_t version = 0;
  std::vector<blob::BlobRef> documents;
  auto match = [&](db::Tx& tx) {
    version = vuln::data_version(tx);
    vuln::find_issues(tx, lookups_, report);
    documents.clear();
    if (!report.issues.empty()) documents = statement_documents(tx, image.manifest_id);
    return true;
  };
  co_await parts_.db.read(match);
  if (!documents.empty()) {
    const auto statements = co_await read_statements(image.manifest_id, std::move(documents));
    vuln::apply_statements(report, statements);
  }
  for (const auto& reported : report.packages) {
    if (const auto place = vuln::place_of(reported.package, vuln::distribution_of(report, reported))) {
      ready.scopes.emplace(vuln::to_word(reported.package.kind), place->scope.name);
    }
  }
  ready.row = row_of(report, image.manifest_id, version);
  ready.issues = names_of(report);
  // Packed it is a fraction of what it takes.
  batch.bytes += 8 * ready.row.content.data.size() + report.packages.size() * sizeof(vuln::ReportedPackage);
  batch.images.push_back(std::move(ready));
}

awaitable<void> Scanner::keep(Batch& batch, Done& done) {
  const auto images = std::exchange(batch, {}).images;
  if (images.empty()) co_return;
  const auto failure = co_await write(images);
  if (!failure) {
    done.scanned += static_cast<int>(images.size());
    co_return;
  }
  // One of them cannot be written: the others shall be.
  for (const auto& image : images) {
    const std::span<const Ready> one(&image, 1);
    auto alone = failure;
    if (images.size() > 1) alone = co_await write(one);
    if (alone) {
      Error why{Errc::internal, "An internal error", *alone};
      co_await settle(image.task, store::ScanStatus::failed, false, std::move(why), done);
    } else {
      ++done.scanned;
    }
  }
}

awaitable<std::optional<std::string>> Scanner::write(std::span<const Ready> some) {
  auto write_all = [&](db::Tx& tx) {
    std::vector<store::ScanIssues> issues;
    std::set<std::pair<std::string, std::string>> scopes;
    for (const auto& [task, report, row, names, places] : some) {
      if (!store::find_scan(tx, task.manifest_id)) continue;  // It was deleted meanwhile.
      const auto before = store::find_scan_report(tx, task.manifest_id);
      std::optional<vuln::Report> old;
      if (before) {
        // A report without issues has nothing new.
        if (report.issues.empty()) {
          old.emplace();
        } else if (auto open = vuln::open_report(before->content.data)) {
          old = std::move(*open);
        }
      }
      store::set_scan_report(tx, row);
      store::finish_scan(tx, task, store::ScanStatus::scanned, std::nullopt);
      if (parts_.tell) parts_.tell(tx, new_issues(report, old, task.manifest_id));
      issues.push_back({task.manifest_id, names});
      scopes.insert(places.begin(), places.end());
    }
    store::set_scan_issues(tx, issues);
    for (const auto& [kind, scope] : scopes) store::add_package_scope(tx, kind, scope);
    return true;
  };
  try {
    co_await parts_.db.write(write_all);
  } catch (const std::exception& accident) {
    co_return accident.what();
  }
  co_return std::nullopt;
}

}  // namespace wharf::scan
