#include "renderers/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <locale>
#include <nlohmann/json.hpp>
#include <set>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/pose.h"
#include "core/rng.h"
#include "renderers/report/markup.h"
#include "renderers/report/metrics_table.h"
#include "renderers/report/training_report.h"

namespace rookery::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr char kHostile[] = "<script>alert('x')</script>&\"\xFF\x01";

// What is wrong with the nesting of tags; "" when nothing is. Every tag must be closed, either by
// itself ("/>") or by its partner, and every "&" must begin an entity.
std::string NestingError(const std::string& html) {
  std::vector<std::string> open;
  size_t i = html.find('\n') + 1;  // after the document type
  for (; i < html.size(); ++i) {
    if (html[i] == '&' && html.find(';', i) > i + 6) return "bare & at " + html.substr(i, 20);
    if (html[i] == '>') return "bare > at " + html.substr(i, 20);
    if (html[i] != '<') continue;
    size_t end = i + 1;
    for (bool quoted = false; end < html.size() && (quoted || html[end] != '>'); ++end) {
      if (html[end] == '"') quoted = !quoted;
      if (html[end] == '<') return "< within a tag at " + html.substr(i, 40);
    }
    if (end >= html.size()) return "open tag at the end";
    const std::string tag = html.substr(i + 1, end - i - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" \n/", 1));
    i = end;
    if (tag[0] == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return "unexpected <" + tag + ">";
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
      // Neither of these holds tags.
      if (name == "script" || name == "style") i = html.find("</" + name, end) - 1;
    }
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

std::set<std::string> AttributeValues(const std::string& html, const std::string& name) {
  std::set<std::string> out;
  const std::string start = " " + name + "=\"";
  for (size_t i = html.find(start); i != std::string::npos; i = html.find(start, i + 1)) {
    const size_t begin = i + start.size();
    out.insert(html.substr(begin, html.find('"', begin) - begin));
  }
  return out;
}

size_t Count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t i = text.find(what); i != std::string::npos; i = text.find(what, i + 1)) ++n;
  return n;
}

Array Filled(int64_t rows, int64_t columns, Rgb color) {
  Array out(DType::kUInt8, {rows, columns, 3});
  std::span<uint8_t> pixels = out.As<uint8_t>();
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = color[i % 3];
  return out;
}

// Everything a report can hold; all texts are `text`.
Report FullReport(const std::string& text) {
  Report report;
  report.kind = report.title = report.subtitle = report.dots_title = text;
  report.headlines = {{text, 0.984, kPercent, {0.951, 0.996}, {0, 1}, text},
                      {text, kUnknown, kScore, {}, {0, 1}, text}};
  report.dots = {{text, Tone::kGood, "row-1"}, {text, Tone::kBad, ""}};
  Picture picture{Filled(4, 8, {10, 20, 30}), text, text, {}, {}, {}};
  Mark label;
  label.kind = Mark::Kind::kText, label.text = text;
  picture.marks = {label, Mark{Mark::Kind::kRing, 2, 2, 0, 0, 1}};
  picture.legend = {{Mark::Kind::kRing, {1, 2, 3}, text}};
  picture.scales = {{text + "2", {{0, 0, 0}, {255, 255, 255}}, text, text}};
  LinePlot lines{text, text, text, text, {{text, {1, 2}, {3, 4}, {2, 3}, {4, 5}, true}}};
  lines.marks = {{1.5, text}};
  const BarPlot bars{text, text, {{text, 0.5, {0.4, 0.6}, text}}};
  const AnglePlot angles{text, text, {0.1, 0.7, 0.2}, 1.0};
  Card card{text, text, Tone::kGood, text, {}, "card-1"};
  card.visuals.emplace_back(picture);
  card.visuals.emplace_back(lines);
  card.visuals.emplace_back(bars);
  card.visuals.emplace_back(angles);
  Table table{text, {{text}, {text, kScore, 1}, {text, kScore, 0, true}}, {}};
  Row row;
  row.cells.emplace_back(uint64_t{1} << 63);
  row.cells.emplace_back(0.25);
  row.cells.emplace_back(text);
  row.tone = Tone::kBad, row.anchor = "row-1", row.link = "card-1";
  table.rows = {row};
  Section section{text, text, {}, false};
  section.blocks = {Text{text + "\n\n" + text, Tone::kNote}, Facts{text, {{text, text, text}}},
                    table, Gallery{text, {card}, 2}, Command{text, text}};
  report.sections = {section, section};
  report.sections[1].folded = true;
  auto& second = std::get<Gallery>(report.sections[1].blocks[3]);
  second.cards[0].anchor = "card-2";
  std::get<Table>(report.sections[1].blocks[2]).rows[0].anchor = "row-2";
  return report;
}

TEST(Report, PageIsWellFormedAndSelfContained) {
  const std::string html = ReportHtml(FullReport("some text"));
  EXPECT_EQ(NestingError(html), "");
  for (const std::string& source : AttributeValues(html, "src")) {
    EXPECT_EQ(source.rfind("data:image/png;base64,", 0), 0u) << source.substr(0, 60);
  }
  EXPECT_EQ(Count(html, "http://") + Count(html, "https://") + Count(html, "@import"), 0u);
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(html, HasSubstr("@media print"));
  EXPECT_THAT(html, HasSubstr("name=\"viewport\""));
  EXPECT_THAT(html, HasSubstr("98.4<span>\u00A0%</span>"));
  EXPECT_THAT(html, HasSubstr("95 % interval 95.1\u201399.6\u00A0%"));
  EXPECT_THAT(html, HasSubstr(">9223372036854775808</a>"));
}

TEST(Report, LinksWithinThePageLeadSomewhere) {
  const std::string html = ReportHtml(FullReport("some text"));
  const std::set<std::string> ids = AttributeValues(html, "id");
  EXPECT_TRUE(ids.contains("row-1") && ids.contains("card-1") && ids.contains("section-2"));
  EXPECT_EQ(ids.size(), Count(html, " id=\""));  // none twice
  for (const std::string& link : AttributeValues(html, "href")) {
    EXPECT_TRUE(link[0] != '#' || ids.contains(link.substr(1))) << link;
  }
}

TEST(Report, TextsCannotBecomeMarkup) {
  const std::string html = ReportHtml(FullReport(kHostile));
  EXPECT_EQ(NestingError(html), "");
  EXPECT_EQ(Count(html, "<script>"), 1u);  // our own
  EXPECT_THAT(html, Not(HasSubstr("alert('x')")));
  EXPECT_THAT(html, Not(HasSubstr("\xFF")));
  EXPECT_THAT(html, Not(HasSubstr("\x01")));
  EXPECT_EQ(html, CleanUtf8(html));
  const Json json = Json::parse(ReportJson(FullReport(kHostile)));
  EXPECT_EQ(json["report"]["title"], "<script>alert('x')</script>&\"\uFFFD\uFFFD");
}

TEST(Report, OnlyRelativePathsBecomeLinks) {
  Report report;
  report.sections = {{"",
                      "",
                      {Facts{"",
                             {{"a", "1", "film.mp4"},
                              {"b", "2", "javascript:alert(1)"},
                              {"c", "3", "//host/x"},
                              {"d", "4", "/etc/passwd"}}}}}};
  const std::set<std::string> links = AttributeValues(ReportHtml(report), "href");
  EXPECT_EQ(links, (std::set<std::string>{"data:,", "film.mp4"}));
}

TEST(Report, NothingToShowIsFine) {
  EXPECT_EQ(NestingError(ReportHtml(Report())), "");
  EXPECT_TRUE(Json::parse(ReportJson(Report()))["report"]["sections"].empty());
  Report report;
  Card card;
  card.visuals = {LinePlot(), BarPlot(), AnglePlot()};
  report.headlines = {Headline()};
  report.sections = {
      {"", "", {Text(), Facts(), Table(), Gallery(), Gallery{"", {card}}, Command()}}};
  const std::string html = ReportHtml(report);
  EXPECT_EQ(NestingError(html), "");
  EXPECT_EQ(Count(html, "Nothing to show."), 4u);
  EXPECT_EQ(Count(html, "no data"), 3u);
}

TEST(Report, NumbersThatAreNotFinite) {
  Report report = FullReport("t");
  report.headlines[0].interval_95 = {-kInfinity, kInfinity};
  report.headlines[0].value = kInfinity;
  Table& table = std::get<Table>(report.sections[0].blocks[2]);
  table.rows[0].cells[1] = kUnknown;
  auto& visuals = std::get<Gallery>(report.sections[0].blocks[3]).cards[0].visuals;
  auto& lines = std::get<LinePlot>(visuals[1]);
  lines.series = {{"s", {0, 1, kUnknown, 3, 4}, {1, kInfinity, 2, kUnknown, 5}}};
  std::get<BarPlot>(visuals[2]).bars = {{"b", kInfinity, {kUnknown, 1}, ""}, {"c", kUnknown}};
  std::get<AnglePlot>(visuals[3]) = {"", "", {kUnknown, kInfinity, 1}, kInfinity};
  std::get<Picture>(visuals[0]).marks = {Mark{Mark::Kind::kArrow, kUnknown, 1, kInfinity, 2}};
  const std::string html = ReportHtml(report);
  EXPECT_EQ(NestingError(html), "");
  EXPECT_EQ(
      Count(html, "=\"nan") + Count(html, "=\"inf") + Count(html, " nan ") + Count(html, "L-inf"),
      0u);
  const Json json = Json::parse(ReportJson(report))["report"];
  EXPECT_TRUE(json["headlines"][0]["value"].is_null());
  EXPECT_EQ(json["headlines"][0]["interval_95"], Json::parse("[null, null]"));
  EXPECT_TRUE(json["sections"][0]["blocks"][2]["rows"][0][1].is_null());
}

TEST(Report, TwinBeginsWithTheCallersKeys) {
  Report report = FullReport("text");
  report.json =
      R"({"mean_score": 0.984, "episodes": [{"seed": 18446744073709551615}], "agent": "x"})";
  const std::string text = ReportJson(report);
  const auto json = nlohmann::ordered_json::parse(text);
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"mean_score", "episodes", "agent", "report"}));
  EXPECT_EQ(json["episodes"][0]["seed"], std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(json["report"]["sections"][0]["blocks"][2]["rows"][0][0], uint64_t{1} << 63);
  EXPECT_EQ(json["report"]["sections"][0]["blocks"][3]["cards"][0]["visuals"][0]["width"], 8);
  for (const char* bad : {"[1]", "{", R"({"report": 1})"}) {
    report.json = bad;
    EXPECT_THROW(ReportJson(report), Bug) << bad;
  }
}

TEST(Report, SameDataSameBytesWhateverTheLocale) {
  const Report report = FullReport("text");
  const std::string html = ReportHtml(report), json = ReportJson(report);
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  EXPECT_EQ(ReportHtml(report), html);
  EXPECT_EQ(ReportJson(report), json);
  std::locale::global(before);
}

TEST(Report, HundredEpisodesWithTwelvePicturesStaySmall) {
  Report report;
  Table table{"", {{"seed"}, {"score", kScore, 1}, {"hash", kScore, 0, true}}, {}};
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Row row;
    row.cells.emplace_back(seed);
    row.cells.emplace_back(0.5);
    row.cells.emplace_back("0123456789abcdef");
    row.anchor = "row-" + std::to_string(seed);
    table.rows.push_back(row);
    report.dots.push_back({"seed", Tone::kGood, row.anchor});
  }
  Gallery gallery;
  Rng rng(1);
  for (int i = 0; i < 12; ++i) {
    Picture picture;
    picture.image = Array(DType::kUInt8, {160, 320, 3});  // noise: nothing is larger
    for (uint8_t& v : picture.image.As<uint8_t>()) v = static_cast<uint8_t>(rng.NextUInt64());
    Card card;
    card.visuals.emplace_back(picture);
    gallery.cards.push_back(card);
  }
  report.sections = {{"Pictures", "", {gallery}}, {"Episodes", "", {table}}};
  const std::string html = ReportHtml(report);
  EXPECT_EQ(NestingError(html), "");
  EXPECT_GT(html.size(), 12u * 160 * 320 * 3);
  EXPECT_LT(html.size(), 5u << 20);
}

TEST(Report, WritesBothFilesOrFails) {
  const std::string folder = ::testing::TempDir() + "/report_test";
  std::filesystem::remove_all(folder);
  EXPECT_THROW(WriteReport(folder, FullReport("x")), Failure);
  std::filesystem::create_directories(folder);
  WriteReport(folder, FullReport("x"));
  EXPECT_EQ(ReadFile(folder + "/report.html"), ReportHtml(FullReport("x")));
  EXPECT_EQ(ReadFile(folder + "/report.json"), ReportJson(FullReport("x")));
  Report broken = FullReport("y");
  std::get<Table>(broken.sections[0].blocks[2]).rows[0].cells.pop_back();
  EXPECT_THROW(WriteReport(folder, broken), Bug);
  EXPECT_EQ(ReadFile(folder + "/report.json"), ReportJson(FullReport("x")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 2);
}

TEST(Markup, Texts) {
  EXPECT_EQ(Escape("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(CleanUtf8("\u00e9\t\u20ac\U0001F600\n"), "\u00e9\t\u20ac\U0001F600\n");
  // Overlong, a surrogate, beyond Unicode, cut short.
  EXPECT_EQ(CleanUtf8("\xC0\x80"), "\uFFFD\uFFFD");
  EXPECT_EQ(CleanUtf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(CleanUtf8("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(CleanUtf8("a\xE2\x82"), "a\uFFFD\uFFFD");
  EXPECT_EQ(FixedText(-0.0004, 3), "0.000");
  EXPECT_EQ(FixedText(-1.25, 1), "\u22121.2");
  EXPECT_EQ(FixedText(kUnknown, 2), "\u2013");
  EXPECT_EQ(FixedText(-kInfinity, 2), "\u2212\u221E");
  EXPECT_EQ(NumberText(0.5, kPercent), "50.0\u00A0%");
  EXPECT_EQ(Coordinate(-0.001), "0");
  EXPECT_EQ(Coordinate(12.50), "12.5");
  EXPECT_EQ(Coordinate(100), "100");
  EXPECT_EQ(ScriptNumber(0.1), "0.1");
  EXPECT_EQ(Slug(" Where to Pick?! "), "where-to-pick");
  // RFC 4648, section 10.
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) EXPECT_EQ(Base64(plain), coded);
}

TEST(Plot, TicksAreRoundAndInside) {
  EXPECT_EQ(AxisTicks(0, 1, 5), (std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1}));
  EXPECT_EQ(AxisTicks(-3, 7, 5), (std::vector<double>{-2, 0, 2, 4, 6}));
  EXPECT_TRUE(AxisTicks(1, 1, 5).empty());
  EXPECT_TRUE(AxisTicks(0, kInfinity, 5).empty());
  EXPECT_LE(AxisTicks(1e15, 1e15 + 1, 5).size(), 1001u);
  EXPECT_EQ(LogAxisTicks(0.05, 12).size(), 8u);  // 0.05 0.1 0.2 0.5 1 2 5 10
  EXPECT_EQ(LogAxisTicks(1e-3, 1e3).size(), 7u);
  EXPECT_LE(LogAxisTicks(1e-30, 1e30).size(), 8u);
  EXPECT_TRUE(LogAxisTicks(-1, 1).empty());
}

// The path of the first line of a plot.
std::string LinePath(const LinePlot& plot) {
  const std::string svg = LinePlotSvg(plot);
  EXPECT_EQ(NestingError("\n" + svg), "");
  const size_t line = svg.find("\"line c0\"");
  if (line == std::string::npos) return "";
  const size_t begin = svg.find(" d=\"", line) + 4;
  return svg.substr(begin, svg.find('"', begin) - begin);
}

TEST(Plot, LinesHaveGapsWhereValuesCannotBeShown) {
  LinePlot plot;
  plot.series = {{"", {0, 1, 2, 3, 4}, {1, 2, kUnknown, 2, 1}}};
  EXPECT_EQ(Count(LinePath(plot), "M"), 2u);
  plot.series[0].y = {1, 10, 0, 100, -5};
  EXPECT_EQ(Count(LinePath(plot), "M"), 1u);
  plot.log_y = true;
  EXPECT_EQ(Count(LinePath(plot), "M"), 2u);
  plot.series[0].y = {-1, 0, kUnknown, -kInfinity, -5};
  EXPECT_EQ(LinePath(plot), "");
  plot.series[0].y = {1e308, -1e308, 1e-308, 0, 1};
  EXPECT_EQ(Count(LinePath(plot), "M"), 3u);
  plot.series[0].y.pop_back();
  EXPECT_THROW(LinePlotSvg(plot), Bug);
}

TEST(Plot, LongSeriesKeepTheirExtremes) {
  LinePlot plot;
  Series series;
  for (int i = 0; i < 100000; ++i) {
    series.x.push_back(i);
    series.y.push_back(i == 54321 ? 10.0 : std::sin(i * 0.001));
  }
  plot.series = {series};
  plot.y_range = {-1, 10};
  const std::string path = LinePath(plot);
  EXPECT_LT(Count(path, "L"), 500u);
  EXPECT_THAT(path, HasSubstr(" 12L"));  // the top of the axis
}

TEST(Plot, AnglesPointAsInTablePictures) {
  // One score at 90 degrees: to the right. SVG: x right, y down, centre (100, 100).
  const std::string svg = AnglePlotSvg({"", "", {0, 1, 0, 0}, kPi / 2});
  EXPECT_EQ(Count(svg, "\"bar c1\""), 1u);
  EXPECT_EQ(Count(svg, "\"bar c0\""), 0u);
  EXPECT_THAT(svg, HasSubstr("class=\"chosen\" d=\"M177 100L186 100\""));
  EXPECT_THAT(AnglePlotSvg({"", "", {1, 0, 0, 0}, -2 * kPi}), HasSubstr("d=\"M100 177L100 186\""));
}

class MetricsFile : public ::testing::Test {
 protected:
  MetricsTable Read(const std::string& text) {
    std::ofstream(path_) << text;
    return ReadMetrics(path_);
  }
  std::string path_ = ::testing::TempDir() + "/report_test_metrics.csv";
};

TEST_F(MetricsFile, IsReadWithGaps) {
  const MetricsTable table = Read("step,loss/a,late\n1,0.5\r\n2,,7e-3\n\n3,nan,inf\n");
  ASSERT_NE(table.Find("late"), nullptr);
  EXPECT_EQ(table.Find("never"), nullptr);
  EXPECT_EQ(*table.Find("step"), (std::vector<double>{1, 2, 3}));
  EXPECT_TRUE(std::isnan((*table.Find("late"))[0]));
  EXPECT_EQ((*table.Find("late"))[1], 0.007);
  EXPECT_TRUE(std::isnan((*table.Find("loss/a"))[1]));
  EXPECT_TRUE(Read("").names.empty());
  for (const char* bad : {"step,a\n1,x\n", "step\n1,2\n"}) {
    try {
      Read(bad);
      FAIL() << bad;
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr("line 2"));
    }
  }
  EXPECT_THROW(ReadMetrics(path_ + ".missing"), UserError);
}

TEST_F(MetricsFile, BecomesCurvesAndAReport) {
  std::string text = "step,time/s,loss/a,constant,validation/score\n";
  for (int i = 1; i <= 200; ++i) {
    text += std::to_string(i) + "," + std::to_string(i % 7) + "," +
            std::to_string(10 * std::exp(-i / 30.0)) + ",3," + (i % 50 == 0 ? "0.975" : "") + "\n";
  }
  TrainingFacts facts;
  facts.env = "E", facts.agent = "A", facts.metrics = Read(text);
  const std::vector<LinePlot> plots = MetricPlots(facts.metrics);
  ASSERT_EQ(plots.size(), 2u);
  EXPECT_EQ(plots[0].title, "loss/a");  // losses first
  EXPECT_TRUE(plots[0].log_y);
  EXPECT_FALSE(plots[1].log_y);
  ASSERT_EQ(plots[1].series[0].y.size(), 200u);
  EXPECT_DOUBLE_EQ(plots[1].series[0].y[99], 36 / 11.0);  // of i mod 7 for i = 95 ... 105
  EXPECT_LT(plots[0].series[0].low[50], plots[0].series[0].high[50]);

  facts.result.steps = 200, facts.result.best_step = 150, facts.result.best_score = 0.975;
  facts.asked_steps = 400, facts.validation_episodes = 40;
  const Report report = TrainingReport(facts);
  EXPECT_EQ(report.headlines[0].value, 0.975);
  EXPECT_NEAR(report.headlines[0].interval_95.low, 0.871, 0.001);  // 39 of 40, Wilson
  const std::string html = ReportHtml(report);
  EXPECT_EQ(NestingError(html), "");
  EXPECT_THAT(html, HasSubstr("Stopped early: 200 of 400 updates"));
  const Json json = Json::parse(ReportJson(report));
  EXPECT_EQ(json["validation"].size(), 4u);
  EXPECT_EQ(json["best_step"], 150);

  facts.metrics = {}, facts.result.best_score = kUnknown;
  EXPECT_THAT(ReportHtml(TrainingReport(facts)), HasSubstr("No metric was written."));
  EXPECT_TRUE(Json::parse(TrainingJson(facts))["best_score"].is_null());
}

}  // namespace
}  // namespace rookery::report
