#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace wharf::metrics {
namespace {

bool is_name(std::string_view name, bool colon_allowed) {
  const auto letter = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colon_allowed && c == ':');
  };
  const auto follows = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front()) && std::ranges::all_of(name, follows);
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out.push_back(c);
    }
  }
}

/// `a="b",c="d"`, in the order of the names; empty without labels.
std::string labels_text(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!text.empty()) text.push_back(',');
    text.append(name).append("=\"");
    append_escaped(text, value, true);
    text.push_back('"');
  }
  return text;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

void append_sample(std::string& out, std::string_view name, std::string_view labels, std::string_view value) {
  out += name;
  if (!labels.empty()) out.append(1, '{').append(labels).append(1, '}');
  out.append(1, ' ').append(value).append(1, '\n');
}

}  // namespace

std::size_t detail::shard_of_this_thread() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % kShards;
  return mine;
}

std::uint64_t Counter::value() const {
  std::uint64_t sum = 0;
  for (const auto& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
  return sum;
}

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)) {
  if (!std::ranges::is_sorted(bounds_, std::less_equal<>())) throw std::logic_error("histogram bounds must ascend");
  for (auto& part : parts_) part.buckets = std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1);
}

void Histogram::observe(double value) {
  const auto bucket = static_cast<std::size_t>(std::ranges::lower_bound(bounds_, value) - bounds_.begin());
  auto& part = parts_[detail::shard_of_this_thread()];
  part.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
  part.sum.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
  Snapshot result;
  result.cumulative.assign(bounds_.size() + 1, 0);
  for (const auto& part : parts_) {
    for (std::size_t i = 0; i <= bounds_.size(); ++i) {
      result.cumulative[i] += part.buckets[i].load(std::memory_order_relaxed);
    }
    result.sum += part.sum.load(std::memory_order_relaxed);
  }
  for (auto& sum : result.cumulative) sum = result.count += sum;
  return result;
}

std::vector<double> seconds_buckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
}

Registry::Series& Registry::series(std::string_view name, std::string_view help, Type type, Labels labels) {
  const auto bug = [&](const char* what) { return std::logic_error(std::string(name) + ": " + what); };
  if (!is_name(name, true)) throw bug("not a metric name");
  std::ranges::sort(labels);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto& label = labels[i].first;
    if (!is_name(label, false) || label.starts_with("__")) throw bug("not a label name");
    if (type == Type::histogram && label == "le") throw bug("le is the histogram's own label");
    if (i > 0 && labels[i - 1].first == label) throw bug("a label stands twice");
  }
  const auto [entry, is_new] = families_.try_emplace(std::string(name));
  auto& family = entry->second;
  if (is_new) {
    family.help = help;
    family.type = type;
  }
  if (family.type != type) throw bug("used for two kinds of metric");
  auto key = labels_text(labels);
  auto& found = family.series[std::move(key)];
  found.labels = std::move(labels);
  return found;
}

Counter& Registry::counter(std::string_view name, std::string_view help, Labels labels) {
  const std::lock_guard lock(mutex_);
  auto& it = series(name, help, Type::counter, std::move(labels));
  if (!it.counter) it.counter = std::make_unique<Counter>();
  return *it.counter;
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, Labels labels) {
  const std::lock_guard lock(mutex_);
  auto& it = series(name, help, Type::gauge, std::move(labels));
  if (!it.gauge) it.gauge = std::make_unique<Gauge>();
  return *it.gauge;
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                               Labels labels) {
  auto fresh = std::make_unique<Histogram>(std::move(bounds));  // throws on bad bounds before anything is registered
  const std::lock_guard lock(mutex_);
  auto& it = series(name, help, Type::histogram, std::move(labels));
  if (!it.histogram) it.histogram = std::move(fresh);
  return *it.histogram;
}

void Registry::callback(Kind kind, std::string_view name, std::string_view help, Labels labels,
                        std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  const auto type = kind == Kind::counter ? Type::counter : Type::gauge;
  series(name, help, type, std::move(labels)).read = std::move(read);
}

std::string Registry::text() const {
  constexpr std::array<std::string_view, 3> kTypes = {"counter", "gauge", "histogram"};
  std::string out;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, family] : families_) {
    out.append("# HELP ").append(name).append(1, ' ');
    append_escaped(out, family.help, false);
    out.append("\n# TYPE ").append(name).append(1, ' ');
    out.append(kTypes[static_cast<std::size_t>(family.type)]).append(1, '\n');
    for (const auto& [labels, series] : family.series) {
      if (series.read) {
        double value = std::numeric_limits<double>::quiet_NaN();
        try {
          value = series.read();
        } catch (const std::exception&) {
          // One source that fails must not hide the others.
        }
        append_sample(out, name, labels, number_text(value));
      } else if (series.counter) {
        append_sample(out, name, labels, std::to_string(series.counter->value()));
      } else if (series.gauge) {
        append_sample(out, name, labels, number_text(series.gauge->value()));
      } else if (series.histogram) {
        const auto now = series.histogram->snapshot();
        const auto& bounds = series.histogram->bounds();
        const auto comma = labels.empty() ? std::string() : labels + ',';
        for (std::size_t i = 0; i < now.cumulative.size(); ++i) {
          const auto bound = i < bounds.size() ? number_text(bounds[i]) : "+Inf";
          append_sample(out, name + "_bucket", comma + "le=\"" + bound + '"', std::to_string(now.cumulative[i]));
        }
        append_sample(out, name + "_sum", labels, number_text(now.sum));
        append_sample(out, name + "_count", labels, std::to_string(now.count));
      }
    }
  }
  return out;
}

}  // namespace wharf::metrics
