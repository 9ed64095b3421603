#include "core/metrics_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <cstring>
#include <limits>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/event_file.h"
#include "core/log.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Another reading of the event format, written from its description and bit by bit where it can
// be: it shares nothing with the writer.
uint32_t SlowCrc32c(const std::string& bytes) {
  uint64_t polynomial = 0x11EDC6F41, remainder = 0xffffffff;
  for (const char byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      const uint64_t in = (static_cast<uint8_t>(byte) >> bit) & 1;
      remainder = (remainder << 1) ^ (in << 32);
      if ((remainder >> 32) & 1) remainder ^= polynomial;
    }
  }
  uint32_t mirrored = 0;
  for (int bit = 0; bit < 32; ++bit) {
    if ((remainder >> bit) & 1) mirrored |= 1U << (31 - bit);
  }
  return ~mirrored;
}

struct Event {
  std::string version;
  int64_t step = 0;
  double wall_time = 0;
  std::vector<std::pair<std::string, float>> values;
};

class ProtoReader {
 public:
  explicit ProtoReader(std::string bytes) : bytes_(std::move(bytes)) {}
  bool Next() {
    if (at_ >= bytes_.size()) return false;
    const uint64_t key = Varint();
    field = static_cast<int>(key >> 3);
    switch (key & 7) {
      case 0:
        number = Varint();
        break;
      case 1:
        text = Take(8);
        break;
      case 2:
        text = Take(Varint());
        break;
      case 5:
        text = Take(4);
        break;
      default:
        throw Failure("unknown wire type");
    }
    return true;
  }
  int field = 0;
  uint64_t number = 0;
  std::string text;

 private:
  uint64_t Varint() {
    uint64_t value = 0, factor = 1;
    while (true) {
      const auto byte = static_cast<uint8_t>(bytes_.at(at_++));
      value += (byte % 128) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }
  std::string Take(size_t n) {
    if (n > bytes_.size() - at_) throw Failure("field is longer than its message");
    at_ += n;
    return bytes_.substr(at_ - n, n);
  }
  std::string bytes_;
  size_t at_ = 0;
};

template <typename T>
T Raw(const std::string& bytes) {
  T value;
  if (bytes.size() != sizeof(value)) throw Failure("wrong size");
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

std::vector<Event> ReadEvents(const std::string& path) {
  const std::string bytes = ReadFile(path);
  std::vector<Event> events;
  for (size_t at = 0; at < bytes.size();) {
    const auto masked = [](const std::string& data) {
      const uint32_t crc = SlowCrc32c(data);
      return (crc << 17 | crc >> 15) + 0xa282ead8U;
    };
    const std::string length = bytes.substr(at, 8);
    const auto size = Raw<uint64_t>(length);
    EXPECT_EQ(Raw<uint32_t>(bytes.substr(at + 8, 4)), masked(length));
    const std::string data = bytes.substr(at + 12, size);
    EXPECT_EQ(Raw<uint32_t>(bytes.substr(at + 12 + size, 4)), masked(data));
    at += 16 + size;
    Event event;
    for (ProtoReader in(data); in.Next();) {
      if (in.field == 1) event.wall_time = Raw<double>(in.text);
      if (in.field == 2) event.step = static_cast<int64_t>(in.number);
      if (in.field == 3) event.version = in.text;
      if (in.field != 5) continue;
      for (ProtoReader summary(in.text); summary.Next();) {
        auto& [tag, value] = event.values.emplace_back();
        for (ProtoReader scalar(summary.text); scalar.Next();) {
          if (scalar.field == 1) tag = scalar.text;
          if (scalar.field == 2) value = Raw<float>(scalar.text);
        }
      }
    }
    events.push_back(event);
  }
  return events;
}

class MetricsWriterTest : public ::testing::Test {
 protected:
  MetricsWriterTest() {
    SetLogLevel(LogLevel::kError);  // expected warnings are counted, not shown
    SetLogSink([this](LogLevel level, const std::string& message) {
      if (level == LogLevel::kWarning) warnings_.push_back(message);
    });
  }
  ~MetricsWriterTest() override {
    SetLogSink(nullptr);
    SetLogLevel(LogLevel::kInfo);
  }
  std::string Csv() const { return ReadFile(folder_.path() + "/metrics.csv"); }
  std::string EventPath() const {
    return folder_.path() + "/events.out.tfevents.0000000000.rookery";
  }
  std::vector<int64_t> EventSteps() const {
    std::vector<int64_t> steps;
    for (const Event& event : ReadEvents(EventPath())) steps.push_back(event.step);
    return steps;
  }

  testing::TempFolder folder_;
  std::vector<std::string> warnings_;
};

// What a training of `steps` updates logs, columns appearing over time.
void WriteRun(MetricsWriter* writer, int64_t from, int64_t to) {
  for (int64_t step = from; step <= to; ++step) {
    const auto x = static_cast<double>(step);
    writer->Write(step, {{"loss/a", 1 / x}, {"loss/b", x * 0.1}});
    if (step >= 3) writer->Write(step, {{"late", std::sqrt(x)}});
    if (step % 4 == 0) writer->Write(step, {{"validation/score", x / 7}});
  }
}

TEST(Crc32c, IsTheCastagnoliChecksum) {
  // RFC 3720, appendix B.4.
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(SlowCrc32c("123456789"), 0xe3069283U);
}

TEST_F(MetricsWriterTest, OneRowPerStepAndColumnsGrow) {
  MetricsWriter writer(folder_.path());
  EXPECT_EQ(Csv(), "step\n");
  writer.Write(1, {{"a", 0.1}, {"b", 2}});
  EXPECT_EQ(Csv(), "step,a,b\n1,0.1,2\n") << "on disk at once";
  writer.Write(2, {{"b", -1e-300}});
  writer.Write(3, {{"c", std::nan("")}, {"a", 1e22}});
  writer.Write(3, {{"b", std::numeric_limits<double>::infinity()}, {"a", 0.30000000000000004}});
  writer.Write(4, {});
  EXPECT_EQ(Csv(), "step,a,b,c\n1,0.1,2,\n2,,-1e-300,\n3,0.30000000000000004,inf,nan\n4,,,\n");
}

TEST_F(MetricsWriterTest, NamesThatBreakTheFileAreRefused) {
  MetricsWriter writer(folder_.path());
  for (const char* name : {"", "step", "a,b", "a\"", "a\nb"}) {
    EXPECT_THROW(writer.Write(1, {{name, 1}}), UserError) << name;
  }
  EXPECT_EQ(Csv(), "step\n");
}

TEST_F(MetricsWriterTest, EventsAreFramedScalars) {
  MetricsWriter writer(folder_.path());
  writer.Write(1, {{"loss/a", 0.5}, {"b", -2}});
  writer.Write(300, {{"b", 1e300}});
  writer.Flush();
  const std::vector<Event> events = ReadEvents(EventPath());
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].version, "brain.Event:2");
  EXPECT_EQ(events[1].step, 1);
  EXPECT_THAT(events[1].values, ElementsAre(std::pair("loss/a", 0.5F), std::pair("b", -2.0F)));
  EXPECT_EQ(events[2].step, 300);
  EXPECT_EQ(events[2].values[0].second, std::numeric_limits<float>::infinity());
  EXPECT_GT(events[2].wall_time, 1.5e9);
}

TEST_F(MetricsWriterTest, AResumedRunLeavesTheFileOfAnUninterruptedOne) {
  {
    MetricsWriter whole(folder_.path());
    WriteRun(&whole, 1, 12);
  }
  const std::string expected = Csv();
  const std::vector<int64_t> expected_steps = EventSteps();
  EXPECT_THAT(expected, HasSubstr("step,loss/a,loss/b,late,validation/score\n"));
  for (const int64_t stopped : {0, 2, 3, 5, 12}) {
    for (int64_t checkpoint = 0; checkpoint <= stopped; ++checkpoint) {
      testing::TempFolder folder;
      {
        MetricsWriter first(folder.path());
        WriteRun(&first, 1, stopped);
      }
      MetricsWriter second(folder.path(), checkpoint);
      WriteRun(&second, checkpoint + 1, 12);
      ASSERT_EQ(ReadFile(folder.path() + "/metrics.csv"), expected)
          << "stopped after " << stopped << ", resumed after " << checkpoint;
      std::vector<int64_t> steps;
      for (const Event& event :
           ReadEvents(folder.path() + "/events.out.tfevents.0000000000.rookery")) {
        steps.push_back(event.step);
      }
      ASSERT_EQ(steps, expected_steps);
    }
  }
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(MetricsWriterTest, AResumedRunMayExtendItsLastRow) {
  MetricsWriter(folder_.path()).Write(5, {{"loss", 0.25}});
  MetricsWriter(folder_.path(), 5).Write(5, {{"validation/score", 90.5}});
  EXPECT_EQ(Csv(), "step,loss,validation/score\n5,0.25,90.5\n");
}

TEST_F(MetricsWriterTest, StartingAnewDropsEverything) {
  { MetricsWriter(folder_.path()).Write(5, {{"loss", 0.25}}); }
  const MetricsWriter again(folder_.path());
  EXPECT_EQ(Csv(), "step\n");
  EXPECT_EQ(EventSteps().size(), 1U);
}

TEST_F(MetricsWriterTest, AHalfWrittenEndIsDropped) {
  {
    MetricsWriter writer(folder_.path());
    WriteRun(&writer, 1, 2);
  }
  const std::string csv = Csv(), events = ReadFile(EventPath());
  const size_t csv_kept = csv.rfind('\n', csv.size() - 2) + 1;
  for (size_t cut = 1; cut < csv.size() - csv_kept; ++cut) {
    folder_.Write("metrics.csv", csv.substr(0, csv.size() - cut));
    const MetricsWriter writer(folder_.path(), 9);
    ASSERT_EQ(Csv(), csv.substr(0, csv_kept));
  }
  warnings_.clear();
  for (size_t cut = 1; cut < 40; ++cut) {
    folder_.Write("events.out.tfevents.0000000000.rookery", events.substr(0, events.size() - cut));
    { MetricsWriter writer(folder_.path(), 9); }
    ASSERT_THAT(EventSteps(), ElementsAre(0, 1));
    ASSERT_EQ(warnings_.size(), cut);
  }
  EXPECT_THAT(warnings_[0], HasSubstr("are damaged and were dropped"));
}

TEST_F(MetricsWriterTest, AForeignCsvIsAnErrorThatNamesTheLine) {
  const auto error = [&](const std::string& contents) -> std::string {
    folder_.Write("metrics.csv", contents);
    try {
      const MetricsWriter writer(folder_.path(), 100);
    } catch (const UserError& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_THAT(error("time,loss\n1,2\n"),
              HasSubstr("metrics.csv:1: expected a header that begins with 'step', found 'time'"));
  EXPECT_THAT(error("step,loss\n1,2\n1,2,3\n"),
              HasSubstr("metrics.csv:3: expected 2 cells, found 3"));
  EXPECT_THAT(error("step,loss\nx,2\n"), HasSubstr("metrics.csv:2: 'x' is not a number"));
  EXPECT_THAT(error("step,loss\n1,2 \n"), HasSubstr("metrics.csv:2: '2 ' is not a number"));
  EXPECT_THROW(MetricsWriter(folder_.path() + "/absent"), Failure);
}

// A limit on the size of files stands in for a full disk.
TEST_F(MetricsWriterTest, AFullDiskDoesNotEndTheRun) {
  MetricsWriter writer(folder_.path());
  writer.Write(1, {{"a", 1}});
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tiny = {3, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tiny), 0);
  writer.Write(2, {{"a", 2}});
  writer.Write(3, {{"a", 3}, {"new", 3}});
  writer.Flush();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(warnings_.size(), 1U) << "one a minute";
  EXPECT_THAT(warnings_.at(0), HasSubstr("metrics.csv: File too large; the run continues"));
  EXPECT_EQ(Csv(), "step,a\n1,1\n") << "no half rows";
  writer.Write(4, {{"a", 4}});
  // Five failed: two rows, their events, and the flush.
  EXPECT_EQ(Csv(), "step,a,new,log/errors\n1,1,,\n2,2,,\n3,3,3,2\n4,4,,5\n") << "nothing was lost";
  EXPECT_THAT(EventSteps(), ElementsAre(0, 1, 4)) << "events of a full disk are lost, whole";
}

}  // namespace
}  // namespace rookery
