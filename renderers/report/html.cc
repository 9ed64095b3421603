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

constexpr double kMaxVisualHeight = 270;  // CSS px; visuals of a row share one height
constexpr double kMinVisualHeight = 120;
constexpr size_t kManyDots = 300, kManyRows = 12;
constexpr int kColors = 6;  // classes c0 ... c5

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
  for (const Fact& fact : facts.facts) {
    const std::string value = IsRelativePath(fact.link) ? "<a href=\"" + Escape(fact.link) + "\">" +
                                                              Escape(fact.value) + "</a>"
                                                        : Escape(fact.value);
    rows += "<div><dt>" + Escape(fact.name) + "</dt><dd>" + value + "</dd></div>";
  }
  return TextTag("h3", "", facts.title) +
         (rows.empty() ? TextTag("p", "empty", "Nothing to show.") : Tag("dl", "facts", rows));
}

std::string BlockHtml(const Command& command) {
  return TextTag("h3", "", command.title) +
         Tag("div", "command", Tag("pre", "", Escape(command.text)));
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

std::string LegendHtml(const Picture& picture) {
  std::string items;
  for (const ColorScale& scale : picture.scales) {
    std::string stops;
    for (const Rgb& color : scale.colors) stops += (stops.empty() ? "" : ",") + HexColor(color);
    items += "<span>" + Escape(scale.name) + "</span><span>" + Escape(scale.low) +
             "<em style=\"background:linear-gradient(90deg," + stops + ")\"></em>" +
             Escape(scale.high) + "</span>";
  }
  for (const LegendItem& item : picture.legend) {
    const std::string color = HexColor(item.color);
    const char* look =
        item.kind == Mark::Kind::kRing
            ? ""
            : (item.kind == Mark::Kind::kDisc ? " class=\"solid\"" : " class=\"stroke\"");
    items += std::string("<span><i") + look + " style=\"" +
             (*look ? "background:" : "border-color:") + color + "\"></i>" + Escape(item.text) +
             "</span>";
  }
  return items.empty() ? "" : Tag("div", "legend", items);
}

std::string Caption(const std::string& title, const std::string& caption,
                    const std::string& legend) {
  const std::string inner =
      TextTag("b", "", title) + (caption.empty() ? "" : Escape(caption)) + legend;
  return inner.empty() ? "" : Tag("figcaption", "", inner);
}

// Width over height decides how much of a row a visual takes, so that all get one height.
std::string FigureHtml(double aspect, const std::string& inner) {
  return "<figure style=\"flex:" + Coordinate(aspect) + " 1 " +
         Coordinate(aspect * kMinVisualHeight) +
         "px;max-width:" + Coordinate(aspect * kMaxVisualHeight) + "px\">" + inner + "</figure>";
}

std::string VisualHtml(const Picture& picture) {
  const Shape& shape = picture.image.shape();
  ROOKERY_CHECK(shape.size() == 3 && shape[2] == 3 && picture.image.size() > 0);
  const std::string width = std::to_string(shape[1]), height = std::to_string(shape[0]);
  const std::string alt = picture.title + (picture.caption.empty() ? "" : ": " + picture.caption);
  return FigureHtml(
      static_cast<double>(shape[1]) / static_cast<double>(shape[0]),
      "<div class=\"picture\"><img alt=\"" + Escape(alt) + "\" width=\"" + width + "\" height=\"" +
          height + "\" src=\"" + PngDataUri(picture.image) + "\"/>" +
          MarksSvg(picture.marks, static_cast<int>(shape[1]), static_cast<int>(shape[0])) +
          "</div>" + Caption(picture.title, picture.caption, LegendHtml(picture)));
}

std::string VisualHtml(const LinePlot& plot) {
  std::string legend;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    if (plot.series[i].name.empty()) continue;
    legend += "<span><i class=\"stroke c" + std::to_string(i % kColors) + "\"></i>" +
              Escape(plot.series[i].name) + "</span>";
  }
  std::string title = plot.title;
  if (!plot.y_label.empty()) title += (title.empty() ? "" : ", ") + plot.y_label;
  return FigureHtml(1.75, Tag("div", "key",
                              TextTag("b", "", title) +
                                  (plot.series.size() > 1 ? Tag("div", "legend", legend) : "")) +
                              LinePlotSvg(plot) + Caption("", plot.caption, ""));
}

std::string VisualHtml(const BarPlot& plot) {
  return FigureHtml(2.4, Tag("div", "key", TextTag("b", "", plot.title)) + BarPlotSvg(plot) +
                             Caption("", plot.caption, ""));
}

std::string VisualHtml(const AnglePlot& plot) {
  return FigureHtml(1, AnglePlotSvg(plot) + Caption(plot.title, plot.caption, ""));
}

std::string BlockHtml(const Gallery& gallery) {
  std::string cards;
  for (const Card& card : gallery.cards) {
    const std::string tone = ToneClass(card.tone);
    const std::string head = TextTag("h3", "", card.title) +
                             TextTag("span", tone.empty() ? "badge" : "badge " + tone, card.badge) +
                             TextTag("p", "", card.text);
    std::string visuals;
    for (const Visual& visual : card.visuals) {
      visuals += std::visit([](const auto& v) { return VisualHtml(v); }, visual);
    }
    cards += "<div class=\"card\"" + Id(card.anchor) + ">" +
             (head.empty() ? "" : Tag("header", "", head)) +
             (visuals.empty() ? "" : Tag("div", "visuals", visuals)) + "</div>\n";
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
