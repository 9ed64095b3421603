# doc_file(<document> <name> <result>): the code block of a Markdown document that stands under the
# line `<!-- file: <name> -->`.
function(doc_file document name result)
  file(READ "${document}" text)
  # Characters that CMake's lists would trip over.
  set(mark "<!-- file: ${name} -->\n\`\`\`")
  string(FIND "${text}" "${mark}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${document} has no block <!-- file: ${name} -->")
  endif()
  string(SUBSTRING "${text}" ${at} -1 text)
  string(LENGTH "${mark}" length)
  string(SUBSTRING "${text}" ${length} -1 text)
  string(FIND "${text}" "\n" newline)   # ends the fence's line, after its language
  math(EXPR newline "${newline} + 1")
  string(SUBSTRING "${text}" ${newline} -1 text)
  string(FIND "${text}" "\n\`\`\`" end)
  if(end EQUAL -1)
    message(FATAL_ERROR "${document}: the block of ${name} has no end")
  endif()
  math(EXPR end "${end} + 1")
  string(SUBSTRING "${text}" 0 ${end} text)
  set(${result} "${text}" PARENT_SCOPE)
endfunction()
