// The README's tables of what is registered.
#ifndef ROOKERY_CORE_REGISTRY_MARKDOWN_H_
#define ROOKERY_CORE_REGISTRY_MARKDOWN_H_

#include <string>

namespace rookery {

// Two Markdown tables, environments and agents, one row an entry; ends with a newline.
// Stands in README.md between the lines `<!-- registry:begin -->` and `<!-- registry:end -->`.
std::string RegistryMarkdown();

}  // namespace rookery

#endif  // ROOKERY_CORE_REGISTRY_MARKDOWN_H_
