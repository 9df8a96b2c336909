#include "net/cli/command_line.hpp"

int main(int argc, char** argv) { return doseline::net::cli::run(argc, argv); }
