#include "base/metrics.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <thread>

namespace wharf::metrics {
namespace {

TEST(Metrics, TextInTheFormOfPrometheus) {
  Registry registry;
  registry.counter("wharf_requests_total", "Requests.", {{"verb", "get"}, {"code", "200"}}).add(3);
  registry.counter("wharf_requests_total", "ignored", {{"verb", "put"}, {"code", "201"}}).add();
  registry.gauge("wharf_open", "Open connections.").set(2.5);
  auto& seconds = registry.histogram("wharf_seconds", "Time.", {0.1, 1}, {{"route", "tags"}});
  for (const double value : {0.05, 0.1, 0.5, 7.0}) seconds.observe(value);
  registry.callback(Kind::gauge, "wharf_a", "Read when asked.", {}, [] { return 1e9; });
  EXPECT_EQ(registry.text(), R"(# HELP wharf_a Read when asked.
# TYPE wharf_a gauge
wharf_a 1000000000
# HELP wharf_open Open connections.
# TYPE wharf_open gauge
wharf_open 2.5
# HELP wharf_requests_total Requests.
# TYPE wharf_requests_total counter
wharf_requests_total{code="200",verb="get"} 3
wharf_requests_total{code="201",verb="put"} 1
# HELP wharf_seconds Time.
# TYPE wharf_seconds histogram
wharf_seconds_bucket{route="tags",le="0.1"} 2
wharf_seconds_bucket{route="tags",le="1"} 3
wharf_seconds_bucket{route="tags",le="+Inf"} 4
wharf_seconds_sum{route="tags"} 7.65
wharf_seconds_count{route="tags"} 4
)");
}

TEST(Metrics, EscapesLabelsAndHelp) {
  Registry registry;
  registry.counter("a", "line\nnext \\ \"quoted\"", {{"l", "x\\y\"z\nw"}});
  EXPECT_EQ(registry.text(), "# HELP a line\\nnext \\\\ \"quoted\"\n# TYPE a counter\na{l=\"x\\\\y\\\"z\\nw\"} 0\n");
}

TEST(Metrics, TheSameNameAndLabelsAreOneObject) {
  Registry registry;
  auto& first = registry.counter("a", "", {{"x", "1"}, {"y", "2"}});
  EXPECT_EQ(&first, &registry.counter("a", "", {{"y", "2"}, {"x", "1"}}));
  EXPECT_NE(&first, &registry.counter("a", "", {{"x", "2"}, {"y", "1"}}));
}

TEST(Metrics, RefuseNamesThatCannotBe) {
  Registry registry;
  registry.counter("taken", "");
  EXPECT_THROW(registry.gauge("taken", ""), std::logic_error);
  for (const auto* name : {"", "1a", "a-b", "a b", "ä", "a\n"}) {
    EXPECT_THROW(registry.counter(name, ""), std::logic_error) << name;
  }
  for (const auto* label : {"", "1a", "a-b", "a:b", "__a"}) {
    EXPECT_THROW(registry.counter("a", "", {{label, "x"}}), std::logic_error) << label;
  }
  EXPECT_THROW(registry.counter("a", "", {{"x", "1"}, {"x", "2"}}), std::logic_error);
  EXPECT_THROW(registry.histogram("h", "", {1}, {{"le", "1"}}), std::logic_error);
  EXPECT_THROW(registry.histogram("i", "", {2, 1}), std::logic_error);
  EXPECT_THROW(registry.histogram("j", "", {1, 1}), std::logic_error);
}

TEST(Metrics, RefusedOnesLeaveNothingBehind) {
  Registry registry;
  EXPECT_THROW(registry.histogram("i", "", {2, 1}), std::logic_error);
  EXPECT_THROW(registry.counter("a-b", ""), std::logic_error);
  EXPECT_EQ(registry.text(), "");
}

TEST(Metrics, OddNumbers) {
  Registry registry;
  registry.gauge("a", "").set(std::numeric_limits<double>::infinity());
  registry.gauge("b", "").set(-std::numeric_limits<double>::infinity());
  registry.callback(Kind::counter, "c", "", {}, []() -> double { throw std::runtime_error("gone"); });
  registry.gauge("d", "").add(-0.5);
  const auto text = registry.text();
  for (const auto* line : {"\na +Inf\n", "\nb -Inf\n", "\nc NaN\n", "\nd -0.5\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

TEST(Metrics, CountEveryAdditionOfEveryThread) {
  Registry registry;
  auto& counter = registry.counter("c", "");
  auto& gauge = registry.gauge("g", "");
  auto& histogram = registry.histogram("h", "", {10, 100});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        counter.add(2);
        gauge.add(1);
        histogram.observe(i % 200);
        if (i % 1000 == 0) static_cast<void>(registry.text());
      }
    });
  }
  threads.clear();
  EXPECT_EQ(counter.value(), 120'000u);
  EXPECT_EQ(gauge.value(), 60'000);
  const auto now = histogram.snapshot();
  EXPECT_EQ(now.count, 60'000u);
  EXPECT_EQ(now.cumulative, (std::vector<std::uint64_t>{3300, 30'300, 60'000}));
  EXPECT_EQ(now.sum, 60'000 * 99.5);
}

}  // namespace
}  // namespace wharf::metrics
