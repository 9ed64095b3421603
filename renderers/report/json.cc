#include <cmath>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"
#include "renderers/report/markup.h"
#include "renderers/report/report.h"

namespace rookery::report {
namespace {

using Json = nlohmann::ordered_json;

Json Number(double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); }
Json String(const std::string& text) { return CleanUtf8(text); }

Json Numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double v : values) out.push_back(Number(v));
  return out;
}

Json Pair(const Interval& interval) {
  if (!interval.known()) return nullptr;
  return Json::array({Number(interval.low), Number(interval.high)});
}

const char* ToneName(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return "good";
    case Tone::kBad:
      return "bad";
    case Tone::kNote:
      return "note";
    case Tone::kPlain:
      break;
  }
  return "plain";
}

Json CellJson(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return String(*text);
  if (const auto* real = std::get_if<double>(&cell)) return Number(*real);
  return std::visit([](const auto& v) { return Json(v); }, cell);
}

Json VisualJson(const Picture& picture) {
  Json out = {
      {"type", "picture"}, {"title", String(picture.title)}, {"caption", String(picture.caption)}};
  out["height"] = picture.image.shape().at(0);
  out["width"] = picture.image.shape().at(1);
  return out;
}

Json VisualJson(const LinePlot& plot) {
  Json series = Json::array();
  for (const Series& s : plot.series) {
    Json one = {{"name", String(s.name)}, {"x", Numbers(s.x)}, {"y", Numbers(s.y)}};
    if (!s.low.empty()) one["low"] = Numbers(s.low), one["high"] = Numbers(s.high);
    series.push_back(std::move(one));
  }
  Json marks = Json::array();
  for (const auto& [x, text] : plot.marks)
    marks.push_back({{"x", Number(x)}, {"text", String(text)}});
  return {{"type", "line_plot"},
          {"title", String(plot.title)},
          {"caption", String(plot.caption)},
          {"x_label", String(plot.x_label)},
          {"y_label", String(plot.y_label)},
          {"series", std::move(series)},
          {"marks", std::move(marks)}};
}

Json VisualJson(const BarPlot& plot) {
  Json bars = Json::array();
  for (const Bar& bar : plot.bars) {
    bars.push_back({{"label", String(bar.label)},
                    {"value", Number(bar.value)},
                    {"interval", Pair(bar.interval)},
                    {"note", String(bar.note)}});
  }
  return {{"type", "bar_plot"},
          {"title", String(plot.title)},
          {"caption", String(plot.caption)},
          {"bars", std::move(bars)}};
}

Json VisualJson(const AnglePlot& plot) {
  return {{"type", "angle_plot"},
          {"title", String(plot.title)},
          {"caption", String(plot.caption)},
          {"scores", Numbers(plot.scores)},
          {"chosen_rad", Number(plot.chosen)}};
}

Json BlockJson(const Text& text) {
  return {{"type", "text"}, {"tone", ToneName(text.tone)}, {"text", String(text.text)}};
}

Json BlockJson(const Facts& facts) {
  Json list = Json::array();
  for (const Fact& fact : facts.facts) {
    Json one = {{"name", String(fact.name)}, {"value", String(fact.value)}};
    if (!fact.link.empty()) one["link"] = String(fact.link);
    list.push_back(std::move(one));
  }
  return {{"type", "facts"}, {"title", String(facts.title)}, {"facts", std::move(list)}};
}

Json BlockJson(const Table& table) {
  Json columns = Json::array(), rows = Json::array();
  for (const Column& column : table.columns) columns.push_back(String(column.name));
  for (const Row& row : table.rows) {
    ROOKERY_CHECK_EQ(row.cells.size(), table.columns.size());
    Json cells = Json::array();
    for (const Cell& cell : row.cells) cells.push_back(CellJson(cell));
    rows.push_back(std::move(cells));
  }
  return {{"type", "table"},
          {"title", String(table.title)},
          {"columns", std::move(columns)},
          {"rows", std::move(rows)}};
}

Json BlockJson(const Gallery& gallery) {
  Json cards = Json::array();
  for (const Card& card : gallery.cards) {
    Json visuals = Json::array();
    for (const Visual& visual : card.visuals) {
      visuals.push_back(std::visit([](const auto& v) { return VisualJson(v); }, visual));
    }
    cards.push_back({{"title", String(card.title)},
                     {"badge", String(card.badge)},
                     {"tone", ToneName(card.tone)},
                     {"text", String(card.text)},
                     {"visuals", std::move(visuals)}});
  }
  return {{"type", "gallery"}, {"title", String(gallery.title)}, {"cards", std::move(cards)}};
}

Json BlockJson(const Command& command) {
  return {{"type", "command"}, {"title", String(command.title)}, {"text", String(command.text)}};
}

}  // namespace

std::string ReportJson(const Report& report) {
  Json out = Json::object();
  if (!report.json.empty()) {
    out = Json::parse(report.json, nullptr, /*allow_exceptions=*/false);
    ROOKERY_CHECK(out.is_object());
    ROOKERY_CHECK(!out.contains("report"));
  }
  Json headlines = Json::array(), dots = Json::array(), sections = Json::array();
  for (const Headline& h : report.headlines) {
    headlines.push_back({{"label", String(h.label)},
                         {"value", Number(h.value)},
                         {"interval_95", Pair(h.interval_95)},
                         {"note", String(h.note)}});
  }
  for (const Dot& dot : report.dots) {
    dots.push_back({{"label", String(dot.label)}, {"tone", ToneName(dot.tone)}});
  }
  for (const Section& section : report.sections) {
    Json blocks = Json::array();
    for (const Block& block : section.blocks) {
      blocks.push_back(std::visit([](const auto& b) { return BlockJson(b); }, block));
    }
    sections.push_back({{"title", String(section.title)},
                        {"lead", String(section.lead)},
                        {"blocks", std::move(blocks)}});
  }
  out["report"] = {{"kind", String(report.kind)},
                   {"title", String(report.title)},
                   {"subtitle", String(report.subtitle)},
                   {"headlines", std::move(headlines)},
                   {"dots", std::move(dots)},
                   {"sections", std::move(sections)}};
  // One key per line: short, and still readable.
  std::string text = "{\n";
  for (const auto& [key, value] : out.items()) {
    text += (text.size() > 2 ? ",\n" : "") + Json(key).dump() + ": " + value.dump();
  }
  return text + "\n}\n";
}

void WriteReport(const std::string& folder, const Report& report) {
  // Both texts first: a report that cannot be made leaves no half of itself.
  const std::string html = ReportHtml(report), json = ReportJson(report);
  WriteFileAtomic(folder + "/report.json", json);
  WriteFileAtomic(folder + "/report.html", html);
}

}  // namespace rookery::report
