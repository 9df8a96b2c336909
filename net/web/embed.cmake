# Turns files into one C++ unit: cmake -DOUTPUT=unit.cpp -DFILES="a.html;b.css" -P embed.cmake
set(entries "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(APPEND entries "    if (name == \"${name}\") {\n        return R\"embedded(${text})embedded\";\n    }\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"net/web_files.hpp\"\n\nnamespace doseline::net {\n\nstd::string_view web_file(std::string_view name) noexcept {\n${entries}    return {};\n}\n\n}  // namespace doseline::net\n")
