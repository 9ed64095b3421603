# One CTest test for each suite of a GoogleTest program, so that a program starts (and loads LibTorch,
# plugins, games) once a suite and not once a test. Large suites are cut into parts.
#
#   rookery_discover_suites(<program> LABEL <label> [FILTER <of GoogleTest>])
#
# As many tests run at a time as there are processors, so each has one thread unless it asks for
# more: LibTorch's would wait for each other spinning.
#
# The suites are listed after every build of the program, by this file run as a script.

set(tests_in_part 50)

if(CMAKE_SCRIPT_MODE_FILE)
  execute_process(COMMAND ${program} --gtest_list_tests --gtest_filter=${filter}
    OUTPUT_VARIABLE listing RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${program} does not list its tests (${status}):\n${listing}")
  endif()
  string(REPLACE ";" "," listing "${listing}")
  string(REPLACE "\n" ";" lines "${listing}")
  set(suites "")
  foreach(line IN LISTS lines)
    if(line MATCHES "^([^ #]+)\\.([ ]*#.*)?$")
      set(suite "${CMAKE_MATCH_1}")
      list(APPEND suites "${suite}")
      set(count_${suite} 0)
    elseif(line MATCHES "^  [^ ]")
      math(EXPR count_${suite} "${count_${suite}} + 1")
    endif()
  endforeach()
  set(tests "")
  foreach(suite IN LISTS suites)
    math(EXPR parts "(${count_${suite}} + ${tests_in_part} - 1) / ${tests_in_part}")
    # What the filter leaves out of the program it leaves out of the suite.
    string(REGEX MATCH "-.*" without "${filter}")
    foreach(part RANGE 1 ${parts})
      set(name "${suite}")
      set(environment "OMP_NUM_THREADS=1")
      if(parts GREATER 1)
        math(EXPR index "${part} - 1")
        string(APPEND name " ${part} of ${parts}")
        string(APPEND environment ";GTEST_TOTAL_SHARDS=${parts};GTEST_SHARD_INDEX=${index}")
      endif()
      string(APPEND tests "add_test([==[${name}]==] [==[${program}]==] [==[--gtest_filter=${suite}.*${without}]==])
set_tests_properties([==[${name}]==] PROPERTIES LABELS ${label} TIMEOUT 1800 WORKING_DIRECTORY [==[${folder}]==]
  ENVIRONMENT [==[${environment}]==])
")
    endforeach()
  endforeach()
  file(WRITE ${out} "${tests}")
  return()
endif()

function(rookery_discover_suites name)
  cmake_parse_arguments(PARSE_ARGV 1 discover "" "LABEL;FILTER" "")
  if(NOT discover_FILTER)
    set(discover_FILTER "*")
  endif()
  string(MAKE_C_IDENTIFIER "${discover_FILTER}" id)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${name}_${id}_suites.cmake)
  add_custom_command(TARGET ${name} POST_BUILD BYPRODUCTS ${out}
    COMMAND ${CMAKE_COMMAND} -D program=$<TARGET_FILE:${name}> "-Dfilter=${discover_FILTER}"
            -D label=${discover_LABEL} -D folder=${CMAKE_CURRENT_BINARY_DIR} -D out=${out}
            -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    VERBATIM)
  # A program that was not built is a test that fails.
  set(include_file ${CMAKE_CURRENT_BINARY_DIR}/${name}_${id}_include.cmake)
  file(WRITE ${include_file} "if(EXISTS [==[${out}]==])
  include([==[${out}]==])
else()
  add_test(${name}_NOT_BUILT ${name}_NOT_BUILT)
  set_tests_properties(${name}_NOT_BUILT PROPERTIES LABELS ${discover_LABEL})
endif()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include_file})
endfunction()
