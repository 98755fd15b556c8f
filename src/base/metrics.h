#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Numbers for /metrics. Objects are registered at start and kept by reference; counting takes no lock.
namespace wharf::metrics {

/// Label names and values, fixed at registration.
using Labels = std::vector<std::pair<std::string, std::string>>;

namespace detail {

inline constexpr std::size_t kShards = 8;
/// Where the calling thread counts, so that event loops do not fight for one cache line.
std::size_t shard_of_this_thread();

template <class T>
struct alignas(64) Shard {
  std::atomic<T> value{0};
};

}  // namespace detail

/// A whole number that only grows.
class Counter {
 public:
  void add(std::uint64_t count = 1) {
    shards_[detail::shard_of_this_thread()].value.fetch_add(count, std::memory_order_relaxed);
  }
  std::uint64_t value() const;

 private:
  std::array<detail::Shard<std::uint64_t>, detail::kShards> shards_;
};

/// A number that goes up and down.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double value) { value_.fetch_add(value, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// How often values fell below each bound, with their count and sum.
class Histogram {
 public:
  /// `bounds` are the upper bounds of the buckets (inclusive), ascending; +Inf is added.
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);

  struct Snapshot {
    std::vector<std::uint64_t> cumulative;  ///< One for each bound, then +Inf.
    std::uint64_t count = 0;
    double sum = 0;
  };
  Snapshot snapshot() const;
  const std::vector<double>& bounds() const { return bounds_; }

 private:
  struct alignas(64) Part {
    std::unique_ptr<std::atomic<std::uint64_t>[]> buckets;
    std::atomic<double> sum{0};
  };
  const std::vector<double> bounds_;
  std::array<Part, detail::kShards> parts_;
};

/// Upper bounds in seconds for requests and statements: 0.5 ms to 60 s.
std::vector<double> seconds_buckets();

enum class Kind { counter, gauge };

/// All metrics of one server. Thread-safe; objects live as long as the registry.
///
/// The same name and labels give the same object. Throws std::logic_error on a name or label that Prometheus does not
/// take, and on one name used for two kinds: those are bugs.
class Registry {
 public:
  Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds, Labels labels = {});
  /// A number read when the metrics are: `read` is called on the thread that calls `text`, and must not throw for
  /// long-lived reasons; if it does, the value is NaN.
  void callback(Kind kind, std::string_view name, std::string_view help, Labels labels, std::function<double()> read);

  /// All of it, by name. Source: Prometheus text exposition format 0.0.4.
  std::string text() const;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  enum class Type { counter, gauge, histogram };
  struct Series {
    Labels labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;
  };
  struct Family {
    std::string help;
    Type type = Type::counter;
    std::map<std::string, Series> series;  ///< By labels as text.
  };
  Series& series(std::string_view name, std::string_view help, Type type, Labels labels);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace wharf::metrics
