#include "net/session.hpp"
