// The style sheet and the small script of a report page. Both are free of "&" and "<", so that the
// page is well-formed XML too.
#ifndef ROOKERY_RENDERERS_REPORT_STYLE_H_
#define ROOKERY_RENDERERS_REPORT_STYLE_H_

namespace rookery::report {

extern const char kStyleSheet[];
extern const char kScript[];  // sorting, filtering, copying, enlarging; the page reads without it

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_STYLE_H_
