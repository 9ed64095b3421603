# Installs this build, moves the installation, and follows docs/adding-a-task.md from there with
# nothing of the source tree in reach.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/DocFile.cmake)

string(RANDOM LENGTH 8 suffix)
set(folder $ENV{TMPDIR})
if(NOT folder)
  set(folder /tmp)
endif()
set(folder ${folder}/rookery_package_${suffix})
set(project ${folder}/project)
set(ENV{PREFIX} ${folder}/moved)
set(ENV{CMAKE_GENERATOR} ${generator})
set(ENV{CXX} ${compiler})
set(ENV{CXXFLAGS} "${flags}")

function(stop message)
  file(REMOVE_RECURSE ${folder})
  message(FATAL_ERROR "${message}")
endfunction()

# run(<what> words...): stops the test, with the output, when the command fails.
function(run what)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${folder} OUTPUT_VARIABLE out ERROR_VARIABLE out
    RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    stop("${what} failed (${status}):\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

# expect(<text>): stops the test unless the last output holds it.
function(expect text)
  string(FIND "${output}" "${text}" at)
  if(at EQUAL -1)
    stop("'${text}' is not in the output:\n${output}")
  endif()
endfunction()

file(MAKE_DIRECTORY ${project})
run("the installation" ${CMAKE_COMMAND} --install ${build} --prefix ${folder}/installed)
file(RENAME ${folder}/installed $ENV{PREFIX})

foreach(path IN ITEMS include/rookery/core/env.h include/rookery/tasks/ravens/ravens_task.h
    share/rookery/assets/insertion/ell.urdf bin/rookery)
  if(NOT EXISTS $ENV{PREFIX}/${path})
    stop("${path} was not installed")
  endif()
endforeach()
run("the installed program" $ENV{PREFIX}/bin/rookery list)
expect("Ravens/BlockInsertion-v0")

foreach(name IN ITEMS line_up_cubes.cc CMakeLists.txt count_steps.cc try.sh)
  doc_file(${document} ${name} text)
  file(WRITE ${project}/${name} "${text}")
endforeach()
run("the document's commands" bash -e -c "cd '${project}' && source ./try.sh")
expect("solved: yes")
expect("put cubes side by side on a strip")
# Programs look into the package for models before they try this source tree.
file(READ ${project}/build/rookery_assets.cc output)
expect("\"$ENV{PREFIX}/share/rookery/assets\"")
file(REMOVE $ENV{PREFIX}/share/rookery/assets/stacking/block.urdf)
file(WRITE $ENV{PREFIX}/share/rookery/assets/stacking/block.urdf "no model")
execute_process(COMMAND ${project}/build/count_steps OUTPUT_VARIABLE output ERROR_VARIABLE output)
expect("$ENV{PREFIX}/share/rookery/assets/stacking/block.urdf")

# Every public header stands alone, with nothing but the package's include folder.
file(GLOB_RECURSE headers RELATIVE $ENV{PREFIX}/include/rookery $ENV{PREFIX}/include/rookery/*.h)
set(text "")
foreach(header IN LISTS headers)
  string(APPEND text "#include \"${header}\"\n")
endforeach()
file(WRITE ${project}/all_headers.cc "${text}")
run("including every installed header" ${compiler} -std=c++20 -Wall -Wextra -Werror -fsyntax-only
  -I $ENV{PREFIX}/include/rookery ${project}/all_headers.cc)

file(REMOVE_RECURSE ${folder})
message(STATUS "done")
