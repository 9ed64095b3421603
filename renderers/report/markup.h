// Text for HTML and SVG: escaping, numbers, data URIs.
#ifndef ROOKERY_RENDERERS_REPORT_MARKUP_H_
#define ROOKERY_RENDERERS_REPORT_MARKUP_H_

#include <string>
#include <string_view>

#include "core/array.h"
#include "renderers/report/picture.h"

namespace rookery::report {

// Well-formed UTF-8 without control characters other than tab and newline: every offending byte
// becomes U+FFFD.
std::string CleanUtf8(std::string_view text);

// Cleaned, and with & < > " ' escaped: safe as text and within a quoted attribute.
std::string Escape(std::string_view text);

// Always "." as the decimal point; "-" becomes U+2212. NaN is an en dash, infinity its symbol.
std::string FixedText(double value, int decimals);

// As a script reads it back, exactly: "0.1", "1e+300", "NaN", "-Infinity".
std::string ScriptNumber(double value);

// Coordinates of SVG: up to two decimals without trailing zeros; the value must be finite.
std::string Coordinate(double value);

std::string Base64(std::string_view bytes);

// "data:image/png;base64,..." of (H, W, 3) uint8.
std::string PngDataUri(const Array& image);

std::string HexColor(const Rgb& color);  // "#ff8800"

// Lower case letters, digits and hyphens, as an anchor: "Where to pick" -> "where-to-pick".
std::string Slug(std::string_view text);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_MARKUP_H_
