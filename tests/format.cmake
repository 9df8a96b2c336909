# Every source is as clang-format 14 writes it.
find_program(CLANG_FORMAT NAMES clang-format-14 clang-format REQUIRED)
file(GLOB_RECURSE files ${ROOT}/core/*.?pp ${ROOT}/storage/*.?pp ${ROOT}/net/*.?pp
  ${ROOT}/loadtest/*.?pp ${ROOT}/bench/*.?pp ${ROOT}/tests/*.?pp)
execute_process(COMMAND ${CLANG_FORMAT} --dry-run --Werror ${files} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "run: clang-format-14 -i on the files named above")
endif()
