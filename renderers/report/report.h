// Report: what a run has to tell, as data. ReportHtml makes one self-contained page of it (all
// pictures inside, nothing loaded from elsewhere, readable without scripts, light and dark, on
// paper and on a phone) and ReportJson its twin for programs. All texts are plain and are escaped.
// The bytes depend on the data alone: no clock, no locale.
#ifndef ROOKERY_RENDERERS_REPORT_REPORT_H_
#define ROOKERY_RENDERERS_REPORT_REPORT_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "renderers/report/picture.h"
#include "renderers/report/plot.h"

namespace rookery::report {

enum class Tone { kPlain, kGood, kBad, kNote };

// A number of the first screen; the first headline is the large one.
struct Headline {
  std::string label;  // "mean score"
  double value = kUnknown;
  NumberStyle style = kScore;
  Interval interval_95 = {};  // drawn as a bar within `range`
  Interval range = {0, 1};
  std::string note = {};  // "100 unseen seeds"
};

// One of many equal things shown at a glance, e.g. an episode.
struct Dot {
  std::string label;  // shown when pointed at
  Tone tone = Tone::kPlain;
  std::string link = {};  // anchor of a row or card; may be empty
};

// Paragraphs are separated by empty lines. A note or a bad tone makes a box.
struct Text {
  std::string text;
  Tone tone = Tone::kPlain;
};

struct Fact {
  std::string name, value;
  std::string link = {};  // a relative path beside the report; anything else is shown as text only
};
struct Facts {
  std::string title;
  std::vector<Fact> facts;
};

using Cell = std::variant<std::string, double, int64_t, uint64_t, bool>;
struct Column {
  std::string name;
  NumberStyle style = kScore;  // of double cells
  double full = 0;             // > 0: a bar behind the number, full at this value
  bool code = false;           // a hash, a path
};
struct Row {
  std::vector<Cell> cells;  // as many as columns (Bug otherwise)
  Tone tone = Tone::kPlain;
  std::string anchor = {};  // so that others can link to this row
  std::string link = {};    // anchor that the first cell leads to
};
// Sorted by a click on a column's name, and filtered, where scripts run.
struct Table {
  std::string title;
  std::vector<Column> columns;
  std::vector<Row> rows;
};

using Visual = std::variant<Picture, LinePlot, BarPlot, AnglePlot>;

// Pictures and plots that belong together, side by side with equal heights.
struct Card {
  std::string title;
  std::string badge;         // "solved"
  Tone tone = Tone::kPlain;  // of the badge
  std::string text;
  std::vector<Visual> visuals;
  std::string anchor = {};
};
struct Gallery {
  std::string title;
  std::vector<Card> cards;
  int columns = 1;  // on a wide screen, 1 to 3
};

// Something to type; shown with a button that copies it.
struct Command {
  std::string title;
  std::string text;
};

using Block = std::variant<Text, Facts, Table, Gallery, Command>;

struct Section {
  std::string title;
  std::string lead;  // one or two sentences
  std::vector<Block> blocks;
  bool folded = false;  // closed at first (always open on paper)
};

struct Report {
  std::string kind;      // "Evaluation"
  std::string title;     // "Ravens/BlockInsertion-v0"
  std::string subtitle;  // who, on what
  std::vector<Headline> headlines;
  std::string dots_title;
  std::vector<Dot> dots;
  std::vector<Section> sections;
  // A JSON object whose keys become the first top-level keys of the twin; must not have a key
  // `report`, which holds all of the above. Empty = none. Bug when it is not an object.
  std::string json;
};

std::string ReportHtml(const Report& report);

// {...keys of report.json, "report": {...}}; numbers that are not finite are null. Pictures are
// represented by their texts and sizes.
std::string ReportJson(const Report& report);

// folder/report.html and folder/report.json, each complete or not there. Failure names the path.
void WriteReport(const std::string& folder, const Report& report);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_REPORT_H_
