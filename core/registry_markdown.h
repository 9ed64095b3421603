// Pages of what is registered: the README's tables, docs/environments.md.
#ifndef ROOKERY_CORE_REGISTRY_MARKDOWN_H_
#define ROOKERY_CORE_REGISTRY_MARKDOWN_H_

#include <string>

namespace rookery {

// Two Markdown tables, environments and agents, one row an entry; ends with a newline.
// Stands in README.md between the lines `<!-- registry:begin -->` and `<!-- registry:end -->`.
std::string RegistryMarkdown();

// The page docs/environments.md: of each environment and wrapper spaces, rewards, options, peer. Of
// a family of environments the first stands for all.
std::string EnvironmentsMarkdown();

}  // namespace rookery

#endif  // ROOKERY_CORE_REGISTRY_MARKDOWN_H_
