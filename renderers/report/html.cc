#include <algorithm>
#include <cmath>
#include <type_traits>

#include "core/error.h"
#include "renderers/report/mark_shapes.h"
#include "renderers/report/markup.h"
#include "renderers/report/report.h"
#include "renderers/report/style.h"

namespace rookery::report {
namespace {

constexpr double kPageWidth = 1064;    // CSS px, of the style sheet's widest page
constexpr double kVisualHeight = 195;  // wished for; visuals of a row share one height
constexpr double kMaxVisualHeight = 290, kMinVisualHeight = 120, kGap = 14;
constexpr size_t kManyDots = 300, kManyRows = 12;
constexpr size_t kLongFact = 44;  // characters; longer ones get a line of their own

const char* ToneClass(Tone tone) {
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
  return "";
}

std::string Tag(const std::string& name, const std::string& css, const std::string& inner) {
  return "<" + name + (css.empty() ? "" : " class=\"" + css + "\"") + ">" + inner + "</" + name +
         ">";
}

// "" for an empty text.
std::string TextTag(const std::string& name, const std::string& css, const std::string& text) {
  return text.empty() ? "" : Tag(name, css, Escape(text));
}

std::string Id(const std::string& anchor) {
  const std::string slug = Slug(anchor);
  return slug.empty() ? "" : " id=\"" + slug + "\"";
}

// Only paths beside the page: no scheme, no other host, no way out through the root.
bool IsRelativePath(const std::string& link) {
  return !link.empty() && link.front() != '/' && link.front() != '\\' &&
         link.find(':') == std::string::npos;
}

std::string HeadlineHtml(const Headline& h, bool big) {
  const NumberStyle bare = {h.style.scale, h.style.decimals, ""};
  std::string out = Tag(
      "div", "value",
      NumberText(h.value, bare) + (std::isnan(h.value) ? "" : TextTag("span", "", h.style.suffix)));
  out += TextTag("div", "name", h.label);
  const Interval& i = h.interval_95;
  std::string detail;
  if (i.known()) {
    detail =
        "95 % interval " + NumberText(i.low, bare) + "\xE2\x80\x93" + NumberText(i.high, h.style);
    const double span = h.range.high - h.range.low;
    if (span > 0 && std::isfinite(span)) {
      const auto percent = [&](double v) {
        return 100 * std::clamp((v - h.range.low) / span, 0.0, 1.0);
      };
      const double low = percent(i.low), high = percent(i.high);
      out += "<div class=\"interval\" aria-hidden=\"true\"><i style=\"left:" + Coordinate(low) +
             "%;width:" + Coordinate(high - low) + "%\"></i>";
      if (!std::isnan(h.value)) {
        out += "<b style=\"left:" + Coordinate(percent(h.value)) + "%\"></b>";
      }
      out += "</div>";
    }
  }
  if (!h.note.empty()) detail += (detail.empty() ? "" : " \xC2\xB7 ") + h.note;
  out += TextTag("div", "detail", detail);
  return Tag("div", big ? "headline big" : "headline", out);
}

std::string DotsHtml(const Report& report) {
  if (report.dots.empty()) return "";
  std::string dots;
  for (const Dot& dot : report.dots) {
    const std::string tone = ToneClass(dot.tone);
    const std::string rest = " class=\"dot" + (tone.empty() ? "" : " " + tone) + "\" title=\"" +
                             Escape(dot.label) + "\"";
    const std::string link = Slug(dot.link);
    dots += link.empty() ? "<span" + rest + "></span>"
                         : "<a" + rest + " href=\"#" + link + "\" aria-label=\"" +
                               Escape(dot.label) + "\"></a>";
  }
  return Tag("div", report.dots.size() > kManyDots ? "dots many" : "dots",
             TextTag("p", "", report.dots_title) + "<div>" + dots + "</div>");
}

std::string Paragraphs(const std::string& text) {
  std::string out;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find("\n\n", begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    if (part.find_first_not_of(" \n\t") != std::string::npos) out += TextTag("p", "", part);
    begin = end + 2;
  }
  return out;
}

std::string BlockHtml(const Text& text) {
  const std::string tone = ToneClass(text.tone);
  return Tag("div", tone.empty() ? "text" : "text box " + tone, Paragraphs(text.text));
}

std::string BlockHtml(const Facts& facts) {
  std::string rows;
  bool is_long = false;
  for (const Fact& fact : facts.facts) {
    is_long |= fact.name.size() + fact.value.size() > kLongFact;
    const std::string value = IsRelativePath(fact.link) ? "<a href=\"" + Escape(fact.link) + "\">" +
                                                              Escape(fact.value) + "</a>"
                                                        : Escape(fact.value);
    rows += "<div><dt>" + Escape(fact.name) + "</dt><dd>" + value + "</dd></div>";
  }
  return TextTag("h3", "", facts.title) + (rows.empty()
                                               ? TextTag("p", "empty", "Nothing to show.")
                                               : Tag("dl", is_long ? "facts long" : "facts", rows));
}

// Words stay whole where lines break: "--steps" is not "--" and "steps".
std::string BlockHtml(const Command& command) {
  if (command.text.empty()) {
    return TextTag("h3", "", command.title) + TextTag("p", "empty", "Nothing to show.");
  }
  std::string words, word;
  const auto flush = [&] {
    words += TextTag("span", "", word);
    word.clear();
  };
  for (const char c : command.text) {
    if (c == ' ' || c == '\n') {
      flush();
      words += c;
    } else {
      word += c;
    }
  }
  flush();
  return TextTag("h3", "", command.title) + Tag("div", "command", Tag("pre", "", words));
}

bool IsNumber(const Cell& cell) {
  return !std::holds_alternative<std::string>(cell) && !std::holds_alternative<bool>(cell);
}

std::string CellHtml(const Cell& cell, const Column& column, const std::string& link) {
  std::string inner, attributes;
  std::visit(
      [&](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::string>) {
          inner = column.code ? TextTag("code", "", v) : Escape(v);
        } else if constexpr (std::is_same_v<T, bool>) {
          inner = v ? "<span class=\"yes\">\xE2\x9C\x93 yes</span>"
                    : "<span class=\"no\">\xE2\x9C\x97 no</span>";
          attributes = v ? " data-v=\"1\"" : " data-v=\"0\"";
        } else if constexpr (std::is_same_v<T, double>) {
          if (column.full > 0 && !std::isnan(v)) {
            inner = "<span class=\"meter\"><i style=\"width:" +
                    Coordinate(100 * std::clamp(v / column.full, 0.0, 1.0)) + "%\"></i></span>";
          }
          inner += Escape(NumberText(v, column.style));
          attributes = " data-v=\"" + ScriptNumber(v) + "\"";
        } else {
          inner = std::to_string(v);
          attributes = " data-v=\"" + inner + "\"";
        }
      },
      cell);
  if (!link.empty()) inner = "<a href=\"#" + link + "\">" + inner + "</a>";
  return std::string("<td") + (IsNumber(cell) ? " class=\"num\"" : "") + attributes + ">" + inner +
         "</td>";
}

std::string BlockHtml(const Table& table) {
  std::string out = TextTag("h3", "", table.title);
  if (table.rows.empty()) return out + TextTag("p", "empty", "Nothing to show.");
  if (table.rows.size() > kManyRows) out += "<div class=\"tools\"></div>";
  std::string head, body;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const bool number = std::any_of(table.rows.begin(), table.rows.end(), [&](const Row& row) {
      return c < row.cells.size() && IsNumber(row.cells[c]);
    });
    head += std::string("<th scope=\"col\"") + (number ? " class=\"num\"" : "") + ">" +
            Escape(table.columns[c].name) + "</th>";
  }
  for (const Row& row : table.rows) {
    ROOKERY_CHECK_EQ(row.cells.size(), table.columns.size());
    const std::string tone = ToneClass(row.tone);
    body += "<tr" + Id(row.anchor) + (tone.empty() ? "" : " class=\"" + tone + "\"") + ">";
    for (size_t c = 0; c < row.cells.size(); ++c) {
      body += CellHtml(row.cells[c], table.columns[c], c == 0 ? Slug(row.link) : "");
    }
    body += "</tr>\n";
  }
  return out + "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>" + head +
         "</tr></thead><tbody>\n" + body + "</tbody></table></div>";
}

std::string GradientHtml(const ColorScale& scale) {
  std::string stops;
  for (const Rgb& color : scale.colors) {
    if (!stops.empty()) stops += ",";
    stops += HexColor(color);
  }
  return Escape(scale.low) + "<em style=\"background:linear-gradient(90deg," + stops + ")\"></em>" +
         Escape(scale.high);
}

// A mark and a scale of the same name share one entry.
std::string LegendHtml(const Picture& picture) {
  std::string items;
  for (const ColorScale& scale : picture.scales) {
    const bool shared =
        std::any_of(picture.legend.begin(), picture.legend.end(),
                    [&](const LegendItem& item) { return item.text == scale.name; });
    if (!shared) items += Tag("span", "", TextTag("span", "", scale.name) + GradientHtml(scale));
  }
  for (const LegendItem& item : picture.legend) {
    const bool ring = item.kind == Mark::Kind::kRing, disc = item.kind == Mark::Kind::kDisc;
    std::string inner = std::string("<i") +
                        (ring ? "" : (disc ? " class=\"solid\"" : " class=\"stroke\"")) +
                        " style=\"" + (ring ? "border-color:" : "background:") +
                        HexColor(item.color) + "\"></i>" + Escape(item.text);
    for (const ColorScale& scale : picture.scales) {
      if (scale.name == item.text) inner += GradientHtml(scale);
    }
    items += Tag("span", "", inner);
  }
  return items.empty() ? "" : Tag("div", "legend", items);
}

std::string Caption(const std::string& title, const std::string& caption,
                    const std::string& legend) {
  const std::string inner =
      TextTag("b", "", title) + (caption.empty() ? "" : Escape(caption)) + legend;
  return inner.empty() ? "" : Tag("figcaption", "", inner);
}

// Width over height; a row's height follows from the sum over its visuals.
double Aspect(const Picture& picture) {
  const Shape& shape = picture.image.shape();
  ROOKERY_CHECK(shape.size() == 3 && shape[2] == 3 && picture.image.size() > 0);
  return static_cast<double>(shape[1]) / static_cast<double>(shape[0]);
}
double Aspect(const LinePlot&) { return 1.75; }
double Aspect(const BarPlot&) { return 2.4; }
double Aspect(const AnglePlot&) { return 1; }

std::string VisualHtml(const Picture& picture) {
  const Shape& shape = picture.image.shape();
  const std::string alt = picture.title + (picture.caption.empty() ? "" : ": " + picture.caption);
  return "<div class=\"picture\"><img alt=\"" + Escape(alt) + "\" width=\"" +
         std::to_string(shape[1]) + "\" height=\"" + std::to_string(shape[0]) + "\" src=\"" +
         PngDataUri(picture.image) + "\"/>" +
         MarksSvg(picture.marks, static_cast<int>(shape[1]), static_cast<int>(shape[0])) +
         "</div>" + Caption(picture.title, picture.caption, LegendHtml(picture));
}

std::string VisualHtml(const LinePlot& plot) {
  std::string legend;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    if (plot.series[i].name.empty()) continue;
    legend += std::string("<span><i class=\"stroke ") + SeriesColorClass(i) + "\"></i>" +
              Escape(plot.series[i].name) + "</span>";
  }
  std::string title = plot.title;
  if (!plot.y_label.empty()) title += (title.empty() ? "" : ", ") + plot.y_label;
  return Tag("div", "key",
             TextTag("b", "", title) +
                 (plot.series.size() > 1 ? Tag("div", "legend", legend) : "")) +
         LinePlotSvg(plot) + Caption("", plot.caption, "");
}

std::string VisualHtml(const BarPlot& plot) {
  return Tag("div", "key", TextTag("b", "", plot.title)) + BarPlotSvg(plot) +
         Caption("", plot.caption, "");
}

std::string VisualHtml(const AnglePlot& plot) {
  return AnglePlotSvg(plot) + Caption(plot.title, plot.caption, "");
}

// Splits visuals of these widths (at height 1) into `rows` rows in their order, so that the
// widest row is as narrow as possible. Returns where each row ends.
std::vector<size_t> SplitRows(const std::vector<double>& widths, size_t rows) {
  const size_t n = widths.size();
  // best[r][i]: width of the widest of r rows that hold the first i; cut: where the last begins.
  std::vector<std::vector<double>> best(rows + 1, std::vector<double>(n + 1, 1e300));
  std::vector<std::vector<size_t>> cut(rows + 1, std::vector<size_t>(n + 1, 0));
  best[0][0] = 0;
  for (size_t r = 1; r <= rows; ++r) {
    for (size_t i = 1; i <= n; ++i) {
      double row = 0;
      for (size_t j = i; j-- > 0;) {
        row += widths[j];
        const double widest = std::max(best[r - 1][j], row);
        if (widest < best[r][i]) best[r][i] = widest, cut[r][i] = j;
      }
    }
  }
  std::vector<size_t> ends;
  for (size_t r = rows, i = n; r > 0; --r) {
    ends.insert(ends.begin(), i);
    i = cut[r][i];
  }
  return ends;
}

// Rows of one height; narrow screens wrap them further.
std::string VisualsHtml(const std::vector<Visual>& visuals, double page_width) {
  if (visuals.empty()) return "";
  std::vector<double> widths;
  double sum = 0;
  for (const Visual& visual : visuals) {
    widths.push_back(std::visit([](const auto& v) { return Aspect(v); }, visual));
    sum += widths.back();
  }
  const auto rows = static_cast<size_t>(std::clamp(std::round(sum * kVisualHeight / page_width),
                                                   1.0, static_cast<double>(visuals.size())));
  const std::vector<size_t> ends = SplitRows(widths, rows);
  double height = kMaxVisualHeight;
  for (size_t r = 0; r < rows; ++r) {
    const size_t begin = r == 0 ? 0 : ends[r - 1];
    double row = 0;
    for (size_t i = begin; i < ends[r]; ++i) row += widths[i];
    const double gaps = kGap * static_cast<double>(ends[r] - begin - 1);
    height = std::min(height, (page_width - gaps) / row);
  }
  std::string out;
  for (size_t r = 0; r < rows; ++r) {
    std::string row;
    for (size_t i = r == 0 ? 0 : ends[r - 1]; i < ends[r]; ++i) {
      const std::string flex = Coordinate(widths[i]) + " 1 " +
                               Coordinate(widths[i] * kMinVisualHeight) +
                               "px;max-width:" + Coordinate(widths[i] * height) + "px";
      row += "<figure style=\"flex:" + flex + "\">" +
             std::visit([](const auto& v) { return VisualHtml(v); }, visuals[i]) + "</figure>";
    }
    out += Tag("div", "visuals", row);
  }
  return out;
}

std::string BlockHtml(const Gallery& gallery) {
  std::string cards;
  for (const Card& card : gallery.cards) {
    const std::string tone = ToneClass(card.tone);
    const std::string head = TextTag("h3", "", card.title) +
                             TextTag("span", tone.empty() ? "badge" : "badge " + tone, card.badge) +
                             TextTag("p", "", card.text);
    cards += "<div class=\"card\"" + Id(card.anchor) + ">" +
             (head.empty() ? "" : Tag("header", "", head)) +
             VisualsHtml(card.visuals, kPageWidth / std::clamp(gallery.columns, 1, 3)) + "</div>\n";
  }
  const char* layout =
      gallery.columns >= 3 ? "gallery three" : (gallery.columns == 2 ? "gallery two" : "gallery");
  return TextTag("h3", "", gallery.title) +
         (cards.empty() ? TextTag("p", "empty", "Nothing to show.") : Tag("div", layout, cards));
}

std::string SectionHtml(const Section& section, const std::string& id) {
  const std::string title = TextTag("h2", "", section.title);
  std::string inner = section.folded ? Tag("summary", "", title) : title;
  inner += TextTag("p", "lead", section.lead) + "\n";
  for (const Block& block : section.blocks) {
    inner +=
        Tag("div", "block", std::visit([](const auto& b) { return BlockHtml(b); }, block)) + "\n";
  }
  const std::string open = " id=\"" + id + "\">";
  return section.folded ? "<details class=\"section\"" + open + inner + "</details>\n"
                        : "<section" + open + inner + "</section>\n";
}

}  // namespace

std::string ReportHtml(const Report& report) {
  std::string head = TextTag("p", "kind", report.kind) + TextTag("h1", "", report.title) +
                     TextTag("p", "subtitle", report.subtitle);
  std::string headlines;
  for (size_t i = 0; i < report.headlines.size(); ++i) {
    headlines += HeadlineHtml(report.headlines[i], i == 0);
  }
  if (!headlines.empty()) head += Tag("div", "headlines", headlines);
  head += DotsHtml(report);

  std::string links, sections;
  for (size_t i = 0; i < report.sections.size(); ++i) {
    // Numbered, so that equal titles and anchors of cards cannot clash with it.
    const std::string id = "section-" + std::to_string(i + 1);
    const std::string title = report.sections[i].title;
    if (!title.empty()) links += "<a href=\"#" + id + "\">" + Escape(title) + "</a>";
    sections += SectionHtml(report.sections[i], id);
  }
  if (report.sections.size() > 1) head += Tag("nav", "", links);

  const std::string title = report.title + (report.kind.empty() ? "" : " \xC2\xB7 " + report.kind);
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src "
         "data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\"/>\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
         "<link rel=\"icon\" href=\"data:,\"/>\n<title>" +
         Escape(title) + "</title>\n<style>" + kStyleSheet +
         "</style>\n</head>\n<body>\n<div class=\"page\">\n<header>" + head +
         "</header>\n<main>\n" + sections + "</main>\n</div>\n<script>" + kScript +
         "</script>\n</body>\n</html>\n";
}

}  // namespace rookery::report
